"""A resolver that knows a root and nothing else finds registered domains, whatever two nameservers or a region do."""

import unittest
from concurrent.futures import ThreadPoolExecutor

from harness import dns_query
from harness.registration_case import RegistrationCase
from harness.registry import wait_until
from harness.resolver import Resolver

DOMAINS = 100
TLDS = ("test", "example")
AT_ONCE = 8


class Walk(RegistrationCase):
    registry_tlds = TLDS
    # Our engine does not certify itself.
    registry_knot = "example"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domains = [f"walk-{number}.{TLDS[number % len(TLDS)]}" for number in range(DOMAINS)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(cls.make, cls.domains))
        for tld in TLDS:
            cls.wait_published(tld)

    @classmethod
    def make(cls, domain):
        """A hosted zone with an address of its own, and its domain."""
        zone = cls.folder / f"{domain}.zone"
        zone.write_text(f"www 300 IN A {cls.address(domain)}\n", encoding="utf-8")
        cls.cluster.quartet("zone", "create", domain, "--file", zone, "--wait")
        cls.cluster.quartet("domain", "register", domain)

    @staticmethod
    def address(domain):
        return f"192.0.2.{1 + int(domain.partition('.')[0].removeprefix('walk-'))}"

    @classmethod
    def wait_published(cls, tld):
        """Registries publish a little later."""
        address = cls.registry.address_of(tld)

        def undelegated():
            return [
                domain for domain in cls.domains if domain.endswith(f".{tld}")
                and all(record.type != "NS" for record in dns_query.ask(address, domain, "A", cls.cluster.port).authority)
            ]

        wait_until(lambda: not undelegated(), lambda: f"not delegated: {undelegated()}")

    def resolver(self):
        """One with an empty cache."""
        resolver = Resolver(self.folder / self.id().rpartition(".")[2], self.registry.names())
        self.addCleanup(resolver.kill)
        return resolver.start()

    def assert_all_are_found(self, resolver):
        def find(domain):
            answer = resolver.resolve(f"www.{domain}")
            return answer.rcode, answer.authoritative, [record.text() for record in answer.answers]

        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = dict(zip(self.domains, pool.map(find, self.domains)))
        self.assertEqual(found, {domain: ("NOERROR", False, [self.address(domain)]) for domain in self.domains})

    def start_again(self, nodes):
        self.addCleanup(lambda: self.cluster.start_nodes([node for node in nodes if not node.process.is_running()]))

    def test_each_is_found_from_the_root(self):
        resolver = self.resolver()
        since = resolver.asked()
        self.assert_all_are_found(resolver)
        zones = {step.zone for step in resolver.steps(since)}
        self.assertLessEqual({".", *(f"{tld}." for tld in TLDS), *(f"{domain}." for domain in self.domains)}, zones)

    def test_each_is_found_without_two_of_its_four(self):
        zone = self.zones_of(self.domains[0])[0]
        dead = self.cluster.nodes_of_zone(zone)[:2]
        self.start_again(dead)
        for node in dead:
            node.process.kill()
        self.assert_all_are_found(self.resolver())

    def test_each_is_found_without_a_region(self):
        dead = self.cluster.region("us-east")
        self.start_again(dead)
        for node in dead:
            node.process.kill()
        self.assert_all_are_found(self.resolver())

    def test_each_is_found_while_a_region_is_silent(self):
        # Nobody says that nobody is there: a resolver has to find that out by waiting.
        silent = self.cluster.region("ap-south")
        for node in silent:
            node.process.pause()
            self.addCleanup(node.process.resume)
        self.assert_all_are_found(self.resolver())


if __name__ == "__main__":
    unittest.main()
