"""Debian's unbound, as anybody runs it, but for its root: the sandbox registry's. What it asks, and is answered."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from harness import dns_query
from harness.processes import Process
from harness.registry import ROOT, program

ADDRESS = "127.53.2.1"
PORT = 53
SECONDS = 30.0
AGAIN_SECONDS = 2.0

# Resolvers answer for some TLDs themselves (RFC 6761) if they are not told otherwise. Verbosity 2 has it tell whom it asks.
_CONF = """\
server:
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
    verbosity: 2
    num-threads: 1
    module-config: "iterator"
    root-hints: "{folder}/root.hints"
    do-ip6: no
{zones}remote-control:
    control-enable: no
"""

_STEP = re.compile(
    r"info: response for (\S+) (\S+) IN\n.*info: reply from <(\S+)> ([^#\s]+)#\d+\n.*info: query response was (.*)\n"
)


@dataclass(frozen=True)
class Step:
    """One question that it asked, whom (a zone's server), and what that answered: "REFERRAL", "ANSWER", …"""

    name: str
    type: str
    zone: str
    address: str
    answer: str


class Resolver:
    """Everything of it lies in `folder`. It knows nothing but the root's address."""

    def __init__(self, folder, tlds, detached=False):
        self.folder = Path(folder)
        self._tlds = list(tlds)
        argv = [program("unbound") or "unbound", "-d", "-c", self.folder / "unbound.conf"]
        self.process = Process("resolver", argv, self.folder / "unbound.log", detached=detached)

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "root.hints").write_text(f". NS a.root-servers.\na.root-servers. A {ROOT}\n", encoding="utf-8")
        zones = "".join(f'    local-zone: "{tld}." nodefault\n' for tld in self._tlds)
        (self.folder / "unbound.conf").write_text(
            _CONF.format(folder=self.folder, address=ADDRESS, zones=zones), encoding="utf-8"
        )
        self.process.start().wait_ready()
        return self

    def kill(self):
        self.process.kill()

    def __enter__(self):
        return self.start()

    def __exit__(self, *exception):
        self.kill()

    def resolve(self, name, type_name="A", timeout=SECONDS):
        """Its answer, however long it takes to find.

        Asked again now and then, as clients do: what took it longer than 1.9 s (discard-timeout) it keeps, and answers no
        more.
        """
        query = dns_query.build_query(name, type_name, recursion_desired=True)
        end = time.monotonic() + timeout
        while True:
            try:
                return dns_query.parse(dns_query.exchange(ADDRESS, PORT, query, timeout=AGAIN_SECONDS))
            except TimeoutError:
                if time.monotonic() > end:
                    raise

    def restart(self):
        """With an empty cache: it knows the root's address again, and nothing else."""
        self.process.stop()
        self.process.start().wait_ready()

    def asked(self):
        """How far its log is now, for `steps`."""
        return len(self.process.log_text())

    def steps(self, since=0):
        """All that it has asked since its log was that far."""
        return [Step(*found) for found in _STEP.findall(self.process.log_text()[since:])]
