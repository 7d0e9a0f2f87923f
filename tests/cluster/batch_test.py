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

    def test_faults_of_all_kinds_are_told_at_once(self):
        refused = self.batch(
            "create bad 60 A nowhere\ncreate www 60 A 192.0.2.9\ncreate sub 60 DS 1 13 2 " + 64 * "a" + "\n"
            "create t 60 TXT v=spf1 -all\n"
        )
        self.assertEqual(refused.returncode, 1)
        self.assertIn("4 faults", refused.stderr)
        for line, rule in ((1, "bad-value"), (2, "exists"), (3, "ds-without-ns"), (4, "text-unquoted")):
            self.assertRegex(refused.stderr, rf"changes.txt:{line}:1: .*\[{rule}\]")

    def test_values_are_shown_in_their_normalised_form(self):
        text = 300 * "x"
        changes = f'create v6 60 AAAA 2001:DB8:0::1\ncreate u 60 TYPE1 \\# 4 c0000203\ncreate t 60 TXT "{text}"\ncreate m 60 MX 010 Mail\n'
        preview = self.batch(changes, "--dry-run")
        self.assertIn(f"+ u.{self.zone}. 60 A 192.0.2.3\n", preview.stdout, preview.stderr)
        self.assertIn(f'+ t.{self.zone}. 60 TXT "{text}"\n', preview.stdout)
        self.assertEqual(self.batch(changes, "--wait").returncode, 0)
        listed = self.cluster.quartet_json("record", "list", self.zone)["record_sets"]
        values = {one["owner"].split(".")[0]: one["values"] for one in listed}
        self.assertEqual(values["v6"], ["2001:db8::1"])
        self.assertEqual(values["t"], [f'"{text}"'])
        self.assertEqual(values["m"], [f"10 Mail.{self.zone}."])
        # What is served is in strings of 255 octets.
        node = self.cluster.nodes_of_zone(self.zone_json)[0]
        self.assertEqual(self.values(node, f"t.{self.zone}.", "TXT"), [f'"{text[:255]}" "{text[255:]}"'])

    def test_warnings_are_in_the_api_too(self):
        change = self.cluster.quartet_json("record", "set", self.zone, "@", "MX", 60, f"10 mail.{self.zone}")
        self.assertEqual([warning["rule"] for warning in change["warnings"]], ["final-dot-missing"])
        self.cluster.quartet_json("record", "set", self.zone, "alias", "CNAME", 60, "www")
        change = self.cluster.quartet_json("record", "set", self.zone, "@", "MX", 60, "10 alias")
        self.assertEqual([warning["rule"] for warning in change["warnings"]], ["target-is-alias"])

    def test_a_warning_is_told_with_its_line(self):
        made = self.batch(f"create a 60 A 192.0.2.1\ncreate alias 60 CNAME www.{self.zone}\n")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertRegex(made.stderr, r"warning: .*changes.txt:2:1: .*no final dot")


if __name__ == "__main__":
    unittest.main()
