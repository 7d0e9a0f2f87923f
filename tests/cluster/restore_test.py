"""A controller lost with its disk, and brought back from a backup that is older than what the nodes have."""

import json
import shutil
import subprocess
import unittest

from harness.cluster_case import ClusterCase

LOAD = 1500


class Restore(ClusterCase):
    # In order of their names; each restores the same service again.

    def setUp(self):
        # Streams that ended with a restore before are open again.
        self.cluster.wait_counted()

    def test_nodes_are_brought_to_the_restored_state_once_it_is_confirmed(self):
        kept = self.create_zone("kept.test", "www 60 IN A 192.0.2.1\n")
        self.create_zone("deleted.test", "www 60 IN A 192.0.2.2\n")
        four = self.cluster.nodes_of_zone(kept)
        backup = self.backup_under_load("kept.test")
        self.set_record("kept.test", "www", "A", "198.51.100.1")
        made = self.create_zone("made.test", "www 60 IN A 192.0.2.3\n")
        self.cluster.quartet("zone", "delete", "deleted.test", "--force", "--wait")

        self.lose_controller()
        restored = self.controller_command("restore", "--from", backup, "--data", self.data())
        self.assertEqual(restored.returncode, 0, restored.stderr)
        again = self.controller_command("restore", "--from", backup, "--data", self.data())
        self.assertEqual(again.returncode, 1)
        self.assertIn("a restore overwrites nothing", again.stderr)
        self.cluster.start_controller()

        # Unconfirmed: nodes answer what they have, nothing is changed, and what would be lost is said.
        self.wait_connected(self.cluster.nodes)
        for node in four:
            self.assertEqual(self.values(node, "www.kept.test", "A"), ["198.51.100.1"])
        for node in self.cluster.nodes_of_zone(made):
            self.assertEqual(self.values(node, "www.made.test", "A"), ["192.0.2.3"])
        refused = self.cluster.run_quartet("record", "set", "kept.test", "www", "A", 300, "203.0.113.1")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("quartet restore confirm", refused.stderr)
        report = self.report()
        kinds = {zone["name"]: zone["kind"] for zone in report["zones"]}
        self.assertEqual(
            kinds, {"kept.test.": "KIND_AHEAD", "made.test.": "KIND_LOST", "deleted.test.": "KIND_RETURNS"}
        )
        self.assertGreater(int(report["lost_entries"]), 0)
        records = self.report(kept["name"].removeprefix("zones/"))["records"]
        self.assertIn(("www.kept.test.", "A", "KIND_CHANGES"), {(r["owner"], r["type"], r["kind"]) for r in records})
        table = self.cluster.quartet("-o", "table", "restore", "show")
        self.assertIn("kept.test.", table)
        self.assertIn("quartet restore confirm", table)

        # Confirmed: the restored state wins, also at lower revisions.
        self.cluster.quartet("restore", "confirm")
        self.await_answer(four, "www.kept.test", "A", lambda answer: self.texts(answer) == ["192.0.2.1"])
        self.await_answer(
            self.cluster.nodes_of_zone(made), "www.made.test", "A", lambda answer: answer.rcode == "REFUSED"
        )
        deleted = self.cluster.quartet_json("zone", "show", "deleted.test")
        self.await_answer(
            self.cluster.nodes_of_zone(deleted), "www.deleted.test", "A",
            lambda answer: self.texts(answer) == ["192.0.2.2"],
        )
        changed = self.set_record("kept.test", "www", "A", "203.0.113.1")
        self.assertEqual(changed["state"], "STATE_INSYNC")
        self.create_zone("made.test", "www 60 IN A 192.0.2.4\n")
        self.check_replicas()

    def test_one_that_is_away_is_waited_for_unless_forced(self):
        zone = self.create_zone("away.test", "www 60 IN A 192.0.2.1\n")
        away, *others = self.cluster.nodes_of_zone(zone)
        backup = self.backup("away")
        self.set_record("away.test", "www", "A", "198.51.100.1")
        away.process.stop()
        self.lose_controller()
        self.restore(backup)
        self.wait_connected([node for node in self.cluster.nodes if node is not away])
        rows = {row["name"]: row for row in self.report()["nodes"]}
        self.assertEqual(rows[f"nodes/{away.name}"]["problem"], "it is not connected")
        refused = self.cluster.run_quartet("restore", "confirm")
        self.assertEqual(refused.returncode, 1)
        self.assertIn(away.name, refused.stderr)
        self.cluster.quartet("restore", "confirm", "--force")
        self.await_answer(others, "www.away.test", "A", lambda answer: self.texts(answer) == ["192.0.2.1"])
        # It comes back as it was, and is brought to the restored state too.
        self.cluster.start_nodes([away])
        self.await_answer([away], "www.away.test", "A", lambda answer: self.texts(answer) == ["192.0.2.1"])
        self.assertEqual(self.set_record("away.test", "www", "A", "203.0.113.1")["state"], "STATE_INSYNC")

    def test_what_was_drained_since_is_drained_again(self):
        zone = self.create_zone("drained.test", "www 60 IN A 192.0.2.1\n")
        four = self.cluster.nodes_of_zone(zone)
        drained = next(node for node in self.cluster.nodes if node not in four)
        backup = self.backup("drained")
        self.cluster.quartet("node", "drain", drained.name)
        self.wait_state(drained, "STATE_DRAINED")
        self.lose_controller()
        self.restore(backup)
        self.wait_connected(self.cluster.nodes)
        rows = {row["name"]: row for row in self.report()["nodes"]}
        self.assertTrue(rows[f"nodes/{drained.name}"]["counted"])
        self.assertIn("drained since", rows[f"nodes/{drained.name}"]["problem"])
        self.cluster.quartet("restore", "confirm")
        self.wait_state(drained, "STATE_DRAINED")
        self.assertEqual(self.set_record("drained.test", "www", "A", "203.0.113.1")["state"], "STATE_INSYNC")

    # Backups and restores

    def data(self):
        return self.cluster.folder / "controller"

    def controller_command(self, *arguments):
        argv = [str(part) for part in (self.cluster.binaries.path("quartet-controller"), *arguments)]
        return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)

    def backup(self, name):
        folder = self.folder / f"backup-{name}"
        made = self.controller_command(
            "backup", "--controller", self.cluster.controller_endpoint, "--to", folder, *self.cluster.admin.arguments()
        )
        self.assertEqual(made.returncode, 0, made.stderr)
        verified = self.controller_command("verify-backup", folder)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        return folder

    def backup_under_load(self, zone):
        """A backup that is begun while changes are made, and ended while they go on or just after."""
        argv = [
            self.cluster.binaries.path("change_load"), "--controller", self.cluster.controller_endpoint,
            *self.cluster.admin.arguments(), "--zone", zone, "--changes", LOAD, "--concurrency", 8,
            "--report", "/dev/stdout",
        ]
        with subprocess.Popen([str(part) for part in argv], stdout=subprocess.PIPE, text=True) as load:
            load.stdout.readline()  # The first is acknowledged.
            folder = self.backup("load")
            load.stdout.read()
        self.assertEqual(load.returncode, 0)
        return folder

    def lose_controller(self):
        self.cluster.controller.kill()
        shutil.rmtree(self.data())

    def restore(self, backup):
        restored = self.controller_command("restore", "--from", backup, "--data", self.data())
        self.assertEqual(restored.returncode, 0, restored.stderr)
        self.cluster.start_controller()

    def report(self, *zone):
        return self.cluster.quartet_json("restore", "show", *zone)

    # Waiting and comparing

    def wait_connected(self, nodes):
        self.wait_rows(nodes, lambda row: row["connected"])

    def wait_state(self, node, state):
        self.wait_rows([node], lambda row: row["state"] == state)

    def wait_rows(self, nodes, accept):
        names = {f"nodes/{node.name}" for node in nodes}
        rows = []
        for rows in self.cluster.watch_nodes(30):
            if all(accept(row) for row in rows if row["name"] in names):
                return
        self.fail(f"not within 30 s: {rows}")

    @staticmethod
    def texts(answer):
        return [record.text() for record in answer.answers]

    def check_replicas(self):
        """Every zone has one digest in all replicas. RocksDB lets one process in: all stop."""
        self.cluster.down()
        try:
            seen = {}
            for name in ["controller"] + [node.name for node in self.cluster.nodes]:
                program = str(self.cluster.binaries.path("replica_digests"))
                output = subprocess.run(
                    [program, self.cluster.folder / name], check=True, stdout=subprocess.PIPE, text=True
                ).stdout
                for row in map(json.loads, output.splitlines()):
                    seen.setdefault(row["zone"], {})[name] = (row["revision"], row["digest"])
            for zone, replicas in seen.items():
                self.assertEqual(len(set(replicas.values())), 1, f"{zone}: {replicas}")
                self.assertEqual(len(replicas), 5, f"{zone} is not on its four nodes: {replicas}")
        finally:
            self.cluster.start_controller()
            self.cluster.start_nodes(self.cluster.nodes)


if __name__ == "__main__":
    unittest.main()
