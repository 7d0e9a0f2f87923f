"""Our engine, knotd, nsd and named with the same zones, and what differential_compare says of their answers."""

import collections
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from conformance import peers
from harness import addresses
from harness.processes import Process

PEERS = ("knotd", "nsd", "named")
OURS = "quartet"
OUR_ADDRESS = "127.78.0.4"
# Until all servers serve all zones, or won't.
PATIENCE_SECONDS = 20

_FOLDERS = {
    "differential_compare": "tests/differential",
    "differential_generate": "tests/differential",
    "quartet-nameserver": "nameserver",
}


def program(name):
    """One of our programs, as Bazel lays them out: below QUARTET_BIN, or in the runfiles of a test."""
    if "QUARTET_BIN" in os.environ:
        folder = Path(os.environ["QUARTET_BIN"])
    else:
        folder = Path(os.environ["TEST_SRCDIR"], os.environ.get("TEST_WORKSPACE", "quartet"))
    return folder / _FOLDERS[name] / name


@dataclass
class Difference:
    question: str
    kind: str
    # Everybody's answers.
    text: str


@dataclass
class Report:
    cases: int = 0
    zones: int = 0
    unexplained: int = 0
    rules: collections.Counter = field(default_factory=collections.Counter)
    # Cases by what they are about; one may be several.
    classes: collections.Counter = field(default_factory=collections.Counter)
    refused: collections.Counter = field(default_factory=collections.Counter)
    # Cases a peer had no answer to, by its name.
    silent: collections.Counter = field(default_factory=collections.Counter)
    # The first question a peer had no answer to, before it fell silent, by its name.
    hung: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    differences: list = field(default_factory=list)

    @staticmethod
    def parse(text):
        """What differential_compare prints: lines of figures, then a block for each difference."""
        report = Report()
        for line in text.splitlines():
            word, _, rest = line.partition(" ")
            if line.startswith(" ") and report.differences:
                report.differences[-1].text += line + "\n"
            elif word in ("rule", "refused", "silent"):
                name, count = rest.split()
                {"rule": report.rules, "refused": report.refused, "silent": report.silent}[word][name] = int(count)
            elif word == "class":
                count, _, name = rest.partition(" ")
                report.classes[name] = int(count)
            elif word == "hung":
                name, _, question = rest.partition(" ")
                report.hung[name] = question
            elif word == "kind":
                count, _, kind = rest.partition(" ")
                report.kinds[kind] = int(count)
            elif word == "difference":
                report.differences.append(Difference(rest, "", ""))
            elif word in ("cases", "zones", "unexplained"):
                setattr(report, word, int(rest))
        for difference in report.differences:
            difference.kind, _, difference.text = difference.text.partition("\n")
            difference.kind = difference.kind.strip()
        return report


class Ours:
    """Our engine with the zones of a folder; the like of a Peer."""

    def __init__(self, folder):
        self.name, self.address = OURS, OUR_ADDRESS
        self.port = addresses.free_port(self.address)
        argv = [program("quartet-nameserver"), "serve", "--zone-list", Path(folder, "zones.txt"), "--listen",
                addresses.join(self.address, self.port), "--workers", "1"]
        self._process = Process(OURS, argv, Path(folder, "quartet.log"))

    def start(self):
        self._process.start()
        return self

    def kill(self):
        self._process.kill()


class FourServers:
    """From `with` to its end. `folder` is as differential_generate made it; `ours`: another one for our engine."""

    def __init__(self, folder, ours=None):
        self._folder = folder
        lines = Path(folder, "zones.txt").read_text(encoding="utf-8").splitlines()
        zones = [tuple(line.split(" ", 1)) for line in lines]
        self._servers = [Ours(ours or folder)] + [peers.Peer(name, zones) for name in PEERS]

    def __enter__(self):
        for server in self._servers:
            server.start()
        return self

    def __exit__(self, *exception):
        for server in self._servers:
            server.kill()

    def compare(self, show_all=False):
        """Asks everybody the questions of the folder. `show_all`: the report has every difference, not some of each kind."""
        command = [program("differential_compare"), "--folder", self._folder, "--patience", str(PATIENCE_SECONDS)]
        if show_all:
            command.append("--all")
        for server in self._servers:
            command += ["--server", f"{server.name}={server.address}:{server.port}"]
        result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if result.returncode not in (0, 1):
            raise RuntimeError(f"differential_compare: exit code {result.returncode}: {result.stderr}")
        return Report.parse(result.stdout)
