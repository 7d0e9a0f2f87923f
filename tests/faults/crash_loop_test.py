"""The crash loop in short. tests/soak and tests/faults/crash_loop run it for longer."""

import os
import random
import tempfile
import unittest

from faults.crash_loop import CrashLoop

SECONDS = 12


class Crashes(unittest.TestCase):
    def test_nothing_acknowledged_is_lost_and_all_replicas_are_equal(self):
        seed = random.SystemRandom().randrange(10**6)
        print(f"seed {seed}")
        with tempfile.TemporaryDirectory(prefix="crash-", dir=os.environ.get("TEST_TMPDIR")) as folder:
            text, violations, faults = CrashLoop(folder, seed, SECONDS, zones=16, rate=200).run()
        print(text)
        self.assertEqual((violations, faults), (0, []), text)


if __name__ == "__main__":
    unittest.main()
