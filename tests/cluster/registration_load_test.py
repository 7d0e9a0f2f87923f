"""Many registrations at a registry that is restarted meanwhile: each is right at both ends."""

import json
import subprocess
import unittest

from harness.epp import EppClient
from harness.registration_case import RegistrationCase

DOMAINS = 1000
SESSIONS = 8
TLDS = ("test", "example", "shop")


class RegistrationLoad(RegistrationCase):
    registry_tlds = TLDS
    registry_fields = {"sessions": SESSIONS}

    def load(self):
        argv = [
            self.cluster.binaries.path("register_client"), "--controller", self.cluster.controller_endpoint,
            *self.cluster.admin.arguments(), "--domains", DOMAINS, "--concurrency", 4 * SESSIONS, "--report", "/dev/stdout",
            "--seconds", 240,
        ]
        for tld in TLDS:
            argv += ["--tld", tld]
        return subprocess.Popen([str(part) for part in argv], stdout=subprocess.PIPE, text=True)

    def test_all_are_right_at_both_ends(self):
        ended = []
        with self.load() as load:
            for line in load.stdout:
                ended.append(json.loads(line))
                if len(ended) in (DOMAINS // 4, DOMAINS // 2):
                    self.restart_registry(kill=len(ended) == DOMAINS // 2)
        self.assertEqual(load.returncode, 0)
        self.assertEqual({row["state"] for row in ended}, {"STATE_SUCCESSFUL"})
        domains = [row["domain"] for row in ended]
        self.assertEqual(len(set(domains)), DOMAINS)
        self.check(domains)

    def restart_registry(self, kill):
        """While the load goes on."""
        if kill:
            self.registry.process.kill()
        else:
            self.registry.process.stop()
        self.registry.process.start().wait_ready()

    def check(self, domains):
        zones = {zone["domain_name"].rstrip("."): zone for zone in self.cluster.zones()}
        rows = {
            row["name"].removeprefix("domains/"): row for row in self.cluster.quartet_json("domain", "list")["domains"]
        }
        with EppClient(self.registry) as epp:
            for domain in domains:
                four = sorted(server["host_name"].rstrip(".") for server in zones[domain]["nameservers"])
                row = rows[domain]
                self.assertEqual((row["state"], row["zone"]), ("STATE_REGISTERED", zones[domain]["name"]), domain)
                self.assertEqual(sorted(row["nameservers"]), four, domain)
                self.assertEqual(epp.nameservers_of(domain), four, domain)
        self.assertEqual(sorted(zones), sorted(domains), "zones that no domain has")


if __name__ == "__main__":
    unittest.main()
