"""quartet-nameserver serve --data: zones are imported once, whole or not at all, and again when their files change."""

import os
import select
import signal
import tempfile
import unittest
from pathlib import Path

from harness.standalone import Standalone

HEAD = "$TTL 300\n@ SOA ns1 hostmaster 7 7200 900 1209600 300\n@ NS ns1\n"
# Takes a second or so.
MANY = 20_000


class Data(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.data = self.folder / "data"
        self.file = self.folder / "zone"
        self.write("www A 192.0.2.1\n")

    def write(self, records):
        self.file.write_text(HEAD + records, encoding="utf-8")

    def serve(self, zones=3, more=()):
        names = {f"zone{i}.test": self.file for i in range(zones)}
        server = Standalone(names, self.folder, options=("--data", self.data, *more))
        Path(server.process.log).unlink(missing_ok=True)
        return server

    def again(self, server):
        """The same server started anew, on the list it had."""
        Path(server.process.log).unlink(missing_ok=True)
        return server

    def check(self, server, zones=3, last=1):
        for i in (0, zones // 2, zones - 1):
            for tcp in (False, True):
                answers = server.ask(f"www.zone{i}.test.", "A", tcp).answers
                self.assertEqual([record.data for record in answers], [bytes([192, 0, 2, last])])

    def imported(self, server):
        return "importing: " in server.process.log_text()

    def test_the_second_start_imports_nothing(self):
        with self.serve() as server:
            self.check(server)
            self.assertTrue(self.imported(server))
        with self.again(server):
            self.check(server)
            self.assertFalse(self.imported(server))

    def test_changed_files_are_imported_again(self):
        with self.serve() as server:
            self.check(server)
        self.write("www A 192.0.2.2\n")
        with self.again(server):
            self.check(server, last=2)
            self.assertIn(f"{self.file} has changed", server.process.log_text())
        with server.zone_list.open("a", encoding="utf-8") as zone_list:
            zone_list.write(f"zone3.test {self.file}\n")
        with self.again(server):
            self.check(server, zones=4, last=2)

    def test_a_faulty_change_is_not_served_and_costs_nothing(self):
        with self.serve() as server:
            self.check(server)
        before = self.file.read_text(encoding="utf-8")
        self.write("www A 192.0.2.256\n")
        self.again(server).process.start()
        self.assertEqual(server.process.wait_end(20), 1)
        self.assertIn("zone:4:7: ", server.process.log_text())
        self.file.write_text(before, encoding="utf-8")
        with self.again(server):
            self.check(server)

    def test_a_kill_in_the_middle_of_an_import(self):
        server = self.serve(MANY)
        self.begin_import(server)
        os.kill(server.pid, signal.SIGKILL)
        server.process.wait_end(20)
        self.assertEqual(sorted(path.name for path in self.data.iterdir()), ["lock", "zones.new"])
        with self.again(server):
            self.check(server, MANY)
            self.assertTrue(self.imported(server))
            self.assertFalse((self.data / "zones.new").exists())

    def test_a_kill_in_the_middle_of_a_later_import(self):
        server = self.serve(MANY)
        with server:
            self.check(server, MANY)
        self.write("www A 192.0.2.2\n")
        self.begin_import(self.again(server))
        os.kill(server.pid, signal.SIGKILL)
        server.process.wait_end(20)
        with self.again(server):
            self.check(server, MANY, last=2)

    def test_sigterm_in_the_middle_of_an_import(self):
        server = self.serve(MANY)
        self.begin_import(server)
        server.process.stop()
        self.assertEqual(server.process.wait_end(0), 0)
        self.assertFalse((self.data / "zones").exists())
        with self.again(server):
            self.check(server, MANY)

    def begin_import(self, server):
        """Starts it and returns once it says that it imports."""
        process = server.process.start()
        notifier = process.notification()
        while not notifier.status.startswith("importing"):
            self.assertTrue(select.select([notifier], [], [], 20)[0], "it says nothing")
            self.assertFalse(process.is_ready())

    def test_a_damaged_database_is_made_anew(self):
        with self.serve() as server:
            self.check(server)
        (self.data / "zones" / "CURRENT").write_text("nonsense\n", encoding="utf-8")
        with self.again(server):
            self.check(server)
            self.assertTrue(self.imported(server))

    def test_all_zones_answer_within_a_small_budget(self):
        # Pages of all of them would take 2 MB.
        with self.serve(2000, more=("--memory-budget", "1MB")) as server:
            for i in [*range(2000), *range(1999, -1, -1)]:
                answers = server.ask(f"www.zone{i}.test.", "A").answers
                self.assertEqual([record.data for record in answers], [bytes([192, 0, 2, 1])], i)

    def test_a_budget_needs_a_database(self):
        server = Standalone({"a.test": self.file}, self.folder, options=("--memory-budget", "1MB"))
        server.process.start()
        self.assertEqual(server.process.wait_end(20), 2)

    def test_a_directory_is_of_one_process(self):
        with self.serve() as server:
            second = Standalone({"zone9.test": self.file}, self.folder, hosts=["127.78.0.11"],
                                options=("--data", self.data))
            second.process.log = self.folder / "second.log"
            second.process.start()
            self.assertEqual(second.process.wait_end(20), 1)
            self.assertIn("used by another process", second.process.log_text())
            self.check(server)


if __name__ == "__main__":
    unittest.main()
