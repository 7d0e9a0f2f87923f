"""Disks that are full, take no writes, lose files or flip bits: said, answered on, repaired; a wrong answer is never given."""

import contextlib
import random
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from harness.cluster_case import ClusterCase
from harness.processes import Process, ProcessError

ZONES = 6
OWNERS = 25
# How often each kind of file of a node is damaged.
ROUNDS = 2
KINDS = ("*.sst", "*.log", "MANIFEST-*", "CURRENT", "OPTIONS-*", "IDENTITY", "SYNCED")


class Disks(ClusterCase):
    """One node of each nameserver: every zone is on all of them."""

    per_region = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # (owner, type) -> what it must be answered with.
        cls.truth = {}
        cls.names = [f"zone-{number}.disks.test" for number in range(ZONES)]
        for name in cls.names:
            lines = [f"o{number} 60 IN A 192.0.2.{number}\n" for number in range(OWNERS)]
            cls.create_zone(cls(), name, "".join(lines))
            cls.truth.update({f"o{number}.{name}": [f"192.0.2.{number}"] for number in range(OWNERS)})
        cls.changes = 0

    def setUp(self):
        # Whatever a test that failed has left.
        if not self.cluster.controller.is_running():
            self.cluster.start_controller()
        self.cluster.start_nodes([node for node in self.cluster.nodes if not node.process.is_running()])

    def tearDown(self):
        # Whatever a test did: all serve all of it.
        for node in self.cluster.nodes:
            self.check_answers(node, may_fail=False)

    def change(self, wait=True):
        """One more change, which every node is to answer with."""
        type(self).changes += 1
        zone = self.names[self.changes % ZONES]
        value = f"198.51.100.{self.changes % 250}"
        change = self.set_record(zone, f"o{self.changes % OWNERS}", "A", value, wait=wait)
        self.truth[f"o{self.changes % OWNERS}.{zone}"] = [value]
        return change

    def check_answers(self, node, may_fail):
        """Compares all it answers with the truth; returns how many names it failed (SERVFAIL) for."""
        failed = 0
        for name, values in self.truth.items():
            answer = self.ask(node, name, "A")
            if may_fail and answer.rcode == "SERVFAIL":
                failed += 1
                continue
            self.assertEqual(answer.rcode, "NOERROR", f"{name} at {node.name}")
            self.assertEqual([record.text() for record in answer.answers], values, f"{name} at {node.name}")
        return failed

    def log_since(self, process):
        """What it has logged since this was called, as a function."""
        before = len(process.log_text())
        return lambda: process.log_text()[before:]

    # Nodes

    def test_a_node_with_damage_in_any_file_never_gives_a_wrong_answer(self):
        seed = random.SystemRandom().randrange(10**6)
        print(f"seed {seed}")
        chance = random.Random(seed)
        node = self.cluster.nodes[0]
        folder = self.cluster.folder / node.name
        for kind in KINDS * ROUNDS:
            node.process.kill()
            file = chance.choice(sorted(folder.glob(kind)) or [None])
            with self.subTest(seed=seed, kind=kind, file=file):
                if file is not None:
                    damage(file, chance)
                log = self.log_since(node.process)
                self.cluster.start_nodes([node])
                if self.check_answers(node, may_fail=True) > 0:
                    self.assertRegex(log(), "can't be served")
                self.cluster.wait_counted([node])
                self.change()
                self.check_answers(node, may_fail=False)

    def test_a_node_sets_a_damaged_database_aside_and_answers_once_it_has_all_zones_anew(self):
        node = self.cluster.nodes[1]
        folder = self.cluster.folder / node.name
        node.process.kill()
        for manifest in folder.glob("MANIFEST-*"):
            manifest.write_bytes(b"\xff" * 1000)
        # Without a controller it has nothing to answer with, and says so.
        self.cluster.controller.stop()
        log = self.log_since(node.process)
        node.process.start()
        with self.assertRaisesRegex(ProcessError, "was not ready"):
            node.process.wait_ready(1)
        with self.assertRaises(ConnectionError):
            self.ask(node, self.names[0], "SOA")
        self.assertRegex(log(), rf"MANIFEST-.*set aside in {re.escape(str(folder))}/damaged-\d+")
        node.process.kill()
        self.cluster.start_controller()
        self.cluster.start_nodes([node])
        self.check_answers(node, may_fail=False)
        self.cluster.wait_counted()
        kept = list(folder.glob("damaged-*"))
        self.assertEqual(len(kept), 1)
        self.await_alarm(node)
        self.assertIn(str(kept[0]), self.cluster.quartet("-o", "table", "node", "show", node.name))

    def await_alarm(self, node):
        for rows in self.cluster.watch_nodes(30):
            if any(row["name"] == f"nodes/{node.name}" and row["alarms"] > 0 for row in rows):
                return
        self.fail(f"{node.name} tells no alarm")

    def test_a_running_node_that_loses_its_directory_answers_on_from_memory_and_fills_a_new_one(self):
        node = self.cluster.nodes[2]
        folder = self.cluster.folder / node.name
        log = self.log_since(node.process)
        shutil.rmtree(folder)
        self.change()  # INSYNC: it is on this node too, and on its new disk.
        self.check_answers(node, may_fail=False)
        self.assertRegex(log(), rf"{re.escape(str(folder))} was removed while it was in use")
        node.process.kill()
        self.cluster.start_nodes([node])
        self.check_answers(node, may_fail=False)

    def test_a_node_whose_disk_takes_no_writes_answers_on_and_catches_up_once_it_does(self):
        node = self.cluster.nodes[3]
        process = self.start_breakable(node.process)
        self.cluster.wait_counted([node])
        set_takes_writes(process, False)
        before = dict(self.truth)
        change = self.change(wait=False)
        self.cluster.quartet("change", "wait", change["name"].removeprefix("changes/"), "--servers", 3)
        after, self.truth = self.truth, before
        self.check_answers(node, may_fail=False)
        self.truth = after
        self.assertRegex(process.log_text(), "can't be stored")
        set_takes_writes(process, True)
        self.assertEqual(self.insync(change)["state"], "STATE_INSYNC")
        process.stop()
        self.cluster.start_nodes([node])
        self.cluster.wait_counted([node])

    def start_breakable(self, process):
        """One that takes the place of `process` and lives on when it can't write. Its log passes a pipe, which it can always."""
        process.stop()
        argv = ["bash", "-c", 'trap "" XFSZ; exec "$@" 2> >(exec cat)', "--", *process.argv]
        breakable = Process(f"{process.name} without writes", argv, self.folder / f"{process.name}-breakable.log")
        self.addCleanup(breakable.kill)
        return breakable.start().wait_ready()

    def insync(self, change):
        return self.cluster.quartet_json("change", "wait", change["name"].removeprefix("changes/"))

    def test_a_node_on_a_full_disk_answers_on_and_catches_up_once_there_is_room(self):
        node = self.cluster.nodes[3]
        node.process.stop()
        data = self.cluster.folder / node.name
        with small_disk(data):
            self.cluster.start_nodes([node])
            self.cluster.wait_counted([node])
            fill(data)
            before = dict(self.truth)
            change = self.change(wait=False)
            self.cluster.quartet("change", "wait", change["name"].removeprefix("changes/"), "--servers", 3)
            after, self.truth = self.truth, before
            self.check_answers(node, may_fail=False)
            self.truth = after
            (data / "filler").unlink()
            self.assertEqual(self.insync(change)["state"], "STATE_INSYNC")
            node.process.stop()
        self.cluster.start_nodes([node])
        self.cluster.wait_counted([node])

    def test_a_node_started_on_a_read_only_disk_answers_from_it_and_catches_up_once_it_can_write(self):
        node = self.cluster.nodes[3]
        node.process.stop()
        data = self.cluster.folder / node.name
        with small_disk(data):
            remount(data, "ro")
            self.cluster.start_nodes([node])
            self.check_answers(node, may_fail=False)
            remount(data, "rw")
            self.cluster.wait_counted([node])
            self.change()
            node.process.stop()
        self.cluster.start_nodes([node])
        self.cluster.wait_counted([node])

    # The controller

    def test_a_controller_on_a_full_disk_refuses_changes_and_takes_them_once_there_is_room(self):
        self.cluster.controller.stop()
        data = self.cluster.folder / "controller"
        with small_disk(data):
            self.cluster.start_controller()
            fill(data)
            refused = self.cluster.run_quartet("record", "set", self.names[0], "full", "A", "60", "192.0.2.1")
            self.assertEqual(refused.returncode, 1)
            self.assertRegex(refused.stderr, r"(?i)disk|space")
            self.assertEqual(len(self.cluster.zones()), ZONES)
            for node in self.cluster.nodes:
                self.check_answers(node, may_fail=False)
                self.assertEqual(self.ask(node, f"full.{self.names[0]}", "A").rcode, "NXDOMAIN", node.name)
            (data / "filler").unlink()
            self.assertEqual(self.change()["state"], "STATE_INSYNC")
            self.cluster.controller.stop()
        self.cluster.start_controller()
        self.cluster.wait_counted()

    def test_a_controller_on_a_read_only_disk_refuses_changes_and_takes_them_once_it_can_write(self):
        self.cluster.controller.stop()
        data = self.cluster.folder / "controller"
        with small_disk(data):
            remount(data, "ro")
            self.cluster.start_controller()
            refused = self.cluster.run_quartet("record", "set", self.names[0], "full", "A", "60", "192.0.2.1")
            self.assertEqual(refused.returncode, 1)
            self.assertRegex(refused.stderr, "mount it for writing")
            self.assertEqual(len(self.cluster.zones()), ZONES)
            remount(data, "rw")
            self.assertEqual(self.change()["state"], "STATE_INSYNC")
            self.cluster.controller.stop()
        self.cluster.start_controller()
        self.cluster.wait_counted()

    def test_a_controller_whose_disk_takes_no_writes_refuses_changes_until_it_is_started_again(self):
        process = self.start_breakable(self.cluster.controller)
        self.cluster.wait_counted()
        set_takes_writes(process, False)
        for _ in range(2):
            refused = self.cluster.run_quartet("record", "set", self.names[0], "full", "A", "60", "192.0.2.1")
            self.assertEqual(refused.returncode, 1)
            self.assertRegex(refused.stderr, r"^quartet: the controller takes no changes at present: can't write .*restart")
        self.assertEqual(len(self.cluster.zones()), ZONES)
        set_takes_writes(process, True)
        process.stop()
        self.cluster.start_controller()
        self.cluster.wait_counted()
        self.assertEqual(self.change()["state"], "STATE_INSYNC")
        for node in self.cluster.nodes:
            self.assertEqual(self.ask(node, f"full.{self.names[0]}", "A").rcode, "NXDOMAIN", node.name)

    def test_a_controller_that_loses_its_directory_takes_no_change_any_more(self):
        data, kept = self.cluster.folder / "controller", self.cluster.folder / "controller.kept"
        data.rename(kept)
        refused = self.cluster.run_quartet("record", "set", self.names[0], "lost", "A", "60", "192.0.2.1")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("removed while it was in use", refused.stderr)
        self.cluster.controller.stop()
        self.refuses_to_start("restore")
        kept.rename(data)
        self.cluster.start_controller()
        self.cluster.wait_counted()

    def refuses_to_start(self, pattern):
        log = self.log_since(self.cluster.controller)
        self.cluster.controller.start()
        with self.assertRaisesRegex(ProcessError, r"ended \(exit code [1-9]"):
            self.cluster.controller.wait_ready(20)
        self.assertRegex(log(), pattern)

    def test_a_controller_with_damage_in_any_file_starts_with_all_it_had_or_names_backups(self):
        seed = random.SystemRandom().randrange(10**6)
        print(f"seed {seed}")
        chance = random.Random(seed)
        data, kept = self.cluster.folder / "controller", self.cluster.folder / "controller.kept"
        self.change()
        self.cluster.controller.kill()
        data.rename(kept)
        for kind in KINDS * ROUNDS:
            shutil.copytree(kept, data)
            file = chance.choice(sorted(data.glob(kind)) or [None])
            with self.subTest(seed=seed, kind=kind, file=file):
                if file is not None:
                    damage(file, chance)
                log = self.log_since(self.cluster.controller)
                self.cluster.controller.start()
                try:
                    self.cluster.controller.wait_ready(20)
                except ProcessError:
                    self.assertRegex(log(), rf"{re.escape(str(data))}.*quartet-controller restore")
                else:
                    self.check_controller()
                self.cluster.controller.kill()
            shutil.rmtree(data)
        for node in self.cluster.nodes:
            self.check_answers(node, may_fail=False)
        kept.rename(data)
        self.cluster.start_controller()
        self.cluster.wait_counted()

    def check_controller(self):
        """All record sets are as they were; or the command fails, and says why."""
        for zone in self.names:
            listed = self.cluster.run_quartet("-o", "json", "record", "list", zone)
            if listed.returncode != 0:
                self.assertRegex(listed.stderr, "damaged")
                continue
            for name, values in self.truth.items():
                if name.endswith(zone):
                    self.assertIn(values[0], listed.stdout, name)


