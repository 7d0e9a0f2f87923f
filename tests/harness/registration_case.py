"""What tests of registrations on a cluster of real processes share: a registry, and what must hold at both ends."""

import json
import os
import re
import subprocess

from harness.cluster import CommandFailed
from harness.cluster_case import ClusterCase
from harness.epp import EppClient
from harness.registry import wait_until

ENDED = ("STATE_SUCCESSFUL", "STATE_FAILED")
PATIENCE_SECONDS = 90.0


def id_of(operation):
    return operation.removeprefix("domainOperations/")


class RegistrationCase(ClusterCase):
    """A cluster with a registry of these TLDs; the stripes' domains are registered before the first test."""

    registry_tlds = ("test",)
    registry_knot = None
    # Of its stanza in the controller's file of registries.
    registry_fields = {}
    stripe_zones = True

    @classmethod
    def set_up_cluster(cls):
        cls.registry = cls.cluster.add_registry(cls.registry_tlds, knot=cls.registry_knot, **cls.registry_fields)

    def setUp(self):
        self.addCleanup(self.registry.set_faults)

    # Asking for it

    def register(self, domain, *options, wait=True):
        """The operation's message: as it is once it has ended, or has begun (which may be the same)."""
        arguments = ["domain", "register", domain, *options, *([] if wait else ["--no-wait"])]
        result = self.cluster.run_quartet("-o", "json", *arguments)
        # One that FAILED is told, with an exit code of its own.
        if not result.stdout.strip():
            raise CommandFailed(arguments, result)
        return json.loads(result.stdout)

    def operation(self, name):
        return self.cluster.quartet_json("domain", "operation", id_of(name))

    def end_of(self, name):
        """The operation's message once it has ended."""
        found = {}

        def has_ended():
            found.update(self.operation(name))
            return found["state"] in ENDED

        wait_until(has_ended, lambda: f"the operation goes on: {json.dumps(found, indent=1)}", PATIENCE_SECONDS)
        return found

    def await_trouble(self, name, pattern):
        """Waits until the operation says of its last try something that the pattern is found in; its message."""
        found = {}

        def is_told():
            found.clear()
            found.update(self.operation(name))
            return re.search(pattern, found.get("trouble", ""))

        wait_until(is_told, lambda: f"no trouble like \"{pattern}\": {json.dumps(found, indent=1)}", PATIENCE_SECONDS)
        self.assertEqual(found["state"], "STATE_IN_PROGRESS")
        return found

    def await_step(self, name, step):
        """Returns whether the operation came to that step ("SERVE") before it ended; as soon as it is told."""
        argv = [str(self.cluster.binaries.path("quartet")), "-o", "table", "domain", "operation", id_of(name), "--wait"]
        with subprocess.Popen(
            argv, env=dict(os.environ, **self.cluster.environment()), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True,
        ) as command:
            try:
                return any(f" ms  {step} " in line for line in command.stderr)
            finally:
                command.kill()

    # What must hold

    def zones_of(self, domain):
        return [zone for zone in self.cluster.zones() if zone["domain_name"] == f"{domain}."]

    def assert_registered(self, domain):
        """Once, for us, with the four of its one hosted zone, at both ends."""
        zones = self.zones_of(domain)
        self.assertEqual(len(zones), 1, f"hosted zones of {domain}")
        four = sorted(server["host_name"].rstrip(".") for server in zones[0]["nameservers"])
        self.assertEqual(len(set(four)), 4)
        row = self.cluster.quartet_json("domain", "show", domain)
        self.assertEqual((row["state"], row.get("operation", "")), ("STATE_REGISTERED", ""))
        self.assertEqual((row["zone"], sorted(row["nameservers"])), (zones[0]["name"], four))
        self.assertEqual(self.registry.nameservers_of(domain), four, "by RDAP")
        with EppClient(self.registry) as epp:
            self.assertEqual((epp.sponsor_of(domain), epp.nameservers_of(domain)), ("ours", four), "by EPP")

    def assert_nothing_left(self, domain):
        """Neither at the registry nor here."""
        self.assertIsNone(self.registry.nameservers_of(domain), "by RDAP")
        with EppClient(self.registry) as epp:
            self.assertTrue(epp.is_free(domain), "by EPP")
        self.assert_not_ours(domain)

    def assert_not_ours(self, domain):
        self.assertEqual(self.zones_of(domain), [])
        shown = self.cluster.run_quartet("domain", "show", domain)
        self.assertNotEqual(shown.returncode, 0, shown.stdout)
