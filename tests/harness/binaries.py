"""Where the programs are: a folder named by QUARTET_BIN, or the runfiles of a Bazel test."""

import os
from pathlib import Path

_FOLDERS = {
    "quartet-controller": "controller",
    "quartet-nameserver": "nameserver",
    "quartet": "admin",
    "register_client": "tests/bench",
    "change_load": "tests/cluster",
    "crash_load": "tests/faults",
    "damage_zone": "tests/cluster",
    "replica_digests": "tests/cluster",
    "sandbox-registry": "tests/sandbox_registry",
}


class BinaryMissing(Exception):
    """A program was not built, or is not where it should be."""


class Binaries:
    """The programs below a folder, flat or laid out as Bazel's bin folder."""

    def __init__(self, folder):
        self.folder = Path(folder).absolute()

    @staticmethod
    def find():
        if "QUARTET_BIN" in os.environ:
            return Binaries(os.environ["QUARTET_BIN"])
        if "TEST_SRCDIR" in os.environ:
            return Binaries(Path(os.environ["TEST_SRCDIR"], os.environ.get("TEST_WORKSPACE", "quartet")))
        raise BinaryMissing("where are the programs? Set QUARTET_BIN to the folder deploy/local/build prints")

    def path(self, program):
        for candidate in (self.folder / program, self.folder / _FOLDERS[program] / program):
            if candidate.is_file():
                return candidate
        raise BinaryMissing(f"{program} is not in {self.folder}: run deploy/local/build")
