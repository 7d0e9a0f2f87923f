"""Other name servers, serving zone files as we do: knotd, nsd and named."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harness import addresses, dns_query
from harness.first_answer import FirstAnswer
from harness.processes import Process

START_SECONDS = 20.0

_KNOT = """\
server:
    rundir: {folder}
    listen: {address}@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: info
database:
    storage: {folder}
template:
  - id: default
    zonefile-load: whole
    journal-content: none
    zonefile-sync: -1
    semantic-checks: off
zone:
"""
_KNOT_ZONE = """\
  - domain: {zone}
    file: {file}
"""

_NSD = """\
server:
  server-count: 1
  ip-address: {address}@{port}
  username: ""
  zonesdir: ""
  database: ""
  pidfile: {folder}/pid
  xfrdfile: {folder}/xfrd.state
  zonelistfile: {folder}/zone.list
  xfrdir: {folder}
  cookie-secret-file: ""
  rrl-ratelimit: 0
  minimal-responses: no
remote-control:
  control-enable: no
"""
_NSD_ZONE = """\
zone:
  name: {zone}
  zonefile: {file}
"""

# Zones are taken as they are: what a server thinks of them is not what is compared.
_NAMED = """\
options {{
  directory "{folder}";
  pid-file "{folder}/pid";
  session-keyfile "{folder}/session.key";
  listen-on port {port} {{ {address}; }};
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
  notify no;
  allow-transfer {{ none; }};
  minimal-responses no-auth;
  rrset-order {{ order none; }};
  masterfile-format text;
  check-names primary ignore;
  check-integrity no;
  check-mx ignore;
  check-mx-cname ignore;
  check-srv-cname ignore;
  check-spf ignore;
  check-wildcard no;
  check-sibling no;
  check-dup-records ignore;
}};
controls {{ }};
logging {{ category default {{ default_stderr; }}; }};
"""
_NAMED_ZONE = 'zone "{zone}" {{ type primary; file "{file}"; }};\n'


class PeerMissing(Exception):
    """The program is not installed."""


@dataclass(frozen=True)
class Kind:
    """A program, how it is configured and started, and where it listens by default."""

    program: str
    configuration: str
    zone: str
    argv: tuple
    address: str


_KINDS = {
    "knotd": Kind("knotd", _KNOT, _KNOT_ZONE, ("-c",), "127.78.0.1"),
    "nsd": Kind("nsd", _NSD, _NSD_ZONE, ("-d", "-c"), "127.78.0.2"),
    # It listens on addresses that an interface has, and on no others.
    "named": Kind("named", _NAMED, _NAMED_ZONE, ("-g", "-n", "1", "-c"), "127.0.0.1"),
}


class Peer:
    """One server with some zones, from `with` to its end."""

    def __init__(self, program, zones, amend=lambda configuration: configuration):
        """`zones` are pairs of name and file; `amend` may change the text of the server's own settings."""
        kind = _KINDS[program]
        self.name, self.address = program, kind.address
        self.port = addresses.free_port(self.address)
        # Knot's control socket must have a short path.
        self._folder = tempfile.mkdtemp(prefix="peer-", dir="/tmp")
        path = Path(self._folder, "conf")
        head = kind.configuration.format(folder=self._folder, address=self.address, port=self.port)
        entries = (kind.zone.format(zone=zone, file=file) for zone, file in zones)
        path.write_text(amend(head) + "".join(entries), encoding="utf-8")
        found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if not found:
            raise PeerMissing(f"{program} is not installed: deploy/local/install test")
        self._zone = zones[0][0]
        # Knot says something to systemd for each zone, and waits until it is read. Nobody here reads.
        self._process = Process(
            program, [found, *kind.argv, path], Path(self._folder, "log"), environment={"NOTIFY_SOCKET": ""}
        )

    def start(self):
        self._process.start()
        return self

    def __enter__(self):
        self.start()
        server = (self.address, self.port)
        with FirstAnswer([server], self._zone, "SOA", lambda answer: answer.rcode == "NOERROR") as first:
            if not first.wait(1, START_SECONDS):
                raise RuntimeError(f"{self.name} does not answer{self._process.log_tail()}")
        return self

    def __exit__(self, *exception):
        self.kill()

    def kill(self):
        self._process.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def log_text(self):
        return self._process.log_text()

    @property
    def pid(self):
        return self._process.identity.pid

    def ask(self, name, type_name, tcp=False):
        return dns_query.ask(self.address, name, type_name, self.port, tcp)


def knot(zone, file):
    return Peer("knotd", [(zone, file)])


def nsd(zone, file):
    return Peer("nsd", [(zone, file)])
