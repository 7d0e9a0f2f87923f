"""tests/soak: as long as one likes of what tests/run does for seconds: simulation, fuzzing, other name servers, crashes."""

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
CRASHES = "//tests/faults:crash_loop_files"
DIFFERENTIAL = "//tests/differential:programs"
# Of the time: simulation and fuzzing side by side; then our answers beside those of other servers; then a cluster of real
# processes, crashed all the time.
SHARE_OF_DIFFERENTIAL = 1 / 4
SHARE_OF_CRASHES = 1 / 6
LEAST_FUZZ_SECONDS = 10
# Seeds that the simulation has to hold under, where it has four minutes or more.
LEAST_SEEDS = 2000
LEAST_SEEDS_SECONDS = 240
# Cases that are to be compared, where there are three minutes for them.
LEAST_CASES = 30_000
LEAST_CASES_SECONDS = 170


class Soak:
    """Runs one thing after another and keeps what failed, with how to see it again."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.failures = []
        self._simulation = None
        self._simulation_seconds = 0
        self._fuzzers = []

    def fail(self, what, reproduce, log=""):
        print(f"FAILED: {what}\n{log}\n  again with: {reproduce}\n", flush=True)
        self.failures.append(f"{what}\n  again with: {reproduce}")

    # Building

    def build(self):
        """Builds all before the time is counted; what does not build fails, and is left out."""
        self._fuzzers = bazel.query('attr(tags, "\\bfuzz\\b", kind(cc_binary, //tests/fuzz/...))')
        if not self._fuzzers:
            self.fail("no fuzzers found in //tests/fuzz", "bazel query //tests/fuzz/...")
        wanted = [SIMULATION, CRASHES, DIFFERENTIAL]
        if bazel.build([], wanted) != 0:
            self.fail("simulation, cluster tests or differential test do not build", f"bazel build {' '.join(wanted)}")
        if self._fuzzers and bazel.build(["--config=fuzz"], self._fuzzers) != 0:
            self.fail("fuzzers do not build", f"bazel build --config=fuzz {' '.join(self._fuzzers)}")
        return not self.failures

    # Simulation

    def start_simulation(self, seconds):
        program = bazel.output_files([], [SIMULATION])[0]
        print(f"-- simulation, {seconds:.0f} s", flush=True)
        self._simulation_seconds = seconds
        kept = Path(".local/simulation")
        kept.mkdir(parents=True, exist_ok=True)
        (kept / "failure.txt").unlink(missing_ok=True)
        command = [program, "--seconds", str(int(seconds)), "--out", str(kept / "failure.txt")]
        with open(self.folder / "simulation.log", "wb") as log:
            self._simulation = subprocess.Popen(command, stdout=log, stderr=log)

    def finish_simulation(self):
        code = self._simulation.wait()
        text = (self.folder / "simulation.log").read_text(encoding="utf-8", errors="replace")
        seeds = re.search(r"^(\d+) seeds from", text, re.MULTILINE)
        if code != 0:
            # Its last lines are the run that failed, shrunk.
            played = Path(".local/simulation/failure.txt").absolute()
            self.fail("simulation", f"bazel run {SIMULATION} -- --play {played}", tail(text, 80))
        elif self._simulation_seconds >= LEAST_SEEDS_SECONDS and (not seeds or int(seeds.group(1)) < LEAST_SEEDS):
            self.fail("simulation: too slow, under fewer seeds than it should hold", f"bazel run {SIMULATION}", tail(text))
        else:
            print(f"   simulation: {tail(text, 1).removeprefix('  | ')}", flush=True)

    def stop_simulation(self):
        if self._simulation:
            self._simulation.kill()
            self._simulation.wait()

    # Fuzzing

    def fuzz(self, seconds):
        deadline = time.monotonic() + seconds
        programs = bazel.output_files(["--config=fuzz"], self._fuzzers)
        for number, (label, program) in enumerate(zip(self._fuzzers, programs)):
            share = (deadline - time.monotonic()) / (len(programs) - number)
            self._fuzz_one(label, program, max(LEAST_FUZZ_SECONDS, share))

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

    def differential(self, seconds):
        print(f"-- differential test, {seconds:.0f} s", flush=True)
        code, text = run_python("tests/conformance/differential.py", "--seconds", f"{seconds:.0f}")
        cases = re.search(r"^(\d+) cases in", text, re.MULTILINE)
        if code != 0:
            seeds = re.findall(r"^seed (\d+)", text, re.MULTILINE)
            again = f"tests/conformance/differential --rounds 1 --seed {seeds[-1] if seeds else '?'}"
            self.fail("differential test", again, tail(text, 200))
        elif seconds >= LEAST_CASES_SECONDS and (not cases or int(cases.group(1)) < LEAST_CASES):
            self.fail("differential test: too slow, fewer cases than it should compare", "tests/conformance/differential", tail(text))
        else:
            print(text, flush=True)

    def crash_loop(self, seconds):
        print(f"-- crash loop, {seconds:.0f} s", flush=True)
        minutes = f"{seconds / 60:.3g}"
        code, text = run_python("tests/faults/crash_loop.py", "--minutes", minutes)
        if code != 0:
            seed = re.search(r"seed (\d+)", text)
            again = f"tests/faults/crash_loop --minutes {minutes} --seed {seed.group(1) if seed else '?'}"
            self.fail("crash loop", again, tail(text, 200))
        else:
            print(re.sub(r"(?m)^ +[\d.]+ s left\n", "", text), flush=True)


def run_python(script, *arguments):
    """Exit code and output of a script that starts our programs."""
    controller = bazel.output_files([], ["//controller:quartet-controller"])[0]
    environment = dict(os.environ, QUARTET_BIN=str(Path(controller).absolute().parent.parent))
    result = subprocess.run(
        [sys.executable, script, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
    )
    return result.returncode, result.stdout


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
        epilog="example: tests/soak --minutes 12. Inputs that crash a fuzzer are kept in .local/fuzz, a simulation that fails in "
        ".local/simulation.",
    )
    parser.add_argument("--minutes", type=float, default=12, help="how long, builds not counted (default: %(default)g)")
    seconds = parser.parse_args().minutes * 60
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="quartet-soak-") as folder:
        soak = Soak(folder)
        if soak.build():
            long = seconds * (1 - SHARE_OF_DIFFERENTIAL - SHARE_OF_CRASHES)
            try:
                soak.start_simulation(long)
                soak.fuzz(long)
                soak.finish_simulation()
            finally:
                soak.stop_simulation()
            soak.differential(seconds * SHARE_OF_DIFFERENTIAL)
            soak.crash_loop(seconds * SHARE_OF_CRASHES)
    for failure in soak.failures:
        print(f"failed: {failure}")
    print("soak: no fault found" if not soak.failures else f"soak: {len(soak.failures)} failed")
    sys.exit(1 if soak.failures else 0)


if __name__ == "__main__":
    main()
