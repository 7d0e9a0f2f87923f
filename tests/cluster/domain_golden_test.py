"""What `quartet domain` and `quartet registry` print, compared with golden/domains*.txt.

After a change that is meant: tests/cluster/golden/update, then look at the difference.
"""

import subprocess
import unittest
from pathlib import Path

from harness.epp import EppClient
from harness.golden import GoldenTranscript
from harness.registration_case import RegistrationCase
from harness.registry import ROOT, wait_until

DS = "60485 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A"


class DomainGolden(GoldenTranscript, RegistrationCase):
    golden = Path(__file__).resolve().parent / "golden"
    per_region = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The stripes' domains are told of as they are once nothing is done to them any more.
        wait_until(
            lambda: not cls.cluster.quartet_json("domain", "operations", "--open")["operations"],
            "the stripes' domains are not done with")

    def names(self):
        return {**super().names(), f"{ROOT}:{self.registry.epp_port}": "REGISTRY"}

    def test_a_domain_from_check_to_deletion(self):
        self.type_in_all_formats("domain", "check", "shop.test", "Other.Test.")
        self.type("-o", "table", "domain", "register", "shop.test", "--years", 2, "--auto-renew")
        self.type_in_all_formats("domain", "show", "shop.test.")
        self.type_in_all_formats("domain", "list")
        self.type_in_all_formats("domain", "operations", "shop.test")
        self.type("__complete", "domain", "show", "sh")
        self.type("-o", "table", "domain", "check", "shop.test")
        self.type("-o", "table", "domain", "renew", "shop.test", "--years", 3)
        self.type("-o", "table", "domain", "auto-renew", "shop.test", "off")
        self.type("-o", "table", "domain", "lock", "shop.test")
        self.type("-o", "table", "domain", "show", "shop.test", "--refresh")
        self.type("-o", "table", "domain", "unlock", "shop.test")
        self.type("-o", "table", "domain", "set-nameservers", "shop.test", "--nameserver", "ns1.elsewhere.example",
                  "--nameserver", "ns2.elsewhere.example")
        self.type("-o", "table", "domain", "set-nameservers", "shop.test")
        self.type("-o", "table", "domain", "set-nameservers", "shop.test", "--zone", "shop.test")
        self.type("-o", "table", "domain", "add-ds", "shop.test", DS)
        self.type("-o", "table", "domain", "remove-ds", "shop.test", DS)
        self.type("-o", "table", "domain", "operations", "shop.test")
        self.type("-o", "table", "domain", "delete", "shop.test")
        self.type("-o", "table", "domain", "delete", "shop.test", "--with-zone", "--yes")
        self.type("-o", "table", "domain", "show", "shop.test")
        self.compare("domains")

    def test_registries(self):
        self.type_in_all_formats("registry", "list", numbers=False)
        self.type("-o", "table", "registry", "messages")
        self.compare("registries")

    def test_what_is_refused(self):
        with EppClient(self.registry, "theirs") as theirs:
            theirs.create("taken.test")
        self.type("domain", "check", "bücher.test")
        self.type("domain", "check", "shop")
        self.type("domain", "check", "shop.nowhere")
        self.type("domain", "register", "two words.test")
        self.type("-o", "table", "domain", "register", "taken.test")
        self.type("domain", "register", "years.test", "--years", 11)
        self.type("domain", "register", "contact.test", "--contact", "registrant")
        self.type("domain", "register", "contact.test", "--contact", "registrant=nobody")
        self.type("domain", "transfer", "taken.test")
        self.type("domain", "renew", "taken.test")
        self.type("domain", "add-ds", "taken.test", "60485 13 2 00")
        self.type("domain", "operation", "O0000000000000")
        self.compare("domain_faults")

    def test_auth_codes_are_read_from_files_and_standard_input(self):
        self.cluster.quartet_json("domain", "register", "code.test")
        code = self.cluster.quartet_json("domain", "auth-code", "code.test")["auth_code"]
        self.assertTrue(code)
        new = self.cluster.quartet_json("domain", "auth-code", "code.test", "--renew")["auth_code"]
        self.assertNotIn(new, ("", code))
        # The registrar who has it is us: that is what is refused, whichever way the code came.
        path = self.folder / "code"
        path.write_text(new + "\n", encoding="ascii")
        quartet = self.cluster.binaries.path("quartet")
        for source, text in ((path, ""), ("-", new)):
            result = subprocess.run(
                [quartet, "domain", "transfer", "code.test", "--auth-code-file", source], input=text, text=True,
                env=self.cluster.environment(), capture_output=True, timeout=60, check=False)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn("code.test", result.stderr)

    def test_when_a_registry_is_down_it_is_not_taken_for_the_controller(self):
        self.registry.process.kill()
        try:
            result = self.cluster.run_quartet("domain", "check", "free.test")
        finally:
            self.registry.process.start().wait_ready()
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("registry sandbox can't be asked: ", result.stderr)
        self.assertNotIn("can't reach the controller", result.stderr)


if __name__ == "__main__":
    unittest.main()
