"""README's commands, run as a newcomer would. What they would install and build is there already (QUARTET_BIN)."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from harness.binaries import Binaries

TREE = Path.cwd()
QUICKSTART_SECONDS = 40


def code_blocks(text):
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


class Checkout(unittest.TestCase):
    """A checkout to write in: a test's own files are links to read-only ones."""

    @classmethod
    def setUpClass(cls):
        cls.checkout = Path(tempfile.mkdtemp(prefix="checkout-", dir=os.environ.get("TEST_TMPDIR")))
        cls.addClassCleanup(shutil.rmtree, cls.checkout, ignore_errors=True)
        for part in ("deploy/local", "tests/harness", "tests/runner"):
            shutil.copytree(TREE / part, cls.checkout / part)
        for part in ("README.md", "tests/run"):
            shutil.copy(TREE / part, cls.checkout / part)
        cls.blocks = code_blocks((cls.checkout / "README.md").read_text(encoding="utf-8"))
        cls.environment = dict(os.environ, QUARTET_BIN=str(Binaries.find().folder))

    def run_script(self, script, expect=0):
        result = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=self.checkout, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240, check=False,
        )
        print(result.stdout)
        self.assertEqual(result.returncode, expect, result.stdout[-3000:])
        return result.stdout

    def processes(self):
        """Command lines of Quartet's servers on this machine."""
        lines = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                lines.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        return [line for line in lines if re.search(r"quartet-(controller|nameserver) run|sandbox-registry|unbound -d|knotd -c", line)]


class Readme(Checkout):
    def test_the_first_screen_has_the_two_commands(self):
        self.assertEqual([block.split()[0] for block in self.blocks[:2]], ["deploy/local/quickstart", "tests/run"])
        self.assertTrue(os.access(self.checkout / "tests/run", os.X_OK))

    def test_the_quickstart_shows_everything_within_its_time_and_cleans_up(self):
        started = time.monotonic()
        output = self.run_script(self.blocks[0])
        self.assertLess(time.monotonic() - started, QUICKSTART_SECONDS)
        for text in ("eu-west", "us-east", "ap-south", "sa-east", "INSYNC", "ANSWERS AFTER", "SIGKILL", "silent"):
            self.assertIn(text, output)
        self.assertEqual(self.processes(), [])
        self.check_walk(output)

    def check_walk(self, output):
        """The domain is registered, and found from the root by who knows nothing else."""
        for text in ("Register example.test", "with authority (AA)", "no AA", "from its cache", "Unbound has it"):
            self.assertIn(text, output)
        asked = [line.split("   ")[-1].split() for line in output.splitlines() if "no AA" in line]
        self.assertEqual(asked[0], [".", "test.", "example.test."])
        self.assertEqual(asked[2], ["example.test."], "once its TTL is over it asks whom it knows by now")
        self.assertEqual(asked[3], [".", "test.", "example.test."])

    def test_the_quickstart_takes_a_zone_file_of_ones_own(self):
        zone = self.checkout / "own.example.zone"
        zone.write_text("www 300 IN A 192.0.2.1\n@ 300 IN MX 10 mail\nmail 300 IN A 192.0.2.2\n", encoding="utf-8")
        output = self.run_script("deploy/local/quickstart own.example.zone")
        self.assertIn("own.example", output)

    def test_the_quickstart_tells_all_faults_of_a_zone_file_and_cleans_up(self):
        zone = self.checkout / "bad.example.zone"
        zone.write_text("www 300 IN A 192.0.2.1000\n@ 300 IN MX mail\n", encoding="utf-8")
        output = self.run_script("deploy/local/quickstart bad.example.zone", expect=1)
        self.assertRegex(output, r"bad\.example\.zone:1:\d+")
        self.assertRegex(output, r"bad\.example\.zone:2:\d+")
        self.assertEqual(self.processes(), [])

    def test_the_quickstart_goes_on_with_a_resolver_to_be_asked(self):
        """Somebody has port 53: all of it runs in a network of its own, and is asked there."""
        output = self.run_script(
            """
            python3 -c '
            import socket, time
            taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            taken.bind(("0.0.0.0", 53))
            open("taken", "w").close()
            time.sleep(300)' & holder=$!
            trap 'kill $holder' EXIT
            until test -e taken; do sleep 0.05; done
            deploy/local/quickstart --resolver
            deploy/local/cluster run python3 - <<'PYTHON'
            import sys
            sys.path.insert(0, "tests")
            from harness import dns_query
            query = dns_query.build_query("www.example.test", "A", recursion_desired=True)
            print("the resolver says", dns_query.parse(dns_query.exchange("127.53.2.1", 53, query, timeout=20)).rcode)
            PYTHON
            deploy/local/cluster run quartet domain show example.test
            if deploy/local/cluster env; then exit 1; fi
            deploy/local/cluster status
            deploy/local/cluster down
            test ! -e .local/cluster
            """.replace("\n            ", "\n")
        )
        self.assertIn("the resolver says NOERROR", output)
        self.assertRegex(output, r"resolver .*127\.53\.2\.1:53 .*running")
        self.assertIn("deploy/local/cluster run dig @127.53.2.1", output)
        self.assertIn("network of its own", output)
        self.assertEqual(self.processes(), [])

    def test_the_other_commands_work_as_written(self):
        for block in self.blocks[2:]:
            with self.subTest(block):
                self.run_script(block)
        self.assertEqual(self.processes(), [])


class LocalCluster(Checkout):
    """deploy/local/cluster beyond what README shows."""

    def test_nodes_are_stopped_killed_paused_and_started(self):
        output = self.run_script(
            """
            cluster=deploy/local/cluster
            $cluster up --regions 2 --per-region 2 --port 5310 --dir small
            eval "$($cluster env --dir small)"
            quartet zone create commands.test --wait
            $cluster stop ns-1 --dir small
            $cluster start ns-1-a --dir small
            $cluster pause ns-2 --dir small
            $cluster status --dir small | grep -E '^ns-2-a .*paused'
            $cluster start ns-2 --dir small
            $cluster kill controller --dir small
            $cluster status --dir small | grep 'controller is away'
            $cluster start controller --dir small
            $cluster kill-region us-east --dir small
            $cluster status --dir small
            $cluster down --dir small
            test ! -e small
            """
        )
        self.assertEqual(len(re.findall(r"^ns-[34]-a .*not running", output, re.MULTILINE)), 2)
        self.assertEqual(self.processes(), [])

    def test_mistakes_say_what_to_do(self):
        for command, text in (
            ("deploy/local/cluster status", "deploy/local/cluster up"),
            ("deploy/local/cluster up --regions 1 --per-region 2", "--per-region"),
        ):
            with self.subTest(command):
                self.assertIn(text, self.run_script(command, expect=1))


if __name__ == "__main__":
    unittest.main()
