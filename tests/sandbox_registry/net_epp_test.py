"""A client that nobody here wrote, Debian's Net::EPP::Simple, does what clients do at the sandbox registry."""

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import addresses
from harness.binaries import Binaries
from harness.certificates import Authority
from harness.processes import Process

SCRIPT = Path(__file__).with_name("net_epp.pl")
ADDRESS = "127.0.0.1"


class NetEppTest(unittest.TestCase):
    def setUp(self):
        self.assertIsNotNone(shutil.which("perl"), "perl is missing: run deploy/local/install test")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        authority = Authority(self.folder / "ca")
        self.client = authority.issue("client", "quartet://admin/registrar")
        server = authority.issue("registry", "quartet://controller/registry", [ADDRESS])
        self.port = addresses.common_free_port([ADDRESS])
        self.registry = Process(
            "sandbox-registry",
            [
                Binaries.find().path("sandbox-registry"), "--tld", "test:thick", "--client", "ours:secret-1", "--client",
                "theirs:secret-2", "--listen", f"{ADDRESS}:{self.port}", "--data", self.folder / "data",
                *server.arguments(),
            ],
            self.folder / "registry.log",
        )
        self.registry.start().wait_ready()
        self.addCleanup(self.registry.kill)

    def test_net_epp_simple_does_what_clients_do(self):
        run = subprocess.run(
            ["perl", SCRIPT, str(self.port), self.client.ca, self.client.certificate, self.client.key],
            capture_output=True, text=True, timeout=120, check=False,
        )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("\n1..", run.stdout, "the script did not come to its end")


if __name__ == "__main__":
    unittest.main()
