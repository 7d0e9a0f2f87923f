"""What zones were, as their users see it: logged, shown, reverted, brought back, and forgotten in time."""

import time
import unittest

from harness.cluster_case import PATIENCE_SECONDS, ClusterCase


class History(ClusterCase):
    def setUp(self):
        self.zone = f"{self._testMethodName.replace('_', '-')[5:45].strip('-')}.test"
        self.zone_json = self.create_zone(self.zone, "www 60 IN A 192.0.2.1\n")

    def log(self, *options):
        return self.cluster.quartet_json("zone", "log", self.zone, *options)

    def addresses_at(self, at):
        part = self.cluster.quartet_json("zone", "show", self.zone, "--at", at)
        return {row["owner"].split(".")[0]: row["values"] for row in part["record_sets"] if row["type"] == "A"}

    def served(self, owner):
        return {tuple(self.values(node, f"{owner}.{self.zone}", "A")) for node in self.cluster.nodes_of_zone(self.zone_json)}

    def test_a_log_says_who_when_and_what(self):
        self.set_record(self.zone, "www", "A", "192.0.2.2")
        change = self.set_record(self.zone, "mail", "A", "192.0.2.3")
        log = self.log()
        kinds = [(row["revision"], row["kind"], row["added"], row["changed"]) for row in log["revisions"]]
        self.assertEqual(kinds, [("3", "KIND_CHANGED", "1", "0"), ("2", "KIND_CHANGED", "0", "1"), ("1", "KIND_CREATED", "2", "0")])
        newest = log["revisions"][0]
        self.assertEqual(newest["change"], change["name"])
        self.assertRegex(newest["principal"], "^quartet://admin/")
        self.assertRegex(newest["request_id"], "^[0-9a-f]{32}$")
        self.assertEqual(log["oldest_revision"], "1")
        text = self.cluster.quartet("-o", "table", "zone", "log", self.zone, "--diff")
        self.assertIn(f"- www.{self.zone}. 60 A 192.0.2.1\n+ www.{self.zone}. 60 A 192.0.2.2\n", text)
        self.assertIn("as of revision 1 (", text)
        self.assertEqual(len(self.log("--limit", 2)["revisions"]), 2)

    def test_a_zone_is_shown_as_it_was(self):
        self.set_record(self.zone, "www", "A", "192.0.2.2")
        made = self.log()["revisions"][1]["time"]
        self.assertEqual(self.addresses_at(1), {"www": ["192.0.2.1"]})
        self.assertEqual(self.addresses_at(2), {"www": ["192.0.2.2"]})
        self.assertEqual(self.addresses_at(made), {"www": ["192.0.2.1"]})
        self.assertEqual(self.addresses_at("0s"), {"www": ["192.0.2.2"]})
        for at, why in ((9, "no revision 9 yet"), ("2001-01-01", "there was none")):
            refused = self.cluster.run_quartet("zone", "show", self.zone, "--at", at)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(why, refused.stderr)
        self.assertEqual(self.cluster.run_quartet("zone", "show", self.zone, "--at", "soon").returncode, 2)

    def test_a_revert_is_served_and_can_be_reverted(self):
        self.set_record(self.zone, "www", "A", "192.0.2.2")
        self.set_record(self.zone, "mail", "A", "192.0.2.3")
        preview = self.cluster.quartet("-o", "table", "zone", "revert", self.zone, "--to", 1, "--dry-run")
        self.assertIn(f"- mail.{self.zone}. 60 A 192.0.2.3\n", preview)
        self.assertEqual(self.served("mail"), {("192.0.2.3",)})
        change = self.cluster.quartet_json("zone", "revert", self.zone, "--to", 1, "--wait")
        self.assertEqual(change["state"], "STATE_INSYNC")
        self.assertEqual(self.served("www"), {("192.0.2.1",)})
        for node in self.cluster.nodes_of_zone(self.zone_json):
            self.assertEqual(self.ask(node, f"mail.{self.zone}", "A").rcode, "NXDOMAIN")
        self.assertEqual(self.log()["revisions"][0]["revision"], "4")
        again = self.cluster.quartet("-o", "table", "zone", "revert", self.zone, "--to", 1)
        self.assertIn("so already", again)
        self.cluster.quartet("zone", "revert", self.zone, "--to", 3, "--wait")
        self.assertEqual(self.served("mail"), {("192.0.2.3",)})

    def test_a_large_revert_is_staged(self):
        path = self.folder / "large.zone"
        path.write_text("".join(f"n{i} 60 IN A 192.0.2.{i % 250}\n" for i in range(3000)), encoding="utf-8")
        self.cluster.quartet("zone", "import", self.zone, path, "--wait")
        self.cluster.quartet("zone", "import", self.zone, "--replace", "--force", "--allow", "mass-deletion", self.small(), "--wait")
        change = self.cluster.quartet_json("zone", "revert", self.zone, "--to", 2, "--wait")
        self.assertEqual(change["state"], "STATE_INSYNC")
        self.assertEqual(self.served("n2999"), {("192.0.2.249",)})
        self.assertEqual(self.log()["revisions"][0]["kind"], "KIND_REPLACED")
        refused = self.cluster.run_quartet("zone", "revert", self.zone, "--to", 1)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("[mass-deletion]", refused.stderr)
        self.cluster.quartet("verify", self.zone, "--deep")

    def small(self):
        path = self.folder / "small.zone"
        path.write_text("only 60 IN A 192.0.2.1\n", encoding="utf-8")
        return path

    def test_a_deleted_zone_comes_back_with_its_nameservers(self):
        four = self.cluster.nodes_of_zone(self.zone_json)
        self.cluster.quartet("zone", "delete", self.zone, "--force", "--wait")
        for node in four:
            self.assertEqual(self.ask(node, f"www.{self.zone}", "A").rcode, "REFUSED")
        deleted = self.cluster.quartet_json("zone", "list", "--deleted")["zones"]
        mine = next(row for row in deleted if row["name"] == self.zone_json["name"])
        self.assertTrue(mine["delete_time"])
        change = self.cluster.quartet_json("zone", "undelete", self.zone, "--wait")
        self.assertEqual(change["state"], "STATE_INSYNC")
        now = self.cluster.quartet_json("zone", "show", self.zone)
        self.assertEqual(now["nameservers"], self.zone_json["nameservers"])
        self.assertEqual(int(now["revision"]), int(self.zone_json["revision"]) + 2)
        self.assertEqual(now["digest"], self.zone_json["digest"])
        self.assertEqual(self.served("www"), {("192.0.2.1",)})
        kinds = [row["kind"] for row in self.log()["revisions"]]
        self.assertEqual(kinds, ["KIND_UNDELETED", "KIND_DELETED", "KIND_CREATED"])
        refused = self.cluster.run_quartet("zone", "undelete", self.zone)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("is not deleted", refused.stderr)

    def test_who_comes_too_late_is_told_what_changed(self):
        self.set_record(self.zone, "www", "A", "192.0.2.2")
        self.set_record(self.zone, "mail", "A", "192.0.2.3")
        stale = self.cluster.run_quartet("record", "set", self.zone, "www", "A", 60, "192.0.2.9", "--if-revision", 1)
        self.assertEqual(stale.returncode, 1)
        self.assertIn("not at 1", stale.stderr)
        self.assertRegex(stale.stderr, rf"mail\.{self.zone}\. A: it was changed by revision 3 by quartet://admin/.*\[changed-since\]")
        self.assertRegex(stale.stderr, rf"www\.{self.zone}\. A: it was changed by revision 2 ")


