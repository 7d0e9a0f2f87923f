"""Half a minute of the differential test, always from the same seed; tests/soak takes others."""

import os
import unittest

from conformance import differential

SECONDS = os.environ.get("DIFFERENTIAL_SECONDS", "25")
LEAST_CASES = 5000


class Differential(unittest.TestCase):
    def test_random_zones_are_answered_as_knot_nsd_and_named_do(self):
        totals = differential.run(["--seconds", SECONDS, "--seed", "1"])
        self.assertEqual(totals.unexplained, 0)
        self.assertGreaterEqual(totals.cases, LEAST_CASES)
        self.assertGreater(len(totals.rules), 8, "the questions no longer reach what servers differ in")


if __name__ == "__main__":
    unittest.main()
