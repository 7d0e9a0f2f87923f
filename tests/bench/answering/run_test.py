"""tests/bench/run on a few zones and for moments: that it measures, counts right answers only, and writes what it says."""

import contextlib
import io
import json
import os
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

os.environ.setdefault("QUARTET_BENCH", str(Path("tests/bench").absolute()))

from bench.answering import measure, report, rows, run, servers  # noqa: E402 (the path must be set first)


class Run(unittest.TestCase):
    def bench(self, *arguments):
        """Exit code, and what was written to the folder."""
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            code = run.main([*arguments, "--small", "--rounds", "1", "--seconds", "0.4", "--warm", "0.1", "--out", folder])
            return code, {path.suffix: path.read_text(encoding="utf-8") for path in Path(folder).iterdir()}

    def test_every_row_of_every_installed_server(self):
        code, written = self.bench("--all")
        self.assertEqual(code, 0)
        table = json.loads(written[".json"])["rows"]
        self.assertEqual(list(table), [row.name for row in rows.ROWS])
        installed = [name for name in servers.DEFAULT if servers.ALL[name].find()]
        self.assertLessEqual({"echo", "knot", "nsd", "quartet"}, set(installed))
        for name, row in table.items():
            expected = [server for server in installed if server != "echo" or (row["unit"] == "µs" and name != "tcp")]
            self.assertEqual(list(row["medians"]), expected, name)
            for median in row["medians"].values():
                self.assertGreater(median.get("us", median.get("value")), 0, name)
        self.assertEqual(written[".md"].count("\n| "), 1 + len(rows.ROWS))
        texts = [element.text for element in ElementTree.fromstring(written[".svg"]).iter() if element.tag.endswith("text")]
        self.assertEqual(texts.count("quartet"), len(rows.ROWS))

    def test_chosen_rows_and_servers(self):
        code, written = self.bench("--rows", "tcp,flood", "--servers", "quartet-memory")
        self.assertEqual(code, 0)
        table = json.loads(written[".json"])["rows"]
        self.assertEqual(list(table), ["flood", "tcp"])
        for row in table.values():
            self.assertEqual(list(row["medians"]), ["quartet-memory"])
            self.assertEqual(row["rounds"]["quartet-memory"][0]["lost"], 0)

    def test_unknown_rows_are_named(self):
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
            self.bench("--rows", "udp-none")
        self.assertIn("udp-none", said.getvalue())


class Answers(unittest.TestCase):
    """What is no right answer is no result."""

    def check(self, row, rcodes, lost=0, server=servers.Knot):
        result = {"rcodes": rcodes, "lost": lost, "answers": sum(rcodes.values())}
        server_like = type("Like", (), {"has_zones": server.has_zones, "name": server.name})
        rows.check(server_like, rows.BY_NAME[row], result)

    def test_a_mix_has_a_twentieth_of_missing_names(self):
        self.check("udp-one", {"0": 95_000, "3": 5_000})
        self.check("udp-one", {"0": 100_000}, server=servers.Echo)
        for wrong in ({"0": 100_000}, {"5": 100_000}, {"0": 94_000, "3": 5_000, "2": 1_000}, {"3": 100_000}, {}):
            with self.assertRaises(measure.Wrong):
                self.check("udp-one", wrong)

    def test_a_flood_has_nothing_else(self):
        self.check("flood", {"3": 100_000})
        with self.assertRaises(measure.Wrong):
            self.check("flood", {"3": 90_000, "0": 10_000})

    def test_lost_ones_are_few(self):
        self.check("flood", {"3": 100_000}, lost=900)
        with self.assertRaises(measure.Wrong):
            self.check("flood", {"3": 100_000}, lost=2_000)


class Report(unittest.TestCase):
    def test_medians_and_ratios(self):
        row = rows.BY_NAME["udp-one"]
        found = [{"us": us, "user": us / 4, "qps": 1000} for us in (8, 2, 4)]
        table = {"quartet": report.medians(row, found), "echo": {"us": 2, "user": 0, "qps": 1}}
        self.assertEqual(table["quartet"], {"us": 4, "user": 1, "qps": 1000})
        self.assertEqual(report.ratio(row, table, "quartet", "echo"), 2)
        self.assertIsNone(report.ratio(row, table, "quartet", "knot"))
        text = report.markdown([(row, "t", table)], ["echo", "knot", "quartet"], True, "about")
        self.assertIn("| t: µs | 2.00 (0.00) | – | 4.00 (1.00) | 3.8 | 2.00 | – |", text)
        table["quartet-memory"] = table.pop("quartet")
        text = report.markdown([(row, "t", table)], ["echo", "quartet-memory"], False, "about")
        self.assertIn("| t: µs | 2.00 (0.00) | 4.00 (1.00) | – | 2.00 | – |", text)


if __name__ == "__main__":
    unittest.main()
