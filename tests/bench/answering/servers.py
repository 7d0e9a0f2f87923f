"""The servers that are compared, each with one thread that answers UDP, and all zones of a set from one file."""

import os
import shutil
import tempfile
from pathlib import Path

from harness import addresses
from harness.binaries import Binaries
from harness.processes import Process

PORT = 5300


class Server:
    """One server from `with` to its end. Its files lie in a folder that goes with it."""

    name = ""
    program = ""
    # Whether it answers from zones: echo does not.
    has_zones = True

    def __init__(self, zone_set, address):
        self.zone_set = zone_set
        self.address, self.port = address, PORT
        # Knot's control socket must have a short path.
        self.folder = Path(tempfile.mkdtemp(prefix="bench-", dir="/tmp"))
        self._process = None

    @classmethod
    def find(cls):
        """The program, or None if it is not installed."""
        return shutil.which(cls.program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")

    def prepare(self):
        """Writes configuration, and whatever else is made once and before a start."""

    def arguments(self):
        raise NotImplementedError

    def command(self):
        # Knot would tell of each zone, and wait until somebody reads that.
        return ["env", "-u", "NOTIFY_SOCKET", self.find(), *self.arguments()]

    def start(self):
        """Begins; it may not answer yet."""
        self._process = Process(self.name, self.command(), self.folder / "log")
        self._process.start()

    def wait_ready(self):
        """For those that say so."""
        self._process.wait_ready()

    def is_running(self):
        return self._process.is_running()

    def log_tail(self):
        return self._process.log_tail()

    @property
    def pid(self):
        return self._process.identity.pid

    def __enter__(self):
        self.prepare()
        return self

    def __exit__(self, *exception):
        if self._process:
            self._process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, name, text, zone_line=None):
        """A file of its folder: `text`, then a line for each zone."""
        with open(self.folder / name, "w", encoding="ascii") as file:
            file.write(text)
            if zone_line:
                file.writelines(zone_line.format(zone=zone, file=self.zone_set.zone_file)
                                for zone in self.zone_set.zone_names())
        return self.folder / name


class Echo(Server):
    """A bare recvmmsg and sendmmsg loop: the floor of what the kernel's UDP path costs."""

    name = "echo"
    has_zones = False

    @classmethod
    def find(cls):
        return Path(os.environ["QUARTET_BENCH"], "udp_echo")

    def command(self):
        return [self.find(), *self.arguments()]

    def arguments(self):
        return ["plain", addresses.join(self.address, self.port)]


class ServeEcho(Echo):
    """Echo through our own sockets: the difference to echo is what these cost."""

    name = "serve-echo"

    def arguments(self):
        return ["serve", addresses.join(self.address, self.port)]


class Knot(Server):
    name, program = "knot", "knotd"

    def prepare(self):
        self.write("conf", f"""\
server:
    rundir: {self.folder}
    listen: {self.address}@{self.port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: {self.folder}
template:
  - id: default
    file: {self.zone_set.zone_file}
    zonefile-load: whole
    journal-content: none
    zonefile-sync: -1
zone:
""", "  - domain: {zone}\n")

    def arguments(self):
        return ["-c", self.folder / "conf"]


class Nsd(Server):
    name, program = "nsd", "nsd"

    def prepare(self):
        self.write("conf", f"""\
server:
  server-count: 1
  ip-address: {self.address}@{self.port}
  username: ""
  zonesdir: ""
  database: ""
  pidfile: {self.folder}/pid
  xfrdfile: {self.folder}/xfrd.state
  zonelistfile: {self.folder}/zone.list
  xfrdir: {self.folder}
  cookie-secret-file: ""
  rrl-ratelimit: 0
  tcp-count: 100
remote-control:
  control-enable: no
pattern:
  name: shared
  zonefile: {self.zone_set.zone_file}
""", "zone:\n  name: {zone}\n  include-pattern: shared\n")

    def arguments(self):
        return ["-d", "-c", self.folder / "conf"]


class Bind(Server):
    name, program = "bind", "named"

    def prepare(self):
        self.write("conf", f"""\
options {{
  directory "{self.folder}"; pid-file "{self.folder}/pid"; session-keyfile "{self.folder}/key";
  listen-on port {self.port} {{ {self.address}; }}; listen-on-v6 {{ none; }};
  recursion no; minimal-responses yes; dnssec-validation no; notify no;
}};
controls {{ }};
""", 'zone "{zone}" {{ type primary; file "{file}"; }};\n')

    def arguments(self):
        return ["-f", "-n", "1", "-c", self.folder / "conf"]


class Pdns(Server):
    """PowerDNS with zone files (its bind backend), and its caches as they are by default."""

    name, program = "pdns", "pdns_server"

    def prepare(self):
        self.write("zones", "", 'zone "{zone}" {{ type master; file "{file}"; }};\n')
        self.write("pdns.conf", f"""\
launch=bind
bind-config={self.folder}/zones
bind-check-interval=0
local-address={self.address}
local-port={self.port}
socket-dir={self.folder}
guardian=no
daemon=no
security-poll-suffix=
receiver-threads=1
distributor-threads=1
loglevel=3
""")

    def arguments(self):
        return [f"--config-dir={self.folder}"]


class Quartet(Server):
    """Our engine, from a database into which the zones were imported before."""

    name = "quartet"

    @classmethod
    def find(cls):
        return Binaries.find().path("quartet-nameserver")

    def command(self):
        return [self.find(), *self.arguments()]

    def prepare(self):
        # Imported once for all rounds: it lies beside the zones.
        if not self._data().exists():
            self.start()
            self._process.wait_ready(600)
            self._process.stop(60)

    def _data(self):
        return self.zone_set.folder / "data"

    def arguments(self):
        return ["serve", "--zone-list", self.zone_set.zone_list, "--listen",
                addresses.join(self.address, self.port), "--workers", "1", *self.options()]

    def options(self):
        return ["--data", self._data()]


class QuartetMemory(Quartet):
    """Our engine, with zones in memory only."""

    name = "quartet-memory"

    def prepare(self):
        pass

    def options(self):
        return []


ALL = {server.name: server for server in (Echo, ServeEcho, Knot, Nsd, Bind, Pdns, Quartet, QuartetMemory)}
# What the table is about.
DEFAULT = ("echo", "knot", "nsd", "bind", "pdns", "quartet")


def address_of(name):
    """Each server has an address of its own, so that no socket of one is another's. named takes those of interfaces only."""
    return "127.0.0.1" if name == Bind.name else f"127.78.1.{1 + list(ALL).index(name)}"

