"""Random zones and questions, answered by our engine, knotd, nsd and named: a difference that no rule explains fails."""

import argparse
import collections
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from conformance import shrinking
from conformance.four_servers import FourServers, program

EPILOGUE = """\
examples:
  tests/conformance/differential                              30 seconds of cases, seeds from the clock
  tests/conformance/differential --cases 1000000 --seed 7     as many, always the same
  tests/conformance/differential --seed 7 --rounds 1          one round again

Each round has its own seed, printed with what it found, and makes about 300 worlds of some zones. A difference is shrunk, zones
and question, before it is printed. Which differences are explained, and by what: docs/answers.md, "Where servers differ".
"""

# Rounds between two lines about how far it is.
PROGRESS_ROUNDS = 10

WORLDS = 300
QUESTIONS = 60


class Totals:
    def __init__(self):
        self.cases = self.zones = self.rounds = self.unexplained = 0
        self.rules = collections.Counter()
        self.classes = collections.Counter()
        self.refused = collections.Counter()
        self.silent = collections.Counter()
        self.hung = collections.Counter()

    def add(self, report):
        self.rounds += 1
        self.cases += report.cases
        self.zones += report.zones
        self.unexplained += report.unexplained
        self.rules += report.rules
        self.classes += report.classes
        self.refused += report.refused
        self.silent += report.silent
        self.hung.update(report.hung.keys())

    def print(self, seconds):
        refused = ", ".join(f"{name} {count}" for name, count in sorted(self.refused.items())) or "none"
        print(f"{self.cases} cases in {seconds:.0f} s: {self.rounds} rounds, {self.zones} zones; not loaded: {refused}")
        for name, count in sorted(self.classes.items()):
            print(f"  {count:8d} cases: {name}")
        for name, count in sorted(self.silent.items()):
            print(f"{name} had no answer in {count} cases, which were compared without it")
        for name, count in sorted(self.hung.items()):
            print(f"{name} stopped answering in {count} rounds, and was left out from there on")
        for name, count in sorted(self.rules.items()):
            print(f"  {count:8d} explained by {name}")
        print(f"{self.unexplained} differences unexplained", flush=True)


def generate(folder, seed, questions):
    subprocess.run(
        [program("differential_generate"), "--seed", str(seed), "--worlds", str(WORLDS), "--questions", str(questions),
         "--folder", folder], check=True,
    )


def run_round(seed, options, totals):
    """False: something differed; it was printed."""
    folder = tempfile.mkdtemp(prefix="differential-", dir="/tmp")
    try:
        generate(folder, seed, options.questions)
        with FourServers(folder) as servers:
            report = servers.compare()
        totals.add(report)
        for name, question in report.hung.items():
            print(f"seed {seed}: {name} stopped answering at the latest at: {question}", flush=True)
        if report.differences:
            show(folder, seed, report, options.shrink)
        return not report.differences
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def show(folder, seed, report, shrink):
    print(f"seed {seed}: {report.unexplained} cases differ")
    for kind, count in sorted(report.kinds.items(), key=lambda item: -item[1]):
        print(f"  {count:6d}  {kind}")
    seen = set()
    for difference in report.differences:
        if difference.kind in seen:
            continue
        seen.add(difference.kind)
        text = shrinking.shrink(folder, difference) if len(seen) <= shrink else f"  {difference.question}\n{difference.text}"
        print(f"\nseed {seed}, {difference.kind}\n{text}", flush=True)


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        prog="tests/conformance/differential", description=__doc__, epilog=EPILOGUE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=30.0, help="begin no round after this time (default: %(default)g)")
    parser.add_argument("--cases", type=int, help="so many at least, however long it takes")
    parser.add_argument("--rounds", type=int, help="so many, however long they take")
    parser.add_argument("--seed", type=int, help="of the first round; the next have the next")
    parser.add_argument("--shrink", type=int, default=3, help="kinds of difference to shrink in a round (default: %(default)d)")
    parser.add_argument("--keep-going", action="store_true", help="with the next round after one with differences")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="for each world (default: %(default)d)")
    return parser.parse_args(arguments)


def run(arguments=None):
    """What was found, as it was printed."""
    options = parse_arguments(arguments)
    seed = options.seed if options.seed is not None else time.time_ns() // 1_000_000 % 10**9
    print(f"first seed {seed}", flush=True)
    totals, begin, clean = Totals(), time.monotonic(), True

    def wanted():
        if options.rounds:
            return totals.rounds < options.rounds
        if options.cases:
            return totals.cases < options.cases
        # The last round is not to end much later than it should.
        spent = time.monotonic() - begin
        return totals.rounds == 0 or spent + spent / totals.rounds / 2 < options.seconds

    while wanted() and (clean or options.keep_going):
        clean = run_round(seed, options, totals) and clean
        seed += 1
        if totals.rounds % PROGRESS_ROUNDS == 0:
            print(f"{totals.cases} cases after {time.monotonic() - begin:.0f} s, next seed {seed}", flush=True)
    totals.print(time.monotonic() - begin)
    return totals


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.exit(1 if run().unexplained else 0)
