"""Other name servers, serving a zone file as we do: knotd and nsd."""

import os
import shutil
import tempfile
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
zone:
  name: {zone}
  zonefile: {file}
"""


class PeerMissing(Exception):
    """The program is not installed."""


class Peer:
    """One server with one zone, from `with` to its end."""

    def __init__(self, program, configuration, argv, address, zone, file):
        self.name = program
        self.address = address
        self.port = addresses.free_port(address)
        # Knot's control socket must have a short path.
        self._folder = tempfile.mkdtemp(prefix="peer-", dir="/tmp")
        path = Path(self._folder, "conf")
        path.write_text(
            configuration.format(folder=self._folder, address=address, port=self.port, zone=zone, file=file),
            encoding="utf-8",
        )
        found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if not found:
            raise PeerMissing(f"{program} is not installed: deploy/local/install test")
        self._zone = zone
        self._process = Process(program, [found, *argv, path], Path(self._folder, "log"))

    def __enter__(self):
        self._process.start()
        server = (self.address, self.port)
        with FirstAnswer([server], self._zone, "SOA", lambda answer: answer.rcode == "NOERROR") as first:
            if not first.wait(1, START_SECONDS):
                raise RuntimeError(f"{self.name} does not answer{self._process.log_tail()}")
        return self

    def __exit__(self, *exception):
        self._process.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def pid(self):
        return self._process.identity.pid

    def ask(self, name, type_name, tcp=False):
        return dns_query.ask(self.address, name, type_name, self.port, tcp)


def knot(zone, file):
    return Peer("knotd", _KNOT, ["-c"], "127.78.0.1", zone, file)


def nsd(zone, file):
    return Peer("nsd", _NSD, ["-d", "-c"], "127.78.0.2", zone, file)
