"""From the root to a registered domain: the zones that the sandbox registry publishes, walked by Debian's unbound.

One TLD is served by our own answer engine, the other by Debian's knotd, so that our engine does not certify itself.
"""

import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from harness import dns_query
from harness.certificates import Authority
from harness.processes import Process
from harness.standalone import Standalone
from sandbox_registry.registry_process import RegistryProcess

SCRIPT = Path(__file__).with_name("net_epp_register.pl")
ROOT = "127.53.0.1"
TLDS = {"test": "127.53.0.2", "example": "127.53.0.3"}
RESOLVER = "127.53.2.1"
TTL = 300
SECONDS = 30

KNOT = """\
server:
    rundir: {folder}
    listen: {address}@53
control:
    listen: {folder}/knot.sock
log:
  - target: stderr
    any: info
database:
    storage: {folder}
zone:
  - domain: example.
    file: {file}
    zonefile-load: whole
    journal-content: none
    zonefile-sync: -1
"""

# RFC 6761 §6.2 has it answer for test. itself, if it is not told otherwise.
UNBOUND = """\
server:
    local-zone: "test." nodefault
    directory: "{folder}"
    chroot: ""
    username: ""
    pidfile: "{folder}/unbound.pid"
    interface: {address}
    access-control: 127.0.0.0/8 allow
    do-not-query-localhost: no
    do-daemonize: no
    use-syslog: no
    logfile: ""
    num-threads: 1
    module-config: "iterator"
    root-hints: "{folder}/root.hints"
    do-ip6: no
remote-control:
    control-enable: no
"""


def wait_until(condition, message):
    end = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(message)
        time.sleep(0.05)


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


class WalkTest(unittest.TestCase):
    def setUp(self):
        # Knot's control socket must have a short path.
        folder = tempfile.TemporaryDirectory(prefix="walk-", dir="/tmp")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.enter(self.registry())
        self.knot().start()
        self.addCleanup(self.knotd.kill)

    def enter(self, context):
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def registry(self):
        zone = self.folder / "example.zone"
        (self.folder / "knot.conf").write_text(
            KNOT.format(folder=self.folder, address=TLDS["example"], file=zone), encoding="utf-8"
        )
        # Until knotd runs there is nobody to be told.
        reload = f"test ! -S {self.folder}/knot.sock || {program('knotc')} -c {self.folder}/knot.conf zone-reload example."
        options = ["--root", ROOT, "--zone-file", f"example={zone}", "--zone-command", f"example={reload}"]
        for tld, address in TLDS.items():
            options += ["--tld-server", f"{tld}={address}"]
        self.server = RegistryProcess(
            Authority(self.folder / "ca"), self.folder, [f"{tld}:thick" for tld in TLDS], options
        )
        return self.server

    def knot(self):
        self.knotd = Process(
            "knotd", [program("knotd"), "-c", self.folder / "knot.conf"], self.folder / "knot.log",
            environment={"NOTIFY_SOCKET": ""},
        )
        return self.knotd

    def unbound(self):
        (self.folder / "root.hints").write_text(f". NS a.root-servers.\na.root-servers. A {ROOT}\n", encoding="utf-8")
        conf = self.folder / "unbound.conf"
        conf.write_text(UNBOUND.format(folder=self.folder, address=RESOLVER), encoding="utf-8")
        resolver = Process("unbound", [program("unbound"), "-d", "-c", conf], self.folder / "unbound.log")
        resolver.start()
        self.addCleanup(resolver.kill)
        wait_until(self.resolver_answers, "unbound does not answer")

    def register(self, domain, hosts):
        run = subprocess.run(
            ["perl", SCRIPT, *self.server.perl_arguments(), domain, *[word for pair in hosts.items() for word in pair]],
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
        self.unbound()
        for number, tld in enumerate(TLDS):
            domain = f"quartet.{tld}"
            hosts = {f"ns{i}.{domain}": f"127.53.1.{2 * number + i}" for i in (1, 2)}
            wait_until(lambda t=tld: self.answers(TLDS[t], f"{t}."), f"the server of {tld} does not answer")
            self.assertEqual(self.ask(TLDS[tld], f"www.{domain}").rcode, "NXDOMAIN")
            self.serve(domain, hosts)
            self.register(domain, hosts)
            with self.subTest(tld=tld):
                self.walk(tld, domain, hosts)

    def resolve(self, name):
        query = dns_query.build_query(name, "A", recursion_desired=True)
        return dns_query.parse(dns_query.exchange(RESOLVER, 53, query, timeout=SECONDS))

    def resolver_answers(self):
        try:
            return bool(self.resolve("."))
        except OSError:
            return False

    def answers(self, address, name):
        try:
            return self.ask(address, name, "SOA").rcode == "NOERROR"
        except (dns_query.DnsError, OSError):
            return False

    def walk(self, tld, domain, hosts):
        www = f"www.{domain}"
        # Referral at the root.
        root = self.ask(ROOT, www)
        self.assertFalse(root.authoritative)
        self.assertEqual({(record.owner, record.type) for record in root.authority}, {(f"{tld}.", "NS")})
        # Referral at the TLD, with glue, once it is published.
        wait_until(lambda: self.ask(TLDS[tld], www).authority, f"{domain} is not delegated")
        wait_until(lambda: self.ask(TLDS[tld], www).rcode == "NOERROR", f"{domain} is not delegated")
        referral = self.ask(TLDS[tld], www)
        self.assertFalse(referral.authoritative)
        self.assertEqual({record.text() for record in referral.authority if record.type == "NS"}, {f"{host}." for host in hosts})
        glue = {(record.owner.rstrip("."), record.text()) for record in referral.additional if record.type == "A"}
        self.assertEqual(glue, set(hosts.items()))
        # The answer at each of the nameservers.
        for address in hosts.values():
            answer = self.ask(address, www)
            self.assertTrue(answer.authoritative)
            self.assertEqual([(record.ttl, record.text()) for record in answer.answers], [(TTL, "192.0.2.7")])
        # The resolver's own, from its cache the second time.
        found = self.resolve(www)
        self.assertFalse(found.authoritative)
        self.assertEqual([record.text() for record in found.answers], ["192.0.2.7"])
        wait_until(lambda: self.resolve(www).answers[0].ttl < TTL, "the TTL does not count down")


if __name__ == "__main__":
    unittest.main()
