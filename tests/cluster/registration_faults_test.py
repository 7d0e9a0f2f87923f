"""Names that can't be registered, and registries that can't be talked to: it is said, and nothing is half-done."""

import contextlib
import unittest

from harness import registries_file
from harness.certificates import Authority
from harness.epp import EppClient
from harness.registration_case import RegistrationCase


class RegistrationFaults(RegistrationCase):
    registry_tlds = ("test:reserved=nic",)
    registry_fields = {"answer_within": 2}

    def assert_refused(self, domain, *texts):
        """At once, with each of the texts in what is said; no operation is made."""
        result = self.cluster.run_quartet("domain", "register", domain)
        said = result.stdout + result.stderr
        self.assertNotEqual(result.returncode, 0, said)
        for text in texts:
            self.assertIn(text.lower(), said.lower(), domain)

    def assert_failed(self, domain, code, text):
        """By an operation that says so."""
        operation = self.register(domain, wait=False)["name"]
        ended = self.end_of(operation)
        self.assertEqual((ended["state"], ended.get("code", 0)), ("STATE_FAILED", code), ended)
        self.assertIn(text.lower(), ended["message"].lower())
        self.assertEqual(self.zones_of(domain), [])

    # Names

    def test_a_tld_that_no_registry_has(self):
        self.assert_refused("example.nowhere", "nowhere")
        self.assertEqual(self.zones_of("example.nowhere"), [])

    def test_names_that_are_none(self):
        for name in ("test", "-a.test", "a-.test", "a_b.test", "a..test", "a b.test", "a" * 64 + ".test", "."):
            with self.subTest(name):
                self.assert_refused(name)
                self.assertEqual(self.zones_of(name), [])

    def test_a_u_label_is_asked_for_as_an_a_label(self):
        self.assert_refused("m\u00fcller.test", "A-label")
        # Which is a name as any other.
        self.assertEqual(self.register("xn--mller-kva.test")["state"], "STATE_SUCCESSFUL")
        self.assert_registered("xn--mller-kva.test")

    def test_a_taken_name(self):
        with EppClient(self.registry, "theirs") as theirs:
            self.assertEqual(theirs.create("taken.test"), 1000)
        self.assert_failed("taken.test", 0, "In use")
        with EppClient(self.registry, "theirs") as theirs:
            self.assertEqual(theirs.sponsor_of("taken.test"), "theirs")
        self.assert_not_ours("taken.test")

    def test_a_name_of_ours(self):
        self.assertEqual(self.register("ours.test")["state"], "STATE_SUCCESSFUL")
        self.assert_refused("ours.test", "ours.test")
        self.assert_registered("ours.test")

    def test_a_reserved_name(self):
        self.assert_failed("nic.test", 0, "Reserved")
        self.assert_not_ours("nic.test")

    def test_a_name_that_no_registry_sells(self):
        self.assert_failed("a.b.test", 0, "Not in this registry")
        self.assert_not_ours("a.b.test")

    def test_a_zone_that_was_there_stays_when_the_name_is_taken(self):
        self.create_zone("stays.test", "www 60 IN A 192.0.2.1\n")
        with EppClient(self.registry, "theirs") as theirs:
            self.assertEqual(theirs.create("stays.test"), 1000)
        operation = self.register("stays.test", wait=False)["name"]
        self.assertEqual(self.end_of(operation)["state"], "STATE_FAILED")
        self.assertEqual(len(self.zones_of("stays.test")), 1)

    # Registries

    @contextlib.contextmanager
    def waiting(self, domain, pattern):
        """A registration that waits, saying so, for what the block mends; then it is done."""
        operation = self.register(domain, wait=False)["name"]
        self.await_trouble(operation, pattern)
        yield operation
        ended = self.end_of(operation)
        self.assertEqual(ended["state"], "STATE_SUCCESSFUL", ended)
        self.assert_registered(domain)

    def restart_registry(self):
        self.registry.process.start().wait_ready()

    def test_a_registry_that_is_down(self):
        self.registry.process.kill()
        self.addCleanup(lambda: self.registry.process.is_running() or self.restart_registry())
        with self.waiting("down.test", "eof|refused"):
            self.restart_registry()

    def test_a_registry_that_is_slow(self):
        self.registry.set_faults("* delay 3000")
        with self.waiting("slow.test", "did not answer within 2 s"):
            self.registry.set_faults()

    def test_a_registry_that_answers_garbage(self):
        for command in ("greeting", "domain:check", "host:check", "domain:create"):
            with self.subTest(command):
                self.fault_and_mend(command, "garbage", "message can't be read")

    def test_a_registry_that_sends_an_oversized_frame(self):
        for command in ("greeting", "domain:check", "domain:create"):
            with self.subTest(command):
                self.fault_and_mend(command, "oversized", "a message of 2147483647 bytes was announced")

    def fault_and_mend(self, command, kind, pattern):
        self.registry.set_faults(f"{command} {kind}")
        # A session that is there already gets no greeting, a host that is known already is not asked for.
        if command in ("greeting", "host:check"):
            self.cluster.controller.stop()
            self.cluster.start_controller()
        with self.waiting(f"{kind}-{command.replace(':', '-')}.test", pattern):
            self.registry.set_faults()

    def test_a_certificate_of_another_authority(self):
        stranger = Authority(self.folder / "stranger").issue("registry", "quartet://controller/registry", ["127.53.0.1"])
        stanza = registries_file.stanza(self.registry, self.cluster.folder, ca=str(stranger.ca), **self.registry_fields)
        right = registries_file.stanza(self.registry, self.cluster.folder, **self.registry_fields)
        self.addCleanup(self.use_stanza, right)
        self.use_stanza(stanza)
        with self.waiting("certificate.test", "certificate is not taken.*configuration"):
            self.use_stanza(right)

    def test_a_wrong_password(self):
        wrong = self.folder / "wrong.password"
        wrong.write_text("secret-9\n", encoding="ascii")
        wrong.chmod(0o600)
        right = registries_file.stanza(self.registry, self.cluster.folder, **self.registry_fields)
        self.addCleanup(self.use_stanza, right)
        self.use_stanza({**right, "password-file": str(wrong)})
        with self.waiting("password.test", "2200.*configuration"):
            self.use_stanza(right)

    def use_stanza(self, stanza):
        """As who runs it would: the file, then the controller anew."""
        self.cluster.write_registries({"sandbox": stanza})
        self.cluster.controller.stop()
        self.cluster.start_controller()


if __name__ == "__main__":
    unittest.main()
