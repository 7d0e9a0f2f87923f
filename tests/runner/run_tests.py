"""tests/run: builds everything, runs the tests, ends with how many passed and failed."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

from harness import junit
from runner import bazel

DESCRIPTION = """\
Installs what is missing, builds, and runs the tests:

  * programs, and tests with real processes, gRPC or simulated clusters: optimised;
  * all other unit tests: once, under AddressSanitizer and UBSan;
  * checks of the tree (tests/lint).

The last line counts single test cases: `N passed, N failed[, N skipped]`.
"""

EPILOGUE = """\
examples:
  tests/run                              all
  tests/run //dns/... //replication/...  only what is below these
  tests/run --tsan                       tests without gRPC and Abseil's locks, under ThreadSanitizer

QUARTET_TEST_DATA names a folder with large public zones; without it the tests that need them are skipped.
BAZEL names another bazel, with options before its command.
"""


class Run:
    """Steps one after another, each counted."""

    def __init__(self):
        self.counts = junit.Counts()
        self.failed = []
        self.skipped = []

    def step(self, title, action):
        print(f"== {title}", flush=True)
        started = time.monotonic()
        counts = action()
        self.counts += counts
        what = "done" if counts == junit.Counts() else counts.line()
        print(f"   {what} in {time.monotonic() - started:.0f} s\n", flush=True)

    def tests(self, options, targets):
        outcome = bazel.test(options, targets)
        self.failed += outcome.failed_labels()
        for runs in outcome.results.values():
            for _, xml in runs:
                self._note_skipped(xml)
        return outcome.counts()

    def programs(self, targets):
        scope = " + ".join(targets)
        labels = bazel.query(f'kind(cc_binary, {scope}) except attr(tags, "fuzz|manual", {scope})')
        if labels and bazel.build([], labels) != 0:
            self.failed.append("programs that do not build (see above)")
            return junit.Counts(failed=1)
        return junit.Counts()

    def lint(self):
        with tempfile.NamedTemporaryFile(suffix=".xml") as xml:
            environment = dict(os.environ, XML_OUTPUT_FILE=xml.name)
            command = [sys.executable, "tests/harness/run_unittest.py", "tests/lint/tree_test.py"]
            result = subprocess.run(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
            )
            if result.returncode != 0:
                print(result.stdout)
                self.failed.append("tests/lint")
            return junit.count(xml.name) if os.path.getsize(xml.name) else junit.Counts(failed=1)

    def _note_skipped(self, xml):
        try:
            cases = ElementTree.parse(xml).iter("testcase") if xml else []
        except (OSError, ElementTree.ParseError):
            return
        for case in cases:
            skipped = case.find("skipped")
            if skipped is not None:
                name = f"{case.get('classname')}.{case.get('name')}"
                self.skipped.append(f"{name}: {skipped.get('message') or 'skipped'}")


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="tests/run", description=DESCRIPTION, epilog=EPILOGUE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--asan", action="store_true", help="only the unit tests, under AddressSanitizer and UBSan")
    kind.add_argument("--tsan", action="store_true", help="only the tests tagged tsan, under ThreadSanitizer")
    parser.add_argument("targets", metavar="TARGET", nargs="*", help="Bazel's targets (default: //...)")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    targets = arguments.targets or ["//..."]
    run = Run()
    if arguments.tsan:
        run.step(
            "Tests under ThreadSanitizer", lambda: run.tests(["--config=tsan", "--test_tag_filters=tsan"], targets)
        )
    if not arguments.asan and not arguments.tsan:
        run.step("Programs, optimised", lambda: run.programs(targets))
        run.step(
            "Tests of processes, services and simulated clusters, optimised",
            lambda: run.tests(["--test_tag_filters=optimised"], targets),
        )
    if not arguments.tsan:
        run.step(
            "Unit tests under AddressSanitizer and UBSan",
            lambda: run.tests(["--config=asan", "--test_tag_filters=-optimised"], targets),
        )
    if not arguments.asan and not arguments.tsan and not arguments.targets:
        run.step("Checks of the tree", run.lint)
    for line in run.skipped:
        print(f"skipped: {line}")
    for label in run.failed:
        print(f"failed: {label}")
    if run.counts == junit.Counts():
        print("No tests match.")
        run.counts = junit.Counts(failed=1)
    print(run.counts.line(), flush=True)
    sys.exit(1 if run.counts.failed else 0)


if __name__ == "__main__":
    main()
