"""A client that nobody here wrote, Debian's Net::EPP::Simple, does what clients do at the sandbox registry."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from harness.binaries import Binaries
from harness.certificates import Authority
from harness.registry import ROOT, Registry

SCRIPT = Path(__file__).with_name("net_epp.pl")


class NetEppTest(unittest.TestCase):
    def test_net_epp_simple_does_what_clients_do(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with Registry(Binaries.find(), folder, Authority(folder / "ca"), ["test:thick"]) as registry:
                client = registry.client
                run = subprocess.run(
                    ["perl", SCRIPT, ROOT, str(registry.epp_port), client.ca, client.certificate, client.key],
                    capture_output=True, text=True, timeout=120, check=False,
                )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("\n1..", run.stdout, "the script did not come to its end")


if __name__ == "__main__":
    unittest.main()
