"""Nodes that were away: they go on from the log where it reaches back to them, else by digests, while changes go on."""

import re
import shutil
import unittest

from harness.change_load import ChangeLoad, replica_rows
from harness.cluster_case import ClusterCase

# About what a small change takes in the log, with what is logged when it is INSYNC.
CHANGE_BYTES = 500
LOG_BYTES = 1 << 20
# Changes that a log certainly holds, and that it certainly does not. Of those that all nodes have, it keeps an eighth.
FITTING = LOG_BYTES // 2 // CHANGE_BYTES
TOO_MANY = 4 * LOG_BYTES // CHANGE_BYTES


class CatchUp(ClusterCase):
    """One node each in four regions, and a log of one MiB."""

    per_region = 1
    controller_options = ("--log-bytes", "1MiB")

    def setUp(self):
        name = self.id().rpartition(".")[2].replace("_", "-")[5:50].strip("-")
        self.busy = self.create_zone(f"{name}.busy.test")
        self.quiet = self.create_zone(f"{name}.quiet.test", "www 60 IN A 192.0.2.1\n")
        self.log_read = len(self.cluster.controller.log_text())

    def change(self, changes):
        """So many changes of the busy zone, each acknowledged."""
        with ChangeLoad(self.cluster, self.busy["domain_name"], changes) as load:
            self.assertEqual(load.finish(), 0)

    def said(self, pattern):
        """Whether the controller has logged it since the test began."""
        return re.search(pattern, self.cluster.controller.log_text()[self.log_read:]) is not None

    def check_all(self):
        """All have caught up, answer alike, and hold bytes of the digests that the controller has logged."""
        self.cluster.wait_counted()
        for node in self.cluster.nodes:
            self.assertEqual(self.values(node, f"www.{self.quiet['domain_name']}", "A"), ["192.0.2.1"], node.name)
        zone = self.cluster.quartet_json("zone", "show", self.busy["domain_name"])
        self.cluster.down()
        try:
            for name in [node.name for node in self.cluster.nodes] + ["controller"]:
                row = replica_rows(self.cluster, self.cluster.folder / name)[zone["name"].removeprefix("zones/")]
                self.assertEqual((row["revision"], row["digest"]), (int(zone["revision"]), zone["digest"]), name)
        finally:
            self.cluster.start_controller()
            self.cluster.start_nodes(self.cluster.nodes)

    def test_one_that_was_away_goes_on_from_the_log_also_of_a_restarted_controller(self):
        node = self.cluster.nodes[1]
        self.change(FITTING // 4)
        node.process.kill()
        self.change(FITTING // 2)
        self.cluster.controller.stop()
        self.cluster.start_controller()
        # Without what it had acknowledged the log would be trimmed to an eighth now.
        self.change(FITTING // 2)
        self.cluster.start_nodes([node])
        self.cluster.wait_counted([node])
        self.assertTrue(self.said(rf"node {node.name} goes on from \d+ in the log, \d\d+ entries behind"))
        self.assertFalse(self.said(rf"node {node.name} has its zones compared"))
        self.check_all()

    def test_those_that_the_log_has_passed_over_compare_their_zones_while_changes_go_on(self):
        away = self.cluster.nodes[:2]
        for node in away:
            node.process.kill()
        self.change(TOO_MANY)
        for node in away:
            self.assertTrue(self.said(rf"log-bytes.*{node.name}.*will catch up by digests"), node.name)
        with ChangeLoad(self.cluster, self.busy["domain_name"], FITTING) as load:
            load.until(10)
            self.cluster.start_nodes(away)
            self.assertEqual(load.finish(), 0)
        for node in away:
            self.assertTrue(self.said(rf"node {node.name} has its zones compared: its cursor is \d+, the log"), node.name)
        for node in self.cluster.nodes[2:]:
            self.assertFalse(self.said(rf"node {node.name} (has|goes)"), f"{node.name} lost its stream")
        self.check_all()

    def test_emptied_ones_are_filled_while_changes_go_on_beyond_what_the_log_holds(self):
        emptied = self.cluster.nodes[2:]
        with ChangeLoad(self.cluster, self.busy["domain_name"], TOO_MANY) as load:
            load.until(10)
            for node in emptied:
                node.process.kill()
                shutil.rmtree(self.cluster.folder / node.name)
            self.cluster.start_nodes(emptied)
            self.assertEqual(load.finish(), 0)
        for node in emptied:
            self.assertTrue(self.said(rf"node {node.name} has its zones compared: it is empty"), node.name)
        self.check_all()


if __name__ == "__main__":
    unittest.main()