def damage(file, chance):
    """Flips one bit, or cuts it off."""
    contents = bytearray(file.read_bytes())
    if not contents or chance.random() < 0.3:
        file.write_bytes(contents[: chance.randrange(len(contents) + 1)])
        return
    contents[chance.randrange(len(contents))] ^= 1 << chance.randrange(8)
    file.write_bytes(contents)


def set_takes_writes(process, takes):
    """Whether it can write to a file: if not, every write fails, as on a disk that the kernel has given up."""
    limit = "unlimited" if takes else "0"
    subprocess.run(["prlimit", f"--pid={process.identity.pid}", f"--fsize={limit}:unlimited"], check=True)


@contextlib.contextmanager
def small_disk(folder, size="128m"):
    """A file system of that size in the folder's place; what is in the folder is there too, and goes back after."""
    kept = Path(f"{folder}.kept")
    shutil.move(folder, kept)
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        shutil.rmtree(kept)
        yield
        shutil.copytree(folder, kept)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()
        if kept.exists():
            shutil.move(kept, folder)


def remount(folder, how):
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


def fill(folder):
    """Writes until nothing more goes."""
    with open(folder / "filler", "wb", buffering=0) as filler:
        # Not byte by byte: what the process itself gives free meanwhile would take minutes to fill.
        for size in (1 << 16, 1 << 12):
            with contextlib.suppress(OSError):
                while True:
                    filler.write(b"\0" * size)


if __name__ == "__main__":
    unittest.main()
