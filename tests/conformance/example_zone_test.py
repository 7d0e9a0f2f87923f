"""The example zone, with every record type, wildcards, a delegation and an empty non-terminal: answers as peers give."""

import sys
import unittest
from pathlib import Path

from harness.cluster_case import ClusterCase

sys.path.insert(0, str(Path(__file__).parent))

import peers  # noqa: E402 (the path must be set first)
from comparison import Comparison  # noqa: E402

APEX = "example.test."
FILE = Path("deploy/local/example.zone").absolute()

# What the file makes of names it does not have as such.
MORE = [
    ("a.preview.example.test.", "A"), ("a.b.preview.example.test.", "A"), ("a.preview.example.test.", "TXT"),
    ("preview.example.test.", "A"), ("*.preview.example.test.", "A"), ("_tcp.example.test.", "A"),
    ("x._tcp.example.test.", "A"), ("_tcp.mail.example.test.", "TXT"), ("nowhere.example.test.", "A"),
    ("child.example.test.", "A"), ("www.child.example.test.", "AAAA"), ("child.example.test.", "NS"),
    ("child.example.test.", "DS"), ("ns1.child.example.test.", "A"), ("child.example.test.", "SOA"),
    ("blog.example.test.", "A"), ("blog.example.test.", "AAAA"), ("blog.example.test.", "MX"),
    ("shop.example.test.", "A"), ("WWW.eXample.TEST.", "A"), ("www.example.test.", "TYPE65280"),
]


class ExampleZone(ClusterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls.create_zone(cls(), APEX, FILE.read_text(encoding="utf-8"))
        cls.record_sets = cls.cluster.quartet_json("record", "list", APEX)["record_sets"]
        # The peers refuse a zone without SOA and NS: ours, as we serve them.
        cls.file = cls.folder / "with-apex.zone"
        own = [one for one in cls.record_sets if one["owner"] == APEX and one["type"] in ("SOA", "NS")]
        lines = [f"{APEX} {one['ttl']} IN {one['type']} {value}" for one in own for value in one["values"]]
        cls.file.write_text("\n".join(lines) + "\n" + FILE.read_text(encoding="utf-8"), encoding="utf-8")

    def test_answers_are_those_of_knot(self):
        self.compare(peers.knot)

    def test_answers_are_those_of_nsd(self):
        self.compare(peers.nsd)

    def test_udp_and_tcp_answers_are_the_same(self):
        node = self.cluster.nodes_of_zone(self.zone)[0]
        comparison = Comparison(APEX)
        for question in self.questions():
            over_udp, over_tcp = self.ask(node, *question), self.ask(node, *question, tcp=True)
            self.assertEqual(comparison.essence(over_udp), comparison.essence(over_tcp), question)

    def questions(self):
        own = [(one["owner"], one["type"]) for one in self.record_sets]
        return [(owner, type_name) for owner, type_name in own if type_name != "SOA"] + MORE

    def compare(self, make_peer):
        comparison, differences = Comparison(APEX), []
        node = self.cluster.nodes_of_zone(self.zone)[0]
        with make_peer(APEX, self.file) as peer:
            for question in self.questions():
                for tcp in (False, True):
                    ours, theirs = self.ask(node, *question, tcp=tcp), peer.ask(*question, tcp=tcp)
                    differences.append(comparison.difference(question, ours, theirs, peer.name))
        differences = sorted({difference for difference in differences if difference})
        self.assertFalse(differences, "\n" + "\n".join(differences))


if __name__ == "__main__":
    unittest.main()
