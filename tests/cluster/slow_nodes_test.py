"""A node that is stopped, or slow, costs the controller bounded memory and delays nobody else."""

import contextlib
import threading
import time
import unittest

from harness.change_load import ChangeLoad
from harness.cluster_case import ClusterCase

# Changes of 32 KiB each: 183 MiB for each node.
CHANGES = 6000
PADDING = 128
UNSENT_BYTES = CHANGES * PADDING * 250
# What the controller may grow by meanwhile: queues (1 MiB and gRPC's own), decoded entries, PENDING changes, the
# database's caches, and what the allocator keeps for each of its threads (10 to 102 MiB were seen, most where other
# processes took the CPU).
GROWTH_BYTES = 144 << 20


class SlowNodes(ClusterCase):
    per_region = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls.create_zone(cls(), "slow.test")["domain_name"]
        cls.load(cls())  # Fills the caches of the database.

    def load(self):
        with ChangeLoad(self.cluster, self.zone, CHANGES, padding=PADDING) as load:
            self.assertEqual(load.finish(), 0)

    def peak_memory(self):
        """Bytes that the controller has had resident at most since it started."""
        with open(f"/proc/{self.cluster.controller.identity.pid}/status", encoding="utf-8") as status:
            kilobytes = next(line.split()[1] for line in status if line.startswith("VmHWM:"))
        return int(kilobytes) << 10

    def check_load_beside(self, slow):
        """Changes go on as if `slow` were not there, and the controller does not gather what it does not take."""
        others = [node for node in self.cluster.nodes if node is not slow]
        before = self.peak_memory()
        self.load()
        self.cluster.wait_counted(others)
        for number in range(10):
            change = self.set_record(self.zone, "www", "A", f"192.0.2.{number}", wait=False)
            begin = time.monotonic()
            self.cluster.quartet("change", "wait", change["name"].removeprefix("changes/"), "--servers", 3)
            # Two processes, two round trips: nothing that waits for the slow node's timeouts (10 s and more).
            self.assertLess(time.monotonic() - begin, 5, "the other three waited for the slow one")
        self.assertGreater(UNSENT_BYTES, GROWTH_BYTES)
        self.assertLess(self.peak_memory() - before, GROWTH_BYTES)

    def test_a_stopped_node_costs_little_and_delays_nobody(self):
        stopped = self.cluster.nodes[3]
        stopped.process.pause()
        try:
            self.check_load_beside(stopped)
        finally:
            stopped.process.resume()
        self.cluster.wait_counted()

    def test_a_slow_node_costs_little_and_delays_nobody(self):
        with mostly_paused(self.cluster.nodes[1].process):
            self.check_load_beside(self.cluster.nodes[1])
        self.cluster.wait_counted()


@contextlib.contextmanager
def mostly_paused(process):
    """It runs for a hundredth of the time."""
    ended = threading.Event()

    def alternate():
        while not ended.is_set():
            process.pause()
            ended.wait(0.198)
            process.resume()
            ended.wait(0.002)

    thread = threading.Thread(target=alternate)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        process.resume()


if __name__ == "__main__":
    unittest.main()
