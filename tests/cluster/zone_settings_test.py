"""`quartet zone update` as its users see it, and what the nameservers then serve."""

import unittest

from harness.cluster_case import ClusterCase


class ZoneSettings(ClusterCase):
    per_region = 1

    def setUp(self):
        self.zone = f"{self._testMethodName.replace('_', '-')}.test"
        self.zone_json = self.create_zone(self.zone)

    def update(self, *options):
        return self.cluster.run_quartet("-o", "table", "zone", "update", self.zone, *options)

    def soa(self, node):
        return self.values(node, f"{self.zone}.", "SOA")[0].split(" ", 1)[1]

    def test_what_is_set_is_served_by_all_four(self):
        done = self.update("--hostmaster", f"dns.team@{self.zone}", "--minimum", "300", "--serial", "2026112601", "--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        for node in self.cluster.nodes_of_zone(self.zone_json):
            self.assertEqual(self.soa(node), f"dns\\.team.{self.zone}. 2026112601 7200 900 1209600 300")
        # It moves on from there, and the fields stay.
        self.set_record(self.zone, "www", "A", "192.0.2.1")
        for node in self.cluster.nodes_of_zone(self.zone_json):
            self.assertEqual(self.soa(node), f"dns\\.team.{self.zone}. 2026112602 7200 900 1209600 300")

    def test_the_apex_ns_ttl(self):
        done = self.update("--ns-ttl", "600", "--wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        node = self.cluster.nodes_of_zone(self.zone_json)[0]
        answer = self.ask(node, f"{self.zone}.", "NS")
        self.assertEqual({record.ttl for record in answer.answers}, {600})
        shown = self.cluster.run_quartet("-o", "table", "zone", "show", self.zone).stdout
        self.assertRegex(shown, r"Apex NS TTL: +600\n")
        self.assertRegex(shown, r"SOA: +refresh 7200, retry 900, expire 1209600, minimum 86400, TTL 900\n")

    def test_what_can_not_be_is_refused_whole(self):
        before = self.cluster.quartet_json("zone", "show", self.zone)
        refused = self.update("--expire", "60", "--serial", "1", "--comment", "shop")
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, r"serial 1 is not ahead .*\[serial-not-ahead\]")
        self.assertRegex(refused.stderr, r"\[expire-too-short\]")
        self.assertEqual(self.update().returncode, 1)
        stale = self.update("--comment", "shop", "--if-revision", "99")
        self.assertIn("not at 99", stale.stderr)
        self.assertEqual(self.cluster.quartet_json("zone", "show", self.zone), before)

    def test_a_comment_moves_the_revision_only(self):
        before = self.cluster.quartet_json("zone", "show", self.zone)
        self.assertEqual(self.update("--comment", "the shop", "--wait").returncode, 0)
        after = self.cluster.quartet_json("zone", "show", self.zone)
        self.assertEqual(after["comment"], "the shop")
        self.assertEqual(int(after["revision"]), int(before["revision"]) + 1)
        self.assertEqual(after["serial"], before["serial"])

    def test_a_slip_is_warned_of(self):
        done = self.update("--hostmaster", f"hostmaster.{self.zone}")
        self.assertEqual(done.returncode, 0, done.stderr)
        # Known to be a slip, as it ends with the zone's name.
        self.assertRegex(done.stderr, "warning: .*no final dot")


if __name__ == "__main__":
    unittest.main()
