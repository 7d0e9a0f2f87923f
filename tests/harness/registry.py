"""The sandbox registry as processes: EPP, RDAP, a root and its TLDs, one of which Debian's knotd may serve.

All of it answers on addresses of 127.53.0.0/24: the root on the first, each TLD on one of its own.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from harness import addresses
from harness.processes import Process, ProcessError

ROOT = "127.53.0.1"
EPP_PORT, RDAP_PORT = 7700, 7780
# Its clients' passwords, by name.
CLIENTS = {"ours": "secret-1", "theirs": "secret-2"}
SECONDS = 30.0

_KNOT = """\
server:
    rundir: {folder}
    listen: {address}@{port}
control:
    listen: {socket}
log:
  - target: stderr
    any: info
database:
    storage: {folder}
zone:
  - domain: {tld}.
    file: {zone}
    zonefile-load: whole
    journal-content: none
    zonefile-sync: -1
"""


def wait_until(condition, message, seconds=SECONDS):
    """For what tells nobody of itself. ProcessError with the message: it did not become true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise ProcessError(message() if callable(message) else message)
        time.sleep(0.02)


def program(name):
    """Path of a server of the system's; None: it is not installed."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def tld_address(number):
    return f"127.53.0.{number + 2}"


class Registry:
    """`tlds` are as sandbox-registry takes them: "test", "example:thick". Everything of it lies in `folder`.

    `dns_port`: its zones are published on that port; None: they are not. `knot`: the TLD that knotd serves.
    `ports`: of EPP and RDAP; None: any that are free.
    """

    def __init__(self, binaries, folder, authority, tlds, dns_port=None, knot=None, ports=None, detached=False, options=()):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.tlds, self.dns_port, self.knot = list(tlds), dns_port, knot
        self.epp_port, self.rdap_port = ports or (_free_port(EPP_PORT), _free_port(RDAP_PORT))
        self.client = authority.find("registrar") or authority.issue("registrar", "quartet://admin/registrar")
        server = authority.find("registry") or authority.issue("registry", "quartet://controller/registry", [ROOT])
        self._faults = self.folder / "faults"
        argv = [
            binaries.path("sandbox-registry"), "--listen", f"{ROOT}:{self.epp_port}", "--rdap", f"{ROOT}:{self.rdap_port}",
            "--data", self.folder / "data", "--faults", self._faults, *server.arguments(),
        ]
        for tld in self.tlds:
            argv += ["--tld", tld]
        for name, password in CLIENTS.items():
            argv += ["--client", f"{name}:{password}"]
        self.process = Process(
            "registry", [*argv, *self._publishing(), *options], self.folder / "registry.log", detached=detached
        )
        self.knotd = None
        if knot:
            argv = [program("knotd") or "knotd", "-c", self.folder / "knot.conf", "-s", self._knot_socket()]
            self.knotd = Process("knotd", argv, self.folder / "knot.log", detached=detached)

    def names(self):
        """Its TLDs, in order."""
        return [tld.split(":")[0] for tld in self.tlds]

    def address_of(self, tld):
        """Where the TLD's name server answers."""
        return tld_address(self.names().index(tld))

    def processes(self):
        return [self.process] + ([self.knotd] if self.knotd else [])

    def state(self):
        """What `Registry` must be given again by who attaches to it."""
        return {
            "tlds": self.tlds, "dns_port": self.dns_port, "knot": self.knot, "ports": [self.epp_port, self.rdap_port],
        }

    # Starting and ending

    def start(self):
        self.process.start().wait_ready()
        if self.knotd:
            Path(self._knot_socket()).parent.mkdir(parents=True, exist_ok=True)
            self._write_knot_conf()
            self.knotd.start().wait_ready()
        return self

    def kill(self):
        for process in self.processes():
            process.kill()
        if self.knotd and Path(self._knot_socket()).parent != self.folder:
            shutil.rmtree(Path(self._knot_socket()).parent, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *exception):
        self.kill()

    # Breaking

    def set_faults(self, *lines):
        """From now on (tests/sandbox_registry/faults.h); without lines it does all right again."""
        made = self._faults.with_suffix(".new")
        made.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
        os.replace(made, self._faults)

    def await_fault(self, command, count=1):
        """Waits until so many commands have met their fault, since it was started first."""
        wait_until(
            lambda: self.process.log_text().count(f"fault at {command}\n") >= count,
            lambda: f"no {command} came to the registry{self.process.log_tail()}",
        )

    def faults_met(self, command):
        return self.process.log_text().count(f"fault at {command}\n")

    # Asking

    def rdap(self, path):
        """What RDAP answers, as JSON; None: there is no such object."""
        try:
            with urllib.request.urlopen(f"http://{ROOT}:{self.rdap_port}{path}", timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                raise

    def nameservers_of(self, domain):
        """Host names that a domain is delegated to, sorted; None: it is not registered."""
        found = self.rdap(f"/domain/{domain}")
        return None if found is None else sorted(host["ldhName"] for host in found.get("nameservers", []))

    # Parts

    def _publishing(self):
        if self.dns_port is None:
            return []
        argv = ["--root", ROOT, "--dns-port", self.dns_port]
        for tld in self.names():
            argv += ["--tld-server", f"{tld}={self.address_of(tld)}"]
        if self.knot:
            # Until knotd runs there is nobody to be told.
            tell = f"test ! -S {self._knot_socket()} || {program('knotc')} -s {self._knot_socket()} zone-reload {self.knot}."
            argv += ["--zone-file", f"{self.knot}={self._knot_zone()}", "--zone-command", f"{self.knot}={tell} >/dev/null"]
        return argv

    def _knot_zone(self):
        return self.folder / f"{self.knot}.zone"

    def _knot_socket(self):
        """Paths of sockets are short."""
        if len(str(self.folder)) < 80:
            return str(self.folder / "knot.sock")
        short = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        return str(Path(tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp", f"knot-{short}", "knot.sock"))

    def _write_knot_conf(self):
        (self.folder / "knot.conf").write_text(_KNOT.format(
            folder=self.folder, socket=self._knot_socket(), address=self.address_of(self.knot), port=self.dns_port,
            tld=self.knot, zone=self._knot_zone(),
        ), encoding="utf-8")


def _free_port(preferred):
    return addresses.common_free_port([ROOT], preferred, preferred + 79)
