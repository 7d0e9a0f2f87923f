"""The crash loop in short. tests/soak and tests/faults/crash_loop run it for longer."""

import os
import random
import tempfile
import unittest

from faults.crash_loop import CrashLoop

SECONDS = 12


class Crashes(unittest.TestCase):
    def run_loop(self, **options):
        seed = random.SystemRandom().randrange(10**6)
        print(f"seed {seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="crash-", dir=os.environ.get("TEST_TMPDIR")) as folder:
            text, violations, faults = CrashLoop(folder, seed, SECONDS, zones=16, rate=200, **options).run()
        print(text, flush=True)
        return violations, faults

    def test_nothing_acknowledged_is_lost_and_all_replicas_are_equal(self):
        self.assertEqual(self.run_loop(), (0, []))

    def test_a_disk_that_goes_back_is_noticed(self):
        """What the loop checks can fail: a node that serves again what it had some seconds ago is told on."""
        violations, _ = self.run_loop(disks_lie=True)
        self.assertGreater(violations, 0)


if __name__ == "__main__":
    unittest.main()
