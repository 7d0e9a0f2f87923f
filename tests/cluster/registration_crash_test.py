"""The controller is killed at every step of a registration: it is registered once, with the right four, or not at all."""

import random
import time
import unittest

from harness.epp import EppClient
from harness.registration_case import RegistrationCase

# Longer than any of these tests holds something up.
HELD = "late 120000"
# Kills at times of their own, beside those at steps.
RANDOM_KILLS = 12
SEED = 20261126


class RegistrationCrash(RegistrationCase):
    # Thick: contacts are made known too. Creations at "slow" are decided on later.
    registry_tlds = ("test:thick", "slow:thick:pending=3")
    # More than the system's own upkeep has under way, which is held up too.
    registry_fields = {"sessions": 16}

    def crash(self):
        self.cluster.controller.kill()
        self.cluster.start_controller()

    def killed_once(self, domain, faults, command, step=None):
        """Registers, kills the controller once that command has met its fault, takes the faults away, waits for the end.

        With a step: by a controller that has seen nothing of the registry yet, once the operation is at it.
        """
        name = f"{domain}.test"
        self.registry.set_faults(*faults)
        met = self.registry.faults_met(command)
        if step:
            self.crash()
        operation = self.register(name, wait=False)["name"]
        if step:
            self.assertTrue(self.await_step(operation, step))
        self.registry.await_fault(command, met + 1)
        self.cluster.controller.kill()
        self.registry.set_faults()
        self.cluster.start_controller()
        return name, self.end_of(operation)

    def assert_done(self, name, ended):
        self.assertEqual(ended["state"], "STATE_SUCCESSFUL", ended)
        self.assert_registered(name)

    def test_killed_while_it_asks_whether_the_name_is_free(self):
        self.assert_done(*self.killed_once("check", [f"domain:check {HELD}"], "domain:check"))

    def test_killed_while_it_waits_for_three_to_serve_the_zone(self):
        for node in self.cluster.nodes:
            node.process.pause()
        try:
            operation = self.register("serve.test", wait=False)["name"]
            self.assertTrue(self.await_step(operation, "SERVE"))
            self.crash()
            self.assertEqual(self.operation(operation)["state"], "STATE_IN_PROGRESS")
            self.assertIsNone(self.registry.nameservers_of("serve.test"), "it is delegated before anybody serves it")
        finally:
            for node in self.cluster.nodes:
                node.process.resume()
        self.assert_done("serve.test", self.end_of(operation))

    def test_killed_while_contacts_are_made_known(self):
        self.assert_done(*self.killed_once("contacts", [f"contact:check {HELD}"], "contact:check", "CONTACTS"))

    def test_killed_while_hosts_are_made_known(self):
        self.assert_done(*self.killed_once("hosts", [f"host:check {HELD}"], "host:check", "HOSTS"))

    def test_killed_with_the_command_sent_and_not_done(self):
        self.assert_done(*self.killed_once("cut", ["domain:create cut"], "domain:create"))

    def test_killed_with_the_command_done_and_not_answered(self):
        self.assert_done(*self.killed_once("late", [f"domain:create {HELD}"], "domain:create"))
        self.assert_done(*self.killed_once("lost", ["domain:create lost"], "domain:create"))

    def test_killed_again_while_it_asks_whose_the_domain_is(self):
        self.registry.set_faults(f"domain:create {HELD}")
        met = self.registry.faults_met("domain:create")
        operation = self.register("whose.test", wait=False)["name"]
        self.registry.await_fault("domain:create", met + 1)
        self.cluster.controller.kill()
        self.registry.set_faults(f"domain:info {HELD}")
        met = self.registry.faults_met("domain:info")
        self.cluster.start_controller()
        self.registry.await_fault("domain:info", met + 1)
        self.cluster.controller.kill()
        self.registry.set_faults()
        self.cluster.start_controller()
        self.assert_done("whose.test", self.end_of(operation))

    def test_killed_while_the_registry_still_works_at_the_command(self):
        # It is done after the controller is back, and has asked.
        name, ended = self.killed_once("still", ["domain:create delay 4000"], "domain:create")
        self.assert_done(name, ended)
        # By now the first command has been done too: it has changed nothing.
        time.sleep(4)
        self.assert_registered(name)

    def test_killed_while_the_registry_decides(self):
        operation = self.register("pending.slow", wait=False)["name"]
        self.assertTrue(self.await_step(operation, "PENDING"))
        self.crash()
        self.assert_done("pending.slow", self.end_of(operation))

    def test_killed_while_a_refused_one_is_rolled_back(self):
        # Somebody is faster, once it was free.
        self.registry.set_faults(f"host:check {HELD}")
        self.crash()
        operation = self.register("taken.test", wait=False)["name"]
        self.assertTrue(self.await_step(operation, "HOSTS"))
        with EppClient(self.registry, "theirs") as theirs:
            self.create_thick(theirs, "taken.test")
        self.cluster.controller.kill()
        # What tells whose it is.
        met = self.registry.faults_met("domain:info")
        self.registry.set_faults(f"domain:info {HELD}")
        self.cluster.start_controller()
        self.registry.await_fault("domain:info", met + 1)
        self.cluster.controller.kill()
        self.registry.set_faults()
        self.cluster.start_controller()
        ended = self.end_of(operation)
        self.assertEqual((ended["state"], ended["code"]), ("STATE_FAILED", 2302), ended)
        self.assert_not_ours("taken.test")

    def create_thick(self, epp, domain):
        contact = "urn:ietf:params:xml:ns:contact-1.0"
        epp.run(
            f'<create><c:create xmlns:c="{contact}"><c:id>their-1</c:id><c:postalInfo type="int"><c:name>Eve</c:name><c:addr>'
            "<c:city>Paris</c:city><c:cc>FR</c:cc></c:addr></c:postalInfo><c:email>eve@example.net</c:email><c:authInfo>"
            "<c:pw>auth-test</c:pw></c:authInfo></c:create></create>"
        )
        roles = "".join(f'<d:contact type="{role}">their-1</d:contact>' for role in ("admin", "billing", "tech"))
        code, _ = epp.run(
            f'<create><d:create xmlns:d="urn:ietf:params:xml:ns:domain-1.0"><d:name>{domain}</d:name>'
            f"<d:registrant>their-1</d:registrant>{roles}<d:authInfo><d:pw>auth-test</d:pw></d:authInfo></d:create></create>"
        )
        self.assertEqual(code, 1000)

    def test_killed_at_any_time_as_often_as_it_likes(self):
        dice = random.Random(SEED)
        operations = {}
        for number in range(RANDOM_KILLS):
            name = f"any-{number}.test"
            operations[name] = self.register(name, wait=False)["name"]
            time.sleep(dice.uniform(0, 0.06))
            self.crash()
        for name, operation in operations.items():
            with self.subTest(name):
                self.assert_done(name, self.end_of(operation))


if __name__ == "__main__":
    unittest.main()
