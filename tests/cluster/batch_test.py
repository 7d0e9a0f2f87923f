"""`quartet record batch` as its users see it: one file, all or nothing, faults at their lines."""

import unittest
from pathlib import Path

from harness.cluster_case import ClusterCase

RECORDS = "www 60 IN A 192.0.2.1\nmail 60 IN A 192.0.2.2\n"


class Batch(ClusterCase):
    per_region = 1

    def setUp(self):
        self.zone = f"{self._testMethodName.replace('_', '-')}.test"
        self.zone_json = self.create_zone(self.zone, RECORDS)

    def batch(self, text, *options):
        path = Path(self.cluster.folder, "changes.txt")
        path.write_text(text, encoding="utf-8")
        return self.cluster.run_quartet("-o", "table", "record", "batch", self.zone, str(path), *options)

    def revision(self):
        return self.cluster.quartet_json("zone", "show", self.zone)["revision"]

    def test_all_or_nothing(self):
        before = self.revision()
        refused = self.batch("create new 300 A 192.0.2.9\n# a comment\ncreate www 300 A 192.0.2.9\ndelete none A\ndelete @ NS\n")
        self.assertEqual(refused.returncode, 1)
        for line, rule in ((3, "exists"), (4, "not-found"), (5, "apex-ns")):
            self.assertRegex(refused.stderr, rf"changes.txt:{line}:1: .*\[{rule}\]")
        self.assertEqual(self.revision(), before)
        made = self.batch("create new 300 A 192.0.2.9\nupsert www 60 A 192.0.2.8\ndelete mail A\n", "--wait")
        self.assertEqual(made.returncode, 0, made.stderr)
        for node in self.cluster.nodes_of_zone(self.zone_json):
            self.assertEqual(self.values(node, f"new.{self.zone}.", "A"), ["192.0.2.9"])
            self.assertEqual(self.values(node, f"www.{self.zone}.", "A"), ["192.0.2.8"])
            self.assertEqual(self.ask(node, f"mail.{self.zone}.", "A").rcode, "NXDOMAIN")

    def test_a_dry_run_changes_nothing(self):
        before = self.revision()
        shown = self.batch("upsert www 60 A 192.0.2.8\n", "--dry-run")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn(f"- www.{self.zone}. 60 A 192.0.2.1\n+ www.{self.zone}. 60 A 192.0.2.8\n", shown.stdout)
        self.assertEqual(self.revision(), before)

    def test_conditions(self):
        stale = self.batch("upsert www 60 A 192.0.2.8\n", "--if-revision", "999")
        self.assertEqual(stale.returncode, 1)
        self.assertIn("not at 999", stale.stderr)
        others = self.batch("upsert www 60 A 192.0.2.8\n", "--only-writer", "me")
        self.assertRegex(others.stderr, r"changes.txt:1:1: .*\[other-writer\]")
        good = self.batch("upsert www 60 A 192.0.2.8\n", "--if-revision", str(self.revision()))
        self.assertEqual(good.returncode, 0, good.stderr)

    def test_lines_that_cannot_be_read(self):
        unread = self.batch("make www A\nupsert www A 192.0.2.1\n")
        self.assertEqual(unread.returncode, 1)
        self.assertRegex(unread.stderr, r"changes.txt:1:1: .*create, upsert or delete")
        self.assertRegex(unread.stderr, r"changes.txt:2:1: .*TTL is missing")

    def test_a_warning_is_told_with_its_line(self):
        made = self.batch(f"create a 60 A 192.0.2.1\ncreate alias 60 CNAME www.{self.zone}\n")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertRegex(made.stderr, r"warning: .*changes.txt:2:1: .*no final dot")


if __name__ == "__main__":
    unittest.main()
