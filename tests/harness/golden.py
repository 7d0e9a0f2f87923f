"""Transcripts of `quartet`, compared with files that show what it is to print."""

import difflib
import os
from pathlib import Path

from harness.command_transcript import Normaliser, transcript, without_numbers

FORMATS = ("table", "wide", "json", "yaml")


class GoldenTranscript:
    """For a ClusterCase: `golden` is the folder of its files, and `names` stand for what differs from run to run.

    After a change that is meant: tests/cluster/golden/update, then look at the difference.
    """

    golden = None

    def setUp(self):
        super().setUp()
        self.normalise = Normaliser({str(self.folder): "/FOLDER", **self.names()})
        self.text = ""

    def names(self):
        return {self.cluster.controller_endpoint: "CONTROLLER"}

    def type(self, *arguments, numbers=True):
        """Runs a command, and takes down what was typed and what came."""
        result = self.cluster.run_quartet(*arguments)
        text = self.normalise(transcript(arguments, result))
        self.text += text if numbers else without_numbers(text)
        return result

    def type_in_all_formats(self, *arguments, numbers=True):
        for output in FORMATS:
            self.type("-o", output, *arguments, numbers=numbers or output in ("json", "yaml"))

    def compare(self, name):
        """All that was taken down, with the file of that name."""
        path = self.golden / f"{name}.txt"
        outputs = os.environ.get("TEST_UNDECLARED_OUTPUTS_DIR")
        if outputs:
            Path(outputs, path.name).write_text(self.text, encoding="utf-8")
        if os.environ.get("QUARTET_UPDATE_GOLDEN"):
            return
        wanted = path.read_text(encoding="utf-8") if path.exists() else ""
        difference = difflib.unified_diff(
            wanted.splitlines(keepends=True), self.text.splitlines(keepends=True), "wanted", "printed")
        told = "".join(difference)
        self.assertEqual(wanted, self.text, f"if this is meant, run tests/cluster/golden/update\n{told}")
