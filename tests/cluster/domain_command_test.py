"""`quartet domain` where its output is not all there is to see: secrets, and what it talks to going away."""

import os
import subprocess
import unittest

from harness.registration_case import RegistrationCase

SECONDS = 60


class DomainCommand(RegistrationCase):
    per_region = 1

    def start(self, *arguments, **options):
        """The command, running."""
        argv = [self.cluster.binaries.path("quartet"), *arguments]
        return subprocess.Popen(
            argv, env=dict(os.environ, **self.cluster.environment()), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, **options)

    def test_it_waits_on_through_the_end_of_the_controller(self):
        self.registry.set_faults("domain:create late 30000")
        with self.start("-o", "table", "domain", "register", "through.test", "--timeout", str(SECONDS)) as command:
            self.registry.await_fault("domain:create")
            self.cluster.controller.kill()
            self.registry.set_faults()
            self.cluster.start_controller()
            printed, told = command.communicate(timeout=2 * SECONDS)
        self.assertEqual(command.returncode, 0, told)
        self.assertRegex(printed, r"State: +REGISTERED")
        self.assertIn(" ms  DONE ", told)
        self.assert_registered("through.test")

    def test_what_has_not_ended_in_time_goes_on_and_can_be_waited_for(self):
        self.registry.set_faults("domain:create late 3000")
        late = self.cluster.run_quartet("-o", "json", "domain", "register", "late.test", "--timeout", 1)
        self.assertEqual(late.returncode, 1, late.stderr)
        self.assertIn("goes on", late.stderr)
        operation = self.cluster.quartet_json("domain", "operations", "late.test")["operations"][0]
        ended = self.cluster.quartet_json("domain", "operation", operation["name"].partition("/")[2], "--wait")
        self.assertEqual(ended["state"], "STATE_SUCCESSFUL")
        self.assert_registered("late.test")

    def test_a_registry_that_is_down_is_not_taken_for_the_controller(self):
        self.registry.process.kill()
        try:
            result = self.cluster.run_quartet("domain", "check", "free.test")
        finally:
            self.registry.process.start().wait_ready()
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("registry sandbox can't be asked: ", result.stderr)
        self.assertNotIn("can't reach the controller", result.stderr)

    def test_auth_codes_are_read_from_files_and_standard_input(self):
        self.register("code.test")
        code = self.cluster.quartet_json("domain", "auth-code", "code.test")["auth_code"]
        self.assertTrue(code)
        new = self.cluster.quartet_json("domain", "auth-code", "code.test", "--renew")["auth_code"]
        self.assertNotIn(new, ("", code))
        # The registrar who has it is us: that is what is refused, whichever way the code came.
        path = self.folder / "code"
        path.write_text(new + "\n", encoding="ascii")
        for source, text in ((path, ""), ("-", new)):
            with self.start("domain", "transfer", "code.test", "--auth-code-file", source, stdin=subprocess.PIPE) as command:
                _, told = command.communicate(text, timeout=SECONDS)
            self.assertEqual(command.returncode, 1, told)
            self.assertIn("code.test", told)


class DomainCommandAtAThickRegistry(RegistrationCase):
    per_region = 1
    registry_tlds = ("test:thick",)

    def test_contacts_are_named_by_role(self):
        self.register("contacts.test", "--contact", "admin=owner-1", "--contact", "tech=owner-1")
        contacts = self.cluster.quartet_json("domain", "show", "contacts.test")["contacts"]
        self.assertEqual(
            {contact["role"]: contact["contact"] for contact in contacts},
            dict.fromkeys(("registrant", "admin", "tech", "billing"), "owner-1"))
        for wrong, why in (("owner=owner-1", "role"), ("admin=nobody", "nobody")):
            result = self.cluster.run_quartet("domain", "register", "wrong.test", "--contact", wrong)
            self.assertEqual(result.returncode, 1, result.stdout)
            self.assertIn(why, result.stderr)


if __name__ == "__main__":
    unittest.main()
