"""quartet-nameserver serve: zone files answered as they stand, over UDP and TCP; faults; its end."""

import re
import tempfile
import unittest
from pathlib import Path

from harness.standalone import Standalone

SHARED = """\
$TTL 300
@ 900 IN SOA ns1 hostmaster 7 7200 900 1209600 300
@ IN NS ns1
@ IN NS ns.elsewhere.test.
ns1 IN A 192.0.2.1
www IN CNAME host.sub
host.sub IN A 192.0.2.2
@ IN MX 10 mail
*.wild IN TXT "any"
"""


class Serve(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def serve(self, zones, **options):
        return Standalone(zones, self.folder, **options)

    def test_many_names_from_one_file(self):
        shared = self.file("shared.zone", SHARED)
        zones = {f"zone{i}.example": shared for i in range(3000)}
        with self.serve(zones) as server:
            for i in (0, 1, 1499, 2999):
                for tcp in (False, True):
                    self.check_zone(server, f"zone{i}.example.", tcp)
            self.assertEqual(server.ask("zone3000.example.", "SOA").rcode, "REFUSED")

    def check_zone(self, server, zone, tcp):
        soa = server.ask(zone, "SOA", tcp)
        self.assertEqual((soa.rcode, len(soa.answers), soa.answers[0].ttl), ("NOERROR", 1, 900))
        self.assertIn(zone.split(".")[0].encode(), soa.answers[0].data)
        names = {record.data for record in server.ask(zone, "NS", tcp).answers}
        self.assertIn(b"\x02ns\x09elsewhere\x04test\x00", names)
        self.assertEqual(len(names), 2)
        chain = server.ask(f"www.{zone}", "A", tcp).answers
        self.assertEqual([(r.owner, r.type) for r in chain],
                         [(f"www.{zone}", "CNAME"), (f"host.sub.{zone}", "A")])
        self.assertEqual(server.ask(f"x.y.wild.{zone}", "TXT", tcp).answers[0].data, b"\x03any")
        self.assertEqual(server.ask(f"nowhere.{zone}", "A", tcp).rcode, "NXDOMAIN")

    def test_a_child_beside_its_parent(self):
        parent = self.file("parent", SHARED + "child NS ns.child\nns.child A 192.0.2.3\n")
        child = self.file("child", SHARED + "here A 192.0.2.4\n")
        with self.serve({"example.test": parent, "child.example.test": child}) as server:
            self.assertEqual(server.ask("here.child.example.test.", "A").answers[0].data, bytes([192, 0, 2, 4]))
            self.assertEqual(server.ask("ns1.example.test.", "A").answers[0].data, bytes([192, 0, 2, 1]))

    def test_every_listen_address_answers(self):
        hosts = ("127.78.0.9", "127.78.0.10")
        with self.serve({"a.test": self.file("z", SHARED)}, hosts=hosts, workers=2) as server:
            for host in hosts:
                for tcp in (False, True):
                    self.assertEqual(server.ask("a.test.", "SOA", tcp, host).rcode, "NOERROR")

    def test_sigterm_ends_it_cleanly(self):
        with self.serve({"a.test": self.file("z", SHARED)}) as server:
            server.ask("a.test.", "SOA")
            server.process.stop()
            self.assertEqual(server.process.wait_end(0), 0)
        self.assertIn("sockets closed after 1 queries", server.process.log_text())

    def test_every_fault_is_told_and_nothing_is_served(self):
        bad = self.file("bad.zone", SHARED + "a A 192.0.2.256\nb MX mail\nwww A 192.0.2.9\n")
        worse = self.file("worse.zone", "$TTL 300\nx A (192.0.2.1\n")
        log = self.refused({"a.test": bad, "b.test": bad, "c.test": worse, "d.test": self.folder / "none"})
        # What is between records is looked at once all of them can be read.
        self.assertEqual(self.places(log), ["bad.zone:10:5", "bad.zone:11:6", "worse.zone:2:5"])
        self.assertIn("none: ", log)
        self.assertIn("nothing is served", log)
        bad.write_text(SHARED + "www A 192.0.2.9\n", encoding="utf-8")
        self.assertEqual(self.places(self.refused({"a.test": bad})), ["bad.zone:6:1"])

    def test_faults_of_the_list_have_its_lines(self):
        server = self.serve({"a.test": self.file("z", SHARED)})
        server.zone_list.write_text("# all\na.test z\nb..test z\nc.test\nA.test. z\n", encoding="utf-8")
        log = self.ended(server)
        self.assertEqual(self.places(log), ["zones.txt:3:1", "zones.txt:4:7", "zones.txt:5:1"])
        server.zone_list.unlink()
        self.assertIn("zones.txt: ", self.ended(server))

    def refused(self, zones):
        return self.ended(self.serve(zones))

    def ended(self, server):
        """Its log, once it has ended by itself as it must."""
        Path(server.process.log).unlink(missing_ok=True)
        server.process.start()
        self.assertEqual(server.process.wait_end(20), 1)
        with self.assertRaises(OSError):
            server.ask("a.test.", "SOA")
        return server.process.log_text()

    def places(self, log):
        return re.findall(r"([\w.]+:\d+:\d+): ", re.sub(r"\S*/", "", re.sub(r"^\S+Z ", "", log, flags=re.MULTILINE)))


if __name__ == "__main__":
    unittest.main()
