"""Every name and type of a large public zone, answered as knotd and nsd answer it from the same file."""

import os
import random
import sys
import unittest
from pathlib import Path

from harness.cluster_case import ClusterCase

sys.path.insert(0, str(Path(__file__).parent))

import peers  # noqa: E402 (the path must be set first)
from comparison import Comparison  # noqa: E402

APEX = "js.org."
FILE = Path(os.environ.get("QUARTET_TEST_DATA", ""), "js.org.zone")
# What is asked beside a name's own types: NODATA, or what a CNAME makes of it.
OTHER_TYPES = ("A", "TXT", "CNAME", "TYPE65280")


def names_and_types(path):
    """(owner, type) of every record. The file has one record a line, each with its owner and class."""
    found = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split(";")[0].split() if '"' not in line else line.split()
        if not fields or fields[0].startswith("$"):
            continue
        owner = APEX if fields[0] == "@" else f"{fields[0]}.{APEX}"
        found.add((owner.lower(), fields[fields.index("IN") + 1]))
    return found


@unittest.skipUnless(
    "QUARTET_TEST_DATA" in os.environ and FILE.is_file(), "QUARTET_TEST_DATA names no folder with js.org.zone"
)
class PublicZone(ClusterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls.create_zone(cls(), APEX, FILE.read_text(encoding="utf-8"))
        cls.records = names_and_types(FILE)
        # SOA and apex NS are ours.
        cls.questions = {(o, t) for o, t in cls.records if t != "SOA" and (o, t) != (APEX, "NS")}
        cls.names = sorted({owner for owner, _ in cls.questions})

    def test_every_record_set_is_in_the_file_and_in_the_zone(self):
        self.assertGreater(len(self.questions), 3900)
        self.assertEqual(int(self.zone["record_sets"]), len(self.records))

    def test_every_name_and_type_is_answered_as_knot_does(self):
        self.compare(peers.knot, sorted(self.questions))

    def test_every_name_and_type_is_answered_as_nsd_does(self):
        self.compare(peers.nsd, sorted(self.questions))

    def test_types_a_name_does_not_have_are_answered_as_knot_and_nsd_do(self):
        other = [(name, type_name) for name in self.names for type_name in OTHER_TYPES]
        other = [question for question in other if question not in self.questions]
        self.compare(peers.knot, other)
        self.compare(peers.nsd, other)

    def test_names_that_do_not_exist_are_answered_as_knot_and_nsd_do(self):
        generator = random.Random(1)
        missing = []
        for _ in range(500):
            label = "".join(generator.choice("abcdefghijklmnopqrstuvwxyz0123456789-") for _ in range(12))
            below = generator.choice(self.names)
            missing += [(f"x{label}.{APEX}", "A"), (f"x{label}.{below}", "AAAA")]
        self.compare(peers.knot, missing)
        self.compare(peers.nsd, missing)

    def compare(self, make_peer, questions):
        """Asks the peer once, and each of the zone's four nameservers."""
        comparison, differences = Comparison(APEX), []
        four = self.cluster.nodes_of_zone(self.zone)
        with make_peer(APEX, FILE) as peer:
            for question in questions:
                theirs = peer.ask(*question)
                for node in four:
                    difference = comparison.difference(question, self.ask(node, *question), theirs, peer.name)
                    if difference:
                        differences.append(f"{node.name}: {difference}")
        self.assertFalse(differences, f"{len(differences)} differ:\n" + "\n".join(differences[:20]))


if __name__ == "__main__":
    unittest.main()
