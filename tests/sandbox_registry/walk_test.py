"""From the root to a registered domain: the zones that the sandbox registry publishes, walked by Debian's unbound.

One TLD is served by our own answer engine, the other by Debian's knotd, so that our engine does not certify itself.
"""

import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import dns_query
from harness.binaries import Binaries
from harness.certificates import Authority
from harness.registry import ROOT, Registry, wait_until
from harness.resolver import Resolver
from harness.standalone import Standalone

SCRIPT = Path(__file__).with_name("net_epp_register.pl")
TLDS = ("test", "example")
TTL = 300
SECONDS = 30


class WalkTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="walk-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.server = self.enter(Registry(
            Binaries.find(), self.folder / "registry", Authority(self.folder / "ca"), [f"{tld}:thick" for tld in TLDS],
            dns_port=53, knot="example",
        ))

    def enter(self, context):
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def register(self, domain, hosts):
        client = self.server.client
        run = subprocess.run(
            ["perl", SCRIPT, ROOT, str(self.server.epp_port), client.ca, client.certificate, client.key, domain,
             *[word for pair in hosts.items() for word in pair]],
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def serve(self, domain, hosts):
        zone = self.folder / f"{domain}.zone"
        records = "".join(f"@ NS {host}.\n{host}. A {address}\n" for host, address in hosts.items())
        zone.write_text(
            f"$TTL {TTL}\n@ SOA {next(iter(hosts))}. hostmaster 1 7200 900 1209600 60\n{records}www A 192.0.2.7\n",
            encoding="utf-8",
        )
        listed = self.folder / f"{domain}.list"
        listed.mkdir()
        server = Standalone({domain: zone}, listed, hosts=tuple(hosts.values()), port=53)
        self.enter(server)

    def ask(self, address, name, type_name="A"):
        return dns_query.ask(address, name, type_name, 53)

    def test_a_registered_domain_is_found_from_the_root(self):
        self.resolver = self.enter(Resolver(self.folder / "resolver", TLDS))
        for number, tld in enumerate(TLDS):
            domain = f"quartet.{tld}"
            hosts = {f"ns{i}.{domain}": f"127.53.1.{2 * number + i}" for i in (1, 2)}
            self.assertEqual(self.ask(self.server.address_of(tld), f"www.{domain}").rcode, "NXDOMAIN")
            self.serve(domain, hosts)
            self.register(domain, hosts)
            with self.subTest(tld=tld):
                self.walk(tld, domain, hosts)

    def walk(self, tld, domain, hosts):
        www = f"www.{domain}"
        # Referral at the root.
        root = self.ask(ROOT, www)
        self.assertFalse(root.authoritative)
        self.assertEqual({(record.owner, record.type) for record in root.authority}, {(f"{tld}.", "NS")})
        # Referral at the TLD, with glue, once it is published.
        parent = self.server.address_of(tld)
        wait_until(lambda: self.ask(parent, www).rcode == "NOERROR", f"{domain} is not delegated")
        referral = self.ask(parent, www)
        self.assertFalse(referral.authoritative)
        self.assertEqual({record.text() for record in referral.authority if record.type == "NS"}, {f"{host}." for host in hosts})
        glue = {(record.owner.rstrip("."), record.text()) for record in referral.additional if record.type == "A"}
        self.assertEqual(glue, set(hosts.items()))
        # The answer at each of the nameservers.
        for address in hosts.values():
            answer = self.ask(address, www)
            self.assertTrue(answer.authoritative)
            self.assertEqual([(record.ttl, record.text()) for record in answer.answers], [(TTL, "192.0.2.7")])
        # The resolver's own, by that very walk; from its cache the second time.
        since = self.resolver.asked()
        found = self.resolver.resolve(www)
        self.assertFalse(found.authoritative)
        self.assertEqual([record.text() for record in found.answers], ["192.0.2.7"])
        # Beside what it asks of the root's own name servers.
        steps = [step for step in self.resolver.steps(since) if step.name == f"{www}."]
        self.assertEqual([step.zone for step in steps], [".", f"{tld}.", f"{domain}."])
        self.assertEqual([step.answer for step in steps], ["REFERRAL", "REFERRAL", "ANSWER"])
        wait_until(lambda: self.resolver.resolve(www).answers[0].ttl < TTL, "the TTL does not count down")
        self.assertEqual([step for step in self.resolver.steps(since) if step.name == f"{www}."], steps)


if __name__ == "__main__":
    unittest.main()
