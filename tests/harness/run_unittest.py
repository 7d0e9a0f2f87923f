"""Runs the unittest cases of one file; writes JUnit XML where Bazel wants it ($XML_OUTPUT_FILE).

    run_unittest.py FILE.py [Class.test …]
"""

import importlib.util
import os
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from harness import junit  # noqa: E402 (the path must be set first)


class Recorder(unittest.TextTestResult):
    """Keeps every case's outcome, and prints how long it took."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.cases = []
        self._started = time.monotonic()

    def startTest(self, test):
        self._started = time.monotonic()
        super().startTest(test)

    def _record(self, test, outcome, text=""):
        seconds = time.monotonic() - self._started
        class_name, _, name = test.id().rpartition(".")
        self.cases.append((class_name, name, seconds, outcome, text))

    def addSuccess(self, test):
        super().addSuccess(test)
        self._record(test, "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._record(test, "failed", self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self._record(test, "failed", self.errors[-1][1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._record(test, "skipped", reason)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._record(subtest, "failed", (self.failures or self.errors)[-1][1])


def load(path, names):
    specification = importlib.util.spec_from_file_location(Path(path).stem, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[module.__name__] = module
    specification.loader.exec_module(module)
    loader = unittest.TestLoader()
    return loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)


def main():
    path, *names = sys.argv[1:]
    runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Recorder)
    result = runner.run(load(path, names))
    output = os.environ.get("XML_OUTPUT_FILE")
    if output:
        junit.write(output, Path(path).stem, result.cases)
    if not result.cases:
        sys.exit(f"{path} has no test cases")
    sys.exit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
