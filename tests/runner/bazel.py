"""Bazel as a program: runs it, and reads from its event protocol what became of every test."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import urllib.parse
from dataclasses import dataclass, field

from harness import junit

# Exit codes: tests failed; nothing to test.
_TESTS_FAILED, _NO_TESTS = 3, 4


@dataclass
class Outcome:
    """Of one `bazel test`."""

    exit_code: int
    # Test results by label, each (passed, path of test.xml or None).
    results: dict = field(default_factory=dict)
    # Labels that were not built.
    unbuilt: set = field(default_factory=set)

    def counts(self):
        """Single test cases, not targets. A target that failed counts at least one failure."""
        total = junit.Counts(failed=len(self.unbuilt))
        for runs in self.results.values():
            for passed, xml in runs:
                counts = _count_or_nothing(xml)
                if not passed and counts.failed == 0:
                    counts += junit.Counts(failed=1)
                elif passed and counts == junit.Counts():
                    counts = junit.Counts(passed=1)
                total += counts
        if self.exit_code not in (0, _TESTS_FAILED, _NO_TESTS) and total.failed == 0:
            total += junit.Counts(failed=1)
        return total

    def failed_labels(self):
        failed = {label for label, runs in self.results.items() if not all(passed for passed, _ in runs)}
        return sorted(failed | self.unbuilt)


def _count_or_nothing(xml):
    try:
        return junit.count(xml) if xml else junit.Counts()
    except (OSError, SyntaxError):
        return junit.Counts()


def command():
    """How to call Bazel: the variable BAZEL may name another one, options included."""
    return shlex.split(os.environ.get("BAZEL", "bazel"))


def query(expression):
    """Labels. Packages that do not load are left out: building names their errors."""
    result = subprocess.run(
        [*command(), "query", "--keep_going", "--noshow_progress", expression], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, check=False,
    )
    return result.stdout.split()


def build(options, targets):
    """Exit code. Output goes where ours goes."""
    return _run("build", [*options, "--keep_going", "--", *targets])


def output_files(options, targets):
    """Paths of what the targets make, in the order of the targets. They must have been built."""
    info = subprocess.run(
        [*command(), "info", *options, "bazel-bin"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        check=True,
    )
    return [os.path.join(info.stdout.strip(), target.removeprefix("//").replace(":", "/")) for target in targets]


def test(options, targets):
    """Builds and runs tests; output of those that fail is printed."""
    with tempfile.NamedTemporaryFile(prefix="quartet-events-", suffix=".json") as events:
        exit_code = _run(
            "test",
            [*options, "--keep_going", "--build_tests_only", "--test_summary=terse",
             f"--build_event_json_file={events.name}", "--", *targets],
        )
        outcome = Outcome(exit_code)
        with open(events.name, encoding="utf-8") as lines:
            for line in lines:
                note(outcome, json.loads(line))
    # A target that is a test but has no result was not built.
    outcome.unbuilt -= outcome.results.keys()
    return outcome


def _run(verb, arguments):
    # The output of failed tests is an "info" to Bazel.
    options = ["--ui_event_filters=-info"] if verb == "build" else []
    if sys.stderr.isatty():
        options.append("--show_progress")
    sys.stdout.flush()
    return subprocess.run([*command(), verb, *options, *arguments], stdin=subprocess.DEVNULL, check=False).returncode


def note(outcome, event):
    identity = event.get("id", {})
    if "testResult" in identity and "testResult" in event:
        result = event["testResult"]
        xml = [output["uri"] for output in result.get("testActionOutput", []) if output["name"] == "test.xml"]
        path = urllib.parse.unquote(urllib.parse.urlparse(xml[0]).path) if xml else None
        runs = outcome.results.setdefault(identity["testResult"]["label"], [])
        runs.append((result.get("status") == "PASSED", path))
    elif "targetCompleted" in identity and not event.get("completed", {}).get("success", False):
        outcome.unbuilt.add(identity["targetCompleted"]["label"])
