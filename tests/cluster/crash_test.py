"""Invariant 1: what was acknowledged survives any crash. Processes are killed while 2,000 changes are made."""

import unittest

from harness.change_load import ChangeLoad, replica_rows
from harness.cluster_case import ClusterCase

CHANGES = 2000
ZONE = "crash.test"


class Crash(ClusterCase):
    def setUp(self):
        self.zone = self.create_zone(f"{self._testMethodName.replace('_', '-')[:40].strip('-')}.{ZONE}")
        self.name = self.zone["domain_name"]
        self.four = self.cluster.nodes_of_zone(self.zone)

    def test_a_node_killed_during_changes_loses_none(self):
        with ChangeLoad(self.cluster, self.name, CHANGES) as load:
            for count in (500, 1200):
                load.until(count)
                self.four[0].process.kill()
                load.until(count + 200)
                self.cluster.start_nodes(self.four[:1])
            self.assertEqual(load.finish(), 0)
        self.check(load.acknowledged)

    def test_the_controller_killed_during_changes_loses_none(self):
        with ChangeLoad(self.cluster, self.name, CHANGES) as load:
            for count in (400, 900, 1500):
                load.until(count)
                self.cluster.controller.kill()
                self.cluster.start_controller()
            self.assertEqual(load.finish(), 0)
        self.check(load.acknowledged)

    def check(self, acknowledged):
        self.assertEqual(len(acknowledged), CHANGES)
        revisions = [change["revision"] for change in acknowledged]
        self.assertEqual(len(set(revisions)), CHANGES, "two changes were told the same revision")
        self.cluster.wait_counted()
        zone = self.cluster.quartet_json("zone", "show", self.name)
        self.assertEqual(int(zone["revision"]), int(self.zone["revision"]) + CHANGES, "a change was made twice or lost")
        # Later revisions overwrite earlier ones, in whatever order they were reported.
        last = {change["owner"]: change["value"] for change in sorted(acknowledged, key=lambda c: c["revision"])}
        for node in self.four:
            served = {owner: self.values(node, f"{owner}.{self.name}", "TXT") for owner in last}
            self.assertEqual(served, {owner: [f'"{value}"'] for owner, value in last.items()}, node.name)
        self.check_replicas(zone)

    def check_replicas(self, zone):
        """Every replica's bytes have the digest the controller has logged. RocksDB lets one process in: all stop."""
        self.cluster.down()
        try:
            folders = {node.name: self.cluster.folder / node.name for node in self.four}
            folders["controller"] = self.cluster.folder / "controller"
            for name, folder in folders.items():
                row = replica_rows(self.cluster, folder)[zone["name"].removeprefix("zones/")]
                self.assertEqual((row["revision"], row["digest"]), (int(zone["revision"]), zone["digest"]), name)
        finally:
            self.cluster.start_controller()
            self.cluster.start_nodes(self.cluster.nodes)


if __name__ == "__main__":
    unittest.main()
