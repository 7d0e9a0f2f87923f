"""Invariant 5: replicas that differ are found, to the record set, and repair can't destroy."""

import json
import shutil
import subprocess
import time
import unittest

from harness.cluster_case import PATIENCE_SECONDS, ClusterCase

RECORDS = "www 60 IN A 192.0.2.1\nmail 60 IN A 192.0.2.2\nftp 60 IN A 192.0.2.3\n"
# More than a node may repair in an hour, by two.
MANY = 12


class Verify(ClusterCase):
    per_region = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls()
        cls.zone = case.create_zone("verify.test", RECORDS)
        cls.other = case.create_zone("sound.test", RECORDS)

    def setUp(self):
        self.node = self.cluster.nodes[0]

    def verify(self, *arguments):
        """Runs it: exit code, differences, and what was not compared."""
        result = self.cluster.run_quartet("-o", "json", "verify", *arguments)
        messages = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertTrue(messages and "summary" in messages[-1], result.stderr)
        differences = [message["difference"] for message in messages if "difference" in message]
        uncompared = [message["uncompared"] for message in messages if "uncompared" in message]
        self.assertEqual(int(messages[-1]["summary"]["different"]), len(differences))
        return result.returncode, differences, uncompared

    def finds_nothing(self, *arguments):
        code, differences, uncompared = self.verify(*arguments)
        self.assertEqual((code, differences, uncompared), (0, [], []))

    def damage(self, folder, zone, *damages):
        tool = self.cluster.binaries.path("damage_zone")
        for damage in damages:
            argv = [tool, self.cluster.folder / folder, zone_id(zone), *damage]
            subprocess.run([str(part) for part in argv], check=True)

    def damage_node(self, zone, *damages):
        """Damages a zone on the node's disk while it is stopped."""
        self.node.process.stop()
        self.damage(self.node.name, zone, *damages)
        self.cluster.start_nodes([self.node])
        self.cluster.wait_counted([self.node])

    def await_node(self, done):
        """Waits until the node's row is so."""
        for rows in self.cluster.watch_nodes(PATIENCE_SECONDS):
            row = next(row for row in rows if row["name"] == f"nodes/{self.node.name}")
            if done(row):
                return row
        raise AssertionError(f"{self.node.name} is not as it should be after {PATIENCE_SECONDS:g} s: {row}")

    def show_node(self):
        return self.cluster.quartet_json("node", "show", self.node.name)

    def test_replicas_that_are_equal_are_said_to_be(self):
        self.finds_nothing()
        self.finds_nothing("--deep")
        self.finds_nothing("verify.test")
        shown = self.cluster.quartet("-o", "table", "verify")
        self.assertRegex(shown, r"\d+ zones in 5 replicas: \d+ compared, 0 differ")

    def test_a_node_that_differs_is_found_to_the_record_set_and_repaired(self):
        before = self.show_node()
        self.damage_node(self.zone, ["change", "www", "A", "fit"], ["remove", "mail", "A", "fit"])
        self.assertEqual(self.values(self.node, "www.verify.test", "A"), ["192.0.2.0"])
        for arguments in ([], ["verify.test"]):
            code, differences, _ = self.verify(*arguments)
            self.assertEqual(code, 1)
            self.assertEqual(len(differences), 1)
            self.assertEqual(differences[0]["zone"], self.zone["name"])
            self.assertEqual(differences[0]["replica"], f"nodes/{self.node.name}")
            self.assertEqual(differences[0]["kind"], "KIND_DIFFERS")
            found = {(one["owner"], one["type"], one["kind"]) for one in differences[0]["record_sets"]}
            self.assertEqual(
                found, {("www.verify.test.", "A", "KIND_OTHER"), ("mail.verify.test.", "A", "KIND_MISSING")}
            )
        code, differences, _ = self.verify("--repair")
        self.assertEqual(code, 1)
        self.assertEqual([one["repair"] for one in differences], ["REPAIR_ASKED"])
        self.await_answer([self.node], "www.verify.test", "A", has_address("192.0.2.1"))
        self.await_answer([self.node], "mail.verify.test", "A", has_address("192.0.2.2"))
        self.await_node(lambda row: not row["exceptions"])
        self.finds_nothing()
        # Only that zone was replaced: the node has neither been emptied nor lost anything else.
        self.assertEqual(self.show_node()["incarnation"], before["incarnation"])
        self.assertEqual(self.values(self.node, "www.sound.test", "A"), ["192.0.2.1"])

    def test_a_node_finds_by_itself_what_is_not_what_its_row_says(self):
        self.damage_node(self.zone, ["change", "ftp", "A"])
        self.await_answer([self.node], "ftp.verify.test", "A", has_address("192.0.2.3"))
        self.await_node(lambda row: not row["exceptions"])
        self.finds_nothing("--deep")

    def test_repairs_stop_at_the_limits_and_go_on_once_allowed(self):
        # One that has repaired nothing in this hour.
        self.node = self.cluster.nodes[1]
        zones = [self.create_zone(f"many{i}.test", RECORDS) for i in range(MANY)]
        # This one would lose most of what the node has.
        much = [["add", f"extra{i}", "NS", "fit"] for i in range(10)]
        self.node.process.stop()
        for zone in zones[1:]:
            self.damage(self.node.name, zone, ["change", "www", "A", "fit"])
        self.damage(self.node.name, zones[0], *much)
        self.cluster.start_nodes([self.node])
        self.cluster.wait_counted([self.node])
        code, differences, _ = self.verify("--repair")
        self.assertEqual(code, 1)
        self.assertEqual(len(differences), MANY)
        row = self.await_node(lambda row: row["alarms"] > 0 and len(row["exceptions"]) == 2)
        stopped = {exception["zone"] for exception in row["exceptions"]}
        self.assertIn(zones[0]["name"], stopped)
        for exception in row["exceptions"]:
            self.assertIn("stopped", exception["reason"])
        status = self.await_status(lambda status: any("2 zones" in alarm["message"] for alarm in status["alarms"]))
        self.assertEqual([alarm["source"] for alarm in status["alarms"]], [f"nodes/{self.node.name}"])
        self.assertIn("allow-repair", status["alarms"][0]["message"])
        self.assertEqual(self.show_node()["health"]["alarms"], [status["alarms"][0]["message"]])
        self.assertIn("10 of 15 record sets", self.cluster.quartet("-o", "table", "node", "show", self.node.name))
        # What it stopped at still differs, and is not asked for again.
        code, differences, _ = self.verify("--repair")
        self.assertEqual(code, 1)
        self.assertEqual({one["zone"] for one in differences}, stopped)
        self.assertEqual({one["repair"] for one in differences}, {"REPAIR_REFUSED"})

        self.cluster.quartet("node", "allow-repair", self.node.name, "many0.test")
        self.await_node(lambda row: len(row["exceptions"]) == 1)
        self.assertEqual(self.ask(self.node, "extra0.many0.test", "A").rcode, "NXDOMAIN")
        self.cluster.quartet("node", "allow-repair", self.node.name)
        self.await_node(lambda row: not row["exceptions"] and row["alarms"] == 0)
        self.finds_nothing("--deep")
        self.assertIn(f"allows node {self.node.name}", self.cluster.controller.log_text())
        for zone in zones:
            self.cluster.quartet("zone", "delete", zone["domain_name"], "--force", "--wait")

    def test_a_node_that_is_away_is_said_to_be(self):
        self.node.process.stop()
        try:
            code, differences, uncompared = self.verify()
            self.assertEqual((code, differences), (0, []))
            self.assertEqual([one["replica"] for one in uncompared], [f"nodes/{self.node.name}"])
            self.assertIn("not connected", uncompared[0]["reason"])
        finally:
            self.cluster.start_nodes([self.node])
            self.cluster.wait_counted([self.node])

    def test_a_controller_that_is_damaged_sends_nothing_of_it_and_is_repaired_from_a_node(self):
        controller = self.cluster.controller
        controller.stop()
        self.damage("controller", self.zone, ["change", "www", "A"], ["add", "more", "NS"])
        argv = list(controller.argv)
        controller.argv += ["--scrub-hours", "0.0002"]
        try:
            self.cluster.start_controller()
            self.await_status(lambda status: status["zones_quarantined"] == "1")
        finally:
            controller.stop()
            controller.argv = argv
            self.cluster.start_controller()
        self.cluster.wait_counted()
        # The note lasts.
        status = self.cluster.quartet_json("status")
        self.assertEqual(status["zones_quarantined"], "1")
        self.assertEqual([alarm["zone"] for alarm in status["alarms"]], [self.zone["name"]])
        self.assertTrue(self.cluster.quartet_json("zone", "show", "verify.test")["quarantined"])
        refused = self.cluster.run_quartet("record", "set", "verify.test", "new", "A", "60", "192.0.2.9")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("quartet verify verify.test. --repair", refused.stderr)
        self.set_record("sound.test", "new", "A", "192.0.2.9")

        # A node that has lost it gets it from nobody; the others answer from theirs.
        self.node.process.stop()
        shutil.rmtree(self.cluster.folder / self.node.name)
        self.cluster.start_nodes([self.node])
        self.await_node(lambda row: any("quarantined" in one["reason"] for one in row["exceptions"]))
        self.assertEqual(self.ask(self.node, "www.verify.test", "A").rcode, "SERVFAIL")
        for node in self.cluster.nodes[1:]:
            self.assertEqual(self.values(node, "www.verify.test", "A"), ["192.0.2.1"], node.name)

        code, differences, _ = self.verify("verify.test", "--repair")
        self.assertEqual(code, 1)
        own = next(one for one in differences if one["replica"].startswith("controllers/"))
        self.assertEqual(own["repair"], "REPAIR_DONE")
        found = {(one["owner"], one["type"], one["kind"]) for one in own["record_sets"]}
        self.assertEqual(found, {("www.verify.test.", "A", "KIND_OTHER"), ("more.verify.test.", "NS", "KIND_EXTRA")})
        self.assertEqual(self.cluster.quartet_json("status")["zones_quarantined"], "0")
        self.node.process.stop()
        self.cluster.start_nodes([self.node])
        self.cluster.wait_counted()
        self.await_answer([self.node], "www.verify.test", "A", has_address("192.0.2.1"))
        self.assertEqual(self.set_record("verify.test", "new", "A", "192.0.2.9")["state"], "STATE_INSYNC")
        self.finds_nothing("--deep")

    def await_status(self, done):
        end = time.monotonic() + PATIENCE_SECONDS
        while not done(status := self.cluster.quartet_json("status")):
            self.assertLess(time.monotonic(), end, status)
            time.sleep(0.05)
        return status


def has_address(address):
    return lambda answer: any(record.text() == address for record in answer.answers)


def zone_id(zone):
    return zone["name"].removeprefix("zones/")


if __name__ == "__main__":
    unittest.main()
