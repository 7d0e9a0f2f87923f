"""How results are counted: a run must never look better than it was."""

import tempfile
import unittest
from pathlib import Path

from harness import junit
from runner.bazel import Outcome, note


class Counting(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def xml(self, *outcomes):
        path = self.folder / f"{len(list(self.folder.iterdir()))}.xml"
        junit.write(path, "suite", [("Class", f"case{i}", 0, outcome, "") for i, outcome in enumerate(outcomes)])
        return str(path)

    def test_cases_are_counted_not_targets(self):
        outcome = Outcome(0, {"//a:test": [(True, self.xml("passed", "passed", "skipped"))]})
        self.assertEqual(outcome.counts(), junit.Counts(2, 0, 1))

    def test_a_failed_target_counts_a_failure_even_if_all_its_cases_passed(self):
        # A leak found at the end, say, or a time limit.
        outcome = Outcome(3, {"//a:test": [(False, self.xml("passed"))], "//b:test": [(False, None)]})
        self.assertEqual(outcome.counts(), junit.Counts(1, 2, 0))
        self.assertEqual(outcome.failed_labels(), ["//a:test", "//b:test"])

    def test_a_passed_target_without_cases_counts_as_one(self):
        self.assertEqual(Outcome(0, {"//a:test": [(True, None)]}).counts(), junit.Counts(1, 0, 0))

    def test_targets_that_are_not_built_are_failures(self):
        outcome = Outcome(1)
        note(outcome, {"id": {"targetCompleted": {"label": "//a:test"}}, "aborted": {"reason": "ANALYSIS_FAILURE"}})
        note(outcome, {"id": {"targetCompleted": {"label": "//b:test"}}, "completed": {"success": True}})
        self.assertEqual(outcome.unbuilt, {"//a:test"})
        self.assertEqual(outcome.counts(), junit.Counts(0, 1, 0))

    def test_results_are_read_from_events(self):
        outcome, path = Outcome(3), self.xml("passed", "failed")
        note(outcome, {
            "id": {"testResult": {"label": "//a:test", "run": 1}},
            "testResult": {"status": "FAILED", "testActionOutput": [{"name": "test.xml", "uri": f"file://{path}"}]},
        })
        self.assertEqual(outcome.counts(), junit.Counts(1, 1, 0))

    def test_an_error_of_bazel_itself_is_a_failure(self):
        self.assertEqual(Outcome(37).counts(), junit.Counts(0, 1, 0))
        self.assertEqual(Outcome(4).counts(), junit.Counts())


if __name__ == "__main__":
    unittest.main()
