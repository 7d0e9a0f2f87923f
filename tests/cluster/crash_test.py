"""Invariant 1: what was acknowledged survives any crash. Processes are killed while 2,000 changes are made."""

import json
import subprocess
import unittest

from harness.cluster_case import ClusterCase

CHANGES = 2000
ZONE = "crash.test"


class Load:
    """change_load, running. Iterating gives each acknowledged change as it is reported."""

    def __init__(self, cluster, zone):
        argv = [
            cluster.binaries.path("change_load"), "--controller", cluster.controller_endpoint,
            *cluster.admin.arguments(), "--zone", zone, "--changes", CHANGES, "--concurrency", 8,
            "--report", "/dev/stdout",
        ]
        self._command = subprocess.Popen([str(part) for part in argv], stdout=subprocess.PIPE, text=True)
        self.acknowledged = []

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._command.kill()
        self._command.wait()
        self._command.stdout.close()

    def until(self, count):
        """Reads until so many changes were acknowledged (or no more come)."""
        while len(self.acknowledged) < count:
            line = self._command.stdout.readline()
            if not line:
                return
            self.acknowledged.append(json.loads(line))

    def finish(self):
        """Reads the rest; the exit code."""
        self.until(CHANGES + 1)
        return self._command.wait()


class Crash(ClusterCase):
    def setUp(self):
        self.zone = self.create_zone(f"{self._testMethodName.replace('_', '-')[:40].strip('-')}.{ZONE}")
        self.name = self.zone["domain_name"]
        self.four = self.cluster.nodes_of_zone(self.zone)

    def test_a_node_killed_during_changes_loses_none(self):
        with Load(self.cluster, self.name) as load:
            for count in (500, 1200):
                load.until(count)
                self.four[0].process.kill()
                load.until(count + 200)
                self.cluster.start_nodes(self.four[:1])
            self.assertEqual(load.finish(), 0)
        self.check(load.acknowledged)

    def test_the_controller_killed_during_changes_loses_none(self):
        with Load(self.cluster, self.name) as load:
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
            program = str(self.cluster.binaries.path("replica_digests"))
            for name, folder in folders.items():
                output = subprocess.run([program, folder], check=True, stdout=subprocess.PIPE, text=True).stdout
                rows = {row["zone"]: row for row in map(json.loads, output.splitlines())}
                row = rows[zone["name"].removeprefix("zones/")]
                self.assertEqual((row["revision"], row["digest"]), (int(zone["revision"]), zone["digest"]), name)
        finally:
            self.cluster.start_controller()
            self.cluster.start_nodes(self.cluster.nodes)


if __name__ == "__main__":
    unittest.main()
