"""What `quartet` prints, compared with golden/*.txt: tables, wide tables, JSON, YAML, faults, help.

After a change that is meant: tests/cluster/golden/update, then look at the difference.
"""

import os
import re
import subprocess
import unittest
from pathlib import Path

from harness.cluster_case import ClusterCase
from harness.golden import GoldenTranscript

ZONE = "$TTL 300\n@ TXT \"v=spf1 -all\"\nwww A 192.0.2.1\nwww A 192.0.2.2\n*.dev CNAME www\nmail 3600 A 192.0.2.3\n@ MX 10 mail\n"


class CliGolden(GoldenTranscript, ClusterCase):
    golden = Path(__file__).resolve().parent / "golden"
    per_region = 1

    def setUp(self):
        super().setUp()
        os.environ["XDG_CONFIG_HOME"] = str(self.folder / "config")

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def test_zones(self):
        path = self.write("shop.zone", ZONE)
        self.type("-o", "table", "zone", "create", "shop.test", "--file", path, "--comment", "the shop", "--wait")
        self.type("-o", "json", "zone", "create", "empty.test", "--wait")
        self.type_in_all_formats("zone", "list")
        self.type_in_all_formats("zone", "show", "shop.test")
        self.type("-o", "table", "zone", "delete", "shop.test")
        self.type("-o", "table", "zone", "delete", "empty.test", "--wait")
        self.type("-o", "table", "zone", "delete", "shop.test", "--force", "--wait")
        self.type("-o", "table", "zone", "list")
        self.compare("zones")

    def test_records_and_changes(self):
        self.create_zone("records.test", ZONE)
        self.type_in_all_formats("record", "list", "records.test")
        self.type("-o", "table", "record", "list", "records.test", "--owner", "www", "--type", "A")
        made = self.type("-o", "table", "record", "set", "records.test", "api", "A", "60", "192.0.2.9", "--writer", "me", "--wait")
        change = re.search(r"C[0-9A-Z]{13}", made.stdout).group(0)
        self.type_in_all_formats("change", "show", change)
        self.type("-o", "table", "record", "set", "records.test", "@", "MX", "60", "10 mail", "--dry-run")
        batch = self.write("batch.txt", "upsert www 60 A 192.0.2.4\ndelete mail A\ncreate api 60 A 192.0.2.5\n")
        self.type("-o", "table", "record", "batch", "records.test", batch)
        self.type("-o", "yaml", "record", "delete", "records.test", "api", "A", "--dry-run")
        self.compare("records")

    def test_roster(self):
        self.type_in_all_formats("stripe", "list")
        self.type_in_all_formats("nameserver", "list")
        self.type_in_all_formats("node", "list", numbers=False)
        self.type("-o", "table", "status", numbers=False)
        self.compare("roster")

    def test_contexts(self):
        self.type("-o", "table", "context", "list")
        self.type("context", "set", "local", "--controller", self.cluster.controller_endpoint, "--ca", self.cluster.admin.ca,
                  "--certificate", self.cluster.admin.certificate, "--key", self.cluster.admin.key)
        self.type("context", "set", "other", "--controller", "c.example.net:4700")
        self.type_in_all_formats("context", "list")
        self.type("-o", "table", "context", "show", "other")
        self.type("context", "use", "none")
        self.type("context", "delete", "other")
        self.compare("contexts")

    def test_faults(self):
        self.create_zone("faults.test", ZONE)
        self.type("zone", "show", "none.test")
        self.type("zone", "show")
        self.type("zone", "create", "-o", "xml", "a.test")
        self.type("record", "set", "faults.test", "www", "CNAME", "60", "mail")
        broken = self.write("broken.zone", "www A 192.0.2.1\nwww CNAME mail\nmail A 192.0.2.999\n(\n")
        self.type("zone", "create", "broken.test", "--file", broken)
        self.type("zone", "import", "faults.test", broken, "--replace")
        self.type("change", "show", "C0000000000000")
        self.compare("faults")

    def test_help(self):
        self.type("--help")
        for path in self.commands():
            self.type(*path, "--help")
        self.compare("help")

    def test_completion_in_bash(self):
        self.create_zone("completed.test")
        script = (
            'source <("$0" completion bash); COMP_WORDS=("$0" "$@"); COMP_CWORD=$#; _quartet; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        self.assertIn("import", self.bash(script, "zone", ""))
        self.assertEqual(self.bash(script, "-o", "y"), ["yaml"])
        self.assertEqual(self.bash(script, "record", "list", "comp"), ["completed.test"])

    # Helpers

    def bash(self, script, *words):
        argv = ["bash", "-c", script, str(self.cluster.binaries.path("quartet")), *words]
        environment = dict(os.environ, **self.cluster.environment())
        return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, check=True).stdout.split()

    def commands(self):
        """All commands, in the order of the tree."""
        found, todo = [], [()]
        while todo:
            path = todo.pop(0)
            _, _, below = self.cluster.quartet(*path, "--help").partition("Subcommands:\n")
            for line in below.splitlines():
                if not line.startswith("  "):
                    break
                if line[2] != " ":
                    found.append((*path, line.split()[0]))
                    todo.append(found[-1])
        return found


if __name__ == "__main__":
    unittest.main()