class Bounds(ClusterCase):
    """Two seconds of history, four of deleted zones."""

    per_region = 1
    controller_options = ("--history-days", 2 / 86400, "--undelete-days", 4 / 86400)

    def until(self, condition, what):
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end, f"in vain: {what}")
            time.sleep(0.1)

    def test_old_history_goes_and_the_zone_stays(self):
        self.create_zone("old.test", "www 60 IN A 192.0.2.1\n")
        for number in range(2, 5):
            self.set_record("old.test", "www", "A", f"192.0.2.{number}")
        self.until(lambda: self.cluster.quartet_json("zone", "log", "old.test")["oldest_revision"] == "4", "history is cut")
        refused = self.cluster.run_quartet("zone", "show", "old.test", "--at", 2)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("reaches back to revision 4", refused.stderr)
        self.cluster.controller.stop()
        self.cluster.start_controller()
        self.assertEqual(self.cluster.quartet_json("zone", "log", "old.test")["oldest_revision"], "4")
        self.cluster.quartet("verify", "old.test", "--deep")

    def test_a_deleted_zone_is_gone_for_good_in_time(self):
        zone = self.create_zone("gone.test", "www 60 IN A 192.0.2.1\n")
        self.cluster.quartet("zone", "delete", "gone.test", "--force", "--wait")
        self.until(lambda: not self.cluster.quartet_json("zone", "list", "--deleted")["zones"], "the zone is purged")
        refused = self.cluster.run_quartet("zone", "undelete", zone["name"].removeprefix("zones/"))
        self.assertEqual(refused.returncode, 1)
        self.assertIn("gone for good", refused.stderr)
        # All goes on without it, after a restart too.
        self.cluster.controller.stop()
        self.cluster.start_controller()
        self.create_zone("gone.test", "www 60 IN A 192.0.2.2\n")


if __name__ == "__main__":
    unittest.main()
