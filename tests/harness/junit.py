"""JUnit XML: written for Python tests, counted for all."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def line(self):
        """The closing line of every run."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def write(path, suite, cases):
    """Cases are (class name, test name, seconds, outcome, text); the outcome is passed, failed or skipped."""
    root = ElementTree.Element("testsuites")
    element = ElementTree.SubElement(
        root, "testsuite", name=suite, tests=str(len(cases)),
        failures=str(sum(case[3] == "failed" for case in cases)),
        skipped=str(sum(case[3] == "skipped" for case in cases)),
    )
    for class_name, name, seconds, outcome, text in cases:
        case = ElementTree.SubElement(
            element, "testcase", classname=class_name, name=name, time=f"{seconds:.3f}", status="run"
        )
        if outcome != "passed":
            child = ElementTree.SubElement(case, "failure" if outcome == "failed" else "skipped")
            child.set("message", _xml_text(text.strip().splitlines()[-1] if text.strip() else ""))
            child.text = _xml_text(text)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _xml_text(text):
    """Text without the control characters XML forbids."""
    return "".join(character if character >= " " or character in "\n\t" else "?" for character in text)


def count(path):
    """Counts the cases of a file by GoogleTest, by Bazel (for shell tests) or by us."""
    counts = Counts()
    for case in ElementTree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            counts += Counts(failed=1)
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            counts += Counts(skipped=1)
        else:
            counts += Counts(passed=1)
    return counts
