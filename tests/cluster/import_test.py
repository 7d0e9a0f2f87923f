"""Zone files of any size: served whole by all four, or not at all, whatever is killed or changed in the middle."""

import json
import os
import pty
import subprocess
import unittest

from harness.cluster_case import ClusterCase

LARGE = 60_000
BEFORE = "$TTL 60\nwww A 192.0.2.1\nmail A 192.0.2.2\n"


def address(number):
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def hosts(count):
    return "$TTL 60\n" + "".join(f"host-{number} A {address(number)}\n" for number in range(count))


class Running:
    """`quartet zone import` with a terminal for its errors, so that it tells how far it has come."""

    def __init__(self, cluster, *arguments):
        self._terminal, theirs = pty.openpty()
        argv = [str(part) for part in (cluster.binaries.path("quartet"), "-o", "json", "zone", "import", *arguments)]
        self._command = subprocess.Popen(
            argv, env=dict(os.environ, **cluster.environment()), stdout=subprocess.PIPE, stderr=theirs, text=True
        )
        os.close(theirs)
        self.said = ""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._command.kill()
        self._command.wait()
        self._command.stdout.close()
        os.close(self._terminal)

    def _hear(self):
        try:
            piece = os.read(self._terminal, 4096)
        except OSError:  # the other end is closed
            piece = b""
        self.said += piece.decode(errors="replace")
        return bool(piece)

    def until(self, words):
        """Until it has said them; AssertionError if it ends before."""
        while words not in self.said:
            if not self._hear():
                raise AssertionError(f"it never said {words!r}: {self.said}")

    def end(self):
        """Its exit code."""
        while self._hear():
            pass
        return self._command.wait()


class Import(ClusterCase):
    per_region = 1

    def setUp(self):
        self.name = f"{self._testMethodName.removeprefix('test_').replace('_', '-')[:40].strip('-')}.test"
        self.zone = self.create_zone(self.name, BEFORE)
        self.four = self.cluster.nodes_of_zone(self.zone)

    def file(self, text):
        path = self.folder / f"{self.name}.import"
        path.write_text(text, encoding="utf-8")
        return path

    def do_import(self, text, *options):
        return self.cluster.quartet_json("zone", "import", self.name, self.file(text), *options, "--wait", timeout=120)

    def revision(self):
        return int(self.cluster.quartet_json("zone", "show", self.name)["revision"])

    def check_served(self, owner, *values):
        for node in self.four:
            self.assertEqual(self.values(node, f"{owner}.{self.name}", "A"), sorted(values), node.name)

    def check_replicas(self):
        """All five hold the same bytes, as their rows say. RocksDB lets one process in: all stop."""
        zone = self.cluster.quartet_json("zone", "show", self.name)
        self.cluster.down()
        try:
            program = str(self.cluster.binaries.path("replica_digests"))
            for name in ["controller"] + [node.name for node in self.four]:
                output = subprocess.run(
                    [program, self.cluster.folder / name], check=True, stdout=subprocess.PIPE, text=True
                ).stdout
                rows = {row["zone"]: row for row in map(json.loads, output.splitlines())}
                row = rows[zone["name"].removeprefix("zones/")]
                self.assertEqual((row["revision"], row["digest"]), (int(zone["revision"]), zone["digest"]), name)
        finally:
            self.cluster.start_controller()
            self.cluster.start_nodes(self.cluster.nodes)
            self.cluster.wait_counted()

    def test_a_large_file_is_served_by_all_four(self):
        result = self.do_import(hosts(LARGE), "--timeout", 60)
        self.assertEqual(result["change"]["state"], "STATE_INSYNC")
        self.assertEqual((int(result["added"]), int(result["removed"])), (LARGE, 0))
        self.assertEqual(int(result["zone"]["record_sets"]), LARGE + 4)
        for number in (0, 4711, LARGE - 1):
            self.check_served(f"host-{number}", address(number))
        self.check_served("www", "192.0.2.1")
        # And away again, all but one.
        result = self.do_import(
            "$TTL 60\nwww A 192.0.2.9\n", "--replace", "--if-revision", 2, "--allow", "mass-deletion", "--timeout", 60
        )
        self.assertEqual(int(result["removed"]), LARGE + 1)
        self.check_served("www", "192.0.2.9")
        for node in self.four:
            self.assertEqual(self.ask(node, f"host-0.{self.name}", "A").rcode, "NXDOMAIN", node.name)
        self.check_replicas()

    def test_a_controller_killed_in_the_middle_leaves_the_old_zone(self):
        with Running(self.cluster, self.name, self.file(hosts(LARGE))) as running:
            running.until("staging: ")
            self.cluster.controller.kill()
            self.assertEqual(running.end(), 3, running.said)
        self.cluster.start_controller()
        self.cluster.wait_counted()
        self.assertEqual(self.revision(), 1)
        self.check_served("www", "192.0.2.1")
        self.assertEqual(self.ask(self.four[0], f"host-0.{self.name}", "A").rcode, "NXDOMAIN")
        self.do_import(hosts(LARGE), "--timeout", 60)
        self.check_served("host-0", address(0))
        self.check_replicas()

    def test_a_node_killed_in_the_middle_comes_back_with_the_new_zone(self):
        victim = self.four[2]
        with Running(self.cluster, self.name, self.file(hosts(LARGE))) as running:
            running.until("staging: ")
            victim.process.kill()
            self.assertEqual(running.end(), 0, running.said)
        self.cluster.start_nodes([victim])
        self.cluster.wait_counted()
        self.await_answer(self.four, f"host-1.{self.name}", "A", lambda answer: answer.answers)
        self.check_replicas()

    def test_a_change_meanwhile_aborts_a_merge(self):
        with Running(self.cluster, self.name, self.file(hosts(LARGE))) as running:
            running.until("staging: ")
            self.set_record(self.name, "www", "A", "192.0.2.7")
            self.assertEqual(running.end(), 1)
            self.assertIn("changed meanwhile", running.said)
        self.assertEqual(self.revision(), 2)
        self.check_served("www", "192.0.2.7")

    def test_a_client_that_is_killed_leaves_the_old_zone_and_room_for_the_next(self):
        with Running(self.cluster, self.name, self.file(hosts(LARGE))) as running:
            running.until("staging: ")
        # The next one waits until that one has been given up, or is told that it is still there.
        while self.cluster.run_quartet("zone", "import", self.name, self.file("x 60 A 192.0.2.3\n"), "--wait").returncode:
            pass
        self.assertEqual(self.revision(), 2)
        self.check_served("x", "192.0.2.3")
        self.assertEqual(self.ask(self.four[0], f"host-0.{self.name}", "A").rcode, "NXDOMAIN")

    def test_what_is_wrong_is_told_before_anything_is_made(self):
        before = self.cluster.zones()
        result = self.cluster.run_quartet("zone", "import", self.name, self.file("x 60 A 192.0.2.3\n"), "--replace")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--if-revision", result.stderr)
        faults = "$TTL 60\n" + "".join(f"d{number} DS 1 8 2 {'a' * 64}\n" for number in range(3000))
        result = self.cluster.run_quartet("zone", "create", "faults.test", "--file", self.file(faults))
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"3000 faults\n")
        self.assertRegex(result.stderr, r"\.import:2:1: .*\[ds-without-ns\]\n")
        self.assertRegex(result.stderr, r"… and \d+ more\n")
        self.assertEqual(self.cluster.zones(), before)


if __name__ == "__main__":
    unittest.main()
