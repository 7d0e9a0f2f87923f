"""Half a minute of the differential test, always from the same seed; tests/soak takes others."""

import os
import unittest

from conformance import differential

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


if __name__ == "__main__":
    unittest.main()
