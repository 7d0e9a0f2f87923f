"""tests/soak: as long as one likes of what tests/run does for seconds: simulation, fuzzing, crashes."""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from runner import bazel

SIMULATION = "//tests/simulation:simulation_soak"
CRASHES = "//tests/cluster:crash_test"
# Of the time: simulation and fuzzing side by side; then clusters of real processes, crashed again and again.
SHARE_OF_CRASHES = 0.25
LEAST_FUZZ_SECONDS = 10


class Soak:
    """Runs one thing after another and keeps what failed, with how to see it again."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.failures = []
        self._simulation = None

    def fail(self, what, reproduce, log=""):
        print(f"FAILED: {what}\n{log}\n  again with: {reproduce}\n", flush=True)
        self.failures.append(f"{what}\n  again with: {reproduce}")

    # Simulation

    def start_simulation(self, seconds):
        if bazel.build([], [SIMULATION]) != 0:
            self.fail(f"{SIMULATION} does not build", f"bazel build {SIMULATION}")
            return
        program = bazel.output_files([], [SIMULATION])[0]
        print(f"-- simulation, {seconds:.0f} s", flush=True)
        log = open(self.folder / "simulation.log", "wb")
        self._simulation = subprocess.Popen([program, "--seconds", str(int(seconds))], stdout=log, stderr=log)

    def finish_simulation(self):
        if not self._simulation:
            return
        code = self._simulation.wait()
        text = (self.folder / "simulation.log").read_text(encoding="utf-8", errors="replace")
        if code != 0:
            # Its last lines name the seed and how to run it again.
            self.fail("simulation", f"bazel run {SIMULATION} -- --replay and the seed named above", tail(text))
        else:
            print(f"   simulation: {tail(text, 1).strip()}", flush=True)

    # Fuzzing

    def fuzz(self, seconds):
        labels = bazel.query('attr(tags, "\\bfuzz\\b", kind(cc_binary, //tests/fuzz/...))')
        if not labels:
            self.fail("no fuzzers found in //tests/fuzz", "bazel query //tests/fuzz/...")
            return
        deadline = time.monotonic() + seconds
        if bazel.build(["--config=fuzz"], labels) != 0:
            self.fail("fuzzers do not build", "bazel build --config=fuzz //tests/fuzz/...")
            return
        for left, (label, program) in zip(
            range(len(labels), 0, -1), zip(labels, bazel.output_files(["--config=fuzz"], labels))
        ):
            share = max(LEAST_FUZZ_SECONDS, (deadline - time.monotonic()) / left)
            self._fuzz_one(label, program, share)

    def _fuzz_one(self, label, program, seconds):
        name = label.rpartition(":")[2]
        found, crashes = self.folder / f"{name}.found", Path(".local/fuzz") / name
        found.mkdir()
        crashes.mkdir(parents=True, exist_ok=True)
        command = [
            program, f"-max_total_time={int(seconds)}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
            f"-artifact_prefix={crashes}/", str(found), *corpora(label),
        ]
        print(f"-- {label}, {seconds:.0f} s", flush=True)
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", check=False,
        )
        if result.returncode != 0:
            inputs = re.findall(r"Test unit written to (\S+)", result.stdout)
            self.fail(label, f"bazel run --config=fuzz {label} -- {' '.join(map(os.path.abspath, inputs))}", tail(result.stdout, 60))
        else:
            runs = re.search(r"stat::number_of_executed_units:\s*(\d+)", result.stdout)
            print(f"   {name}: {runs.group(1) if runs else '?'} inputs, no fault", flush=True)

    # Real processes

    def crash_loop(self, seconds):
        deadline, rounds = time.monotonic() + seconds, 0
        print(f"-- {CRASHES}, again and again for {seconds:.0f} s", flush=True)
        while rounds == 0 or time.monotonic() < deadline:
            outcome = bazel.test(["--cache_test_results=no"], [CRASHES])
            rounds += 1
            if outcome.exit_code != 0:
                self.fail(f"{CRASHES}, round {rounds}", f"bazel test --cache_test_results=no --runs_per_test=20 {CRASHES}")
                return
        print(f"   {rounds} rounds, nothing acknowledged was lost", flush=True)


def corpora(label):
    """The folders of inputs to start from: corpus/NAME beside the fuzzer."""
    package, _, name = label.removeprefix("//").partition(":")
    folders = [Path(package, "corpus", name), Path(package, "corpus", name.removesuffix("_fuzz"))]
    return [str(folder) for folder in folders if folder.is_dir()]


def tail(text, lines=40):
    return "\n".join("  | " + line for line in text.splitlines()[-lines:])


def main():
    parser = argparse.ArgumentParser(
        prog="tests/soak", description=__doc__,
        epilog="example: tests/soak --minutes 12. Inputs that crash a fuzzer are kept in .local/fuzz.",
    )
    parser.add_argument("--minutes", type=float, default=12, help="how long, builds not counted (default: %(default)g)")
    seconds = parser.parse_args().minutes * 60
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="quartet-soak-") as folder:
        soak = Soak(folder)
        long = seconds * (1 - SHARE_OF_CRASHES)
        soak.start_simulation(long)
        soak.fuzz(long)
        soak.finish_simulation()
        soak.crash_loop(seconds - long)
    for failure in soak.failures:
        print(f"failed: {failure}")
    print("soak: no fault found" if not soak.failures else f"soak: {len(soak.failures)} failed")
    sys.exit(1 if soak.failures else 0)


if __name__ == "__main__":
    main()
