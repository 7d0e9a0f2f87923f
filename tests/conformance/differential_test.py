"""Half a minute of the differential test, always from the same seed; tests/soak takes others."""

import os
import tempfile
import unittest
from unittest import mock

from conformance import differential, shrinking
from conformance.four_servers import Difference, FourServers

SECONDS = os.environ.get("DIFFERENTIAL_SECONDS", "25")
LEAST_CASES = 5000
# What the questions must be about, at least so often each.
CLASSES = {
    "records answer", "wildcard answers", "no data", "empty non-terminal", "wildcard without the type",
    "wildcard that is an empty non-terminal", "no such name", "referral", "occluded data", "glue", "sibling glue",
    "CNAME followed", "CNAME of a wildcard", "chain over CNAME and DNAME", "chain out of the zone", "loop", "DNAME followed",
    "name too long by a DNAME", "DS at a cut", "DS at a cut to a zone served here", "DS at an apex", "ANY", "unknown type",
    "another class", "no zone", "zones below each other", "asterisk asked for", "asterisk within the name",
    "letters in random case", "truncated", "EDNS version 1",
}
LEAST_OF_A_CLASS = 3


class Differential(unittest.TestCase):
    def test_random_zones_are_answered_as_knot_nsd_and_named_do(self):
        totals = differential.run(["--seconds", SECONDS, "--seed", "1"])
        self.assertEqual(totals.unexplained, 0)
        self.assertGreaterEqual(totals.cases, LEAST_CASES)
        rare = {name for name in CLASSES if totals.classes[name] < LEAST_OF_A_CLASS}
        self.assertFalse(rare, "nearly no questions about these")


SOA_AND_NS = ("@ 300 SOA ns0.example. admin.example. 1 7200 900 1209600 300", "@ 300 NS ns0.example.")


def world(*lines, question="www A 1 udp - -"):
    return shrinking.Attempt((("@", SOA_AND_NS + lines),), question)


class WhatIsWrong(unittest.TestCase):
    def compare(self, ours, theirs):
        """Kinds of difference where our engine has one world and the others have another."""
        with tempfile.TemporaryDirectory(dir="/tmp") as folder, tempfile.TemporaryDirectory(dir="/tmp") as other:
            shrinking.write(folder, [theirs])
            shrinking.write(other, [ours])
            with FourServers(folder, ours=other) as servers:
                return [each.kind for each in servers.compare(show_all=True).differences]

    def test_is_found(self):
        theirs = world("www 300 A 192.0.2.1")
        self.assertEqual(self.compare(theirs, theirs), [])
        self.assertEqual(self.compare(world("www 300 A 192.0.2.66"), theirs), ["quartet | knotd nsd named: answer"])
        self.assertEqual(self.compare(world(), theirs), ["quartet | knotd nsd named: rcode answer authority"])

    def test_is_shrunk_to_the_record_it_hangs_on(self):
        lines = tuple(f"h{number} 300 A 192.0.2.{number}" for number in range(40))
        whole = world(*lines, question="h17 A 1 udp 1232 do")

        def differing(attempts, kind):
            return {
                number: Difference(attempt.question, kind, "")
                for number, attempt in enumerate(attempts) if lines[17] in attempt.zones[0][1]
            }

        with tempfile.TemporaryDirectory(dir="/tmp") as folder, mock.patch.object(shrinking, "differing", differing):
            shrinking.write(folder, [whole])
            text = shrinking.shrink(folder, Difference("0 " + whole.question, "some", ""))
        self.assertEqual([line for line in lines if line in text], [lines[17]])
        self.assertIn("question h17 A 1 tcp - -", text)


if __name__ == "__main__":
    unittest.main()
