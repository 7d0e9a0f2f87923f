"""A Quartet cluster of real processes on loopback: one controller, nameservers in regions, a node each.

The cluster's folder holds everything: data, logs, certificates and `cluster.json`, from which another process finds it
again. Attached clusters (tests) end with us, detached ones (deploy/local/cluster) live on.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

from harness import addresses, layout, registries_file
from harness.binaries import Binaries
from harness.certificates import Authority, Credentials
from harness.processes import Identity, Process, ProcessError
from harness.registry import Registry, wait_until
from harness.resolver import Resolver

CONTROLLER_ADDRESS = "127.77.0.1"
CONTROLLER_PORT = 4700
CONTROLLER_NAME = "controller-1"
COUNTED_SECONDS = 30.0


class ClusterError(Exception):
    """Something about the cluster is not as asked for. The message says what to do."""


class CommandFailed(ClusterError):
    """`quartet` ended with an error."""

    def __init__(self, arguments, result):
        self.command = " ".join(map(str, arguments))
        self.result = result
        text = result.stderr.strip() or result.stdout.strip()
        super().__init__(f"`quartet {self.command}` failed (exit code {result.returncode}): {text}")


class Node:
    """One node: its nameserver, and its process."""

    def __init__(self, nameserver, name, process):
        self.nameserver = nameserver
        self.name = name
        self.process = process

    @property
    def region(self):
        return self.nameserver.region

    @property
    def address(self):
        return self.nameserver.address


class Cluster:
    """Make one with `create` or `attach`."""

    def __init__(self, folder, binaries, port, controller_port, nameservers, detached):
        self.folder = Path(folder).absolute()
        self.binaries = binaries
        self.port = port
        self.controller_endpoint = addresses.join(CONTROLLER_ADDRESS, controller_port)
        self._controller_port = controller_port
        self._detached = detached
        certificates = self.folder / "certificates"
        self.admin = _credentials(certificates, "admin")
        self.controller = self._process(
            "controller", "quartet-controller", "--name", CONTROLLER_NAME, "--data", self.folder / "controller",
            "--listen", self.controller_endpoint, credentials=_credentials(certificates, "controller"),
        )
        self.nodes = [self._node(nameserver, certificates) for nameserver in nameservers]
        self.registry = None
        self.resolver = None

    def _node(self, nameserver, certificates):
        name = f"{nameserver.name}-a"
        process = self._process(
            name, "quartet-nameserver", "--data", self.folder / name, "--controller", self.controller_endpoint,
            "--listen", addresses.join(nameserver.address, self.port), "--workers", 1,
            credentials=_credentials(certificates, name),
        )
        return Node(nameserver, name, process)

    def _process(self, name, program, *arguments, credentials):
        argv = [self.binaries.path(program), "run", *arguments, *credentials.arguments()]
        return Process(name, argv, self.folder / "logs" / f"{name}.log", detached=self._detached)

    def add_node(self, nameserver):
        """A node, not yet started, for a nameserver that the controller was told of later."""
        certificates = self.folder / "certificates"
        name = f"{nameserver.name}-a"
        Authority(certificates).issue(name, f"quartet://nameserver/{nameserver.name}/node/{name}")
        self.nodes.append(self._node(nameserver, certificates))
        return self.nodes[-1]

    # Its registry, and who asks from outside

    def add_registry(self, tlds, knot=None, options=(), **fields):
        """A registry of these TLDs and of those of the stripes' domains; before `up`. `fields`: see registries_file."""
        stripes = [layout.stripe_domain(stripe).partition(".")[2] for stripe in layout.STRIPES]
        # One registry has one policy: its TLDs are all thick, or none is.
        policy = ":thick" if any("thick" in tld.split(":")[1:] for tld in tlds) else ""
        self._attach_registry({
            "tlds": [*tlds, *(stripe + policy for stripe in stripes)], "dns_port": self.port, "knot": knot, "ports": None,
        }, options)
        self.write_registries({"sandbox": registries_file.stanza(self.registry, self.folder, **fields)})
        self.controller.argv += ["--registries", str(self.folder / "registries.yaml")]
        self.save()
        return self.registry

    def write_registries(self, stanzas):
        """For the controller's next start."""
        registries_file.write(self.folder / "registries.yaml", stanzas)

    def _attach_registry(self, state, options=()):
        self.registry = Registry(
            self.binaries, self.folder / "registry", Authority(self.folder / "certificates"), **state,
            detached=self._detached, options=options,
        )

    def wait_stripes(self, timeout=COUNTED_SECONDS):
        """Waits until the stripes' domains, in which the nameservers' names lie, are registered and delegated."""
        domains = [layout.stripe_domain(stripe) for stripe in layout.STRIPES]
        wait_until(
            lambda: all(self.registry.nameservers_of(domain) for domain in domains),
            lambda: f"not all of {', '.join(domains)} are delegated:\n{self.run_quartet('domain', 'operations').stdout}",
            timeout,
        )

    def add_resolver(self):
        """A recursive resolver, not yet started, that knows the registry's root."""
        self.resolver = Resolver(self.folder / "resolver", self.registry.names(), detached=self._detached)
        return self.resolver

    def start_resolver(self):
        self.add_resolver().start()
        self.save()
        return self.resolver

    def restart_resolver(self):
        self.resolver.restart()
        self.save()

    # Making, finding, removing

    @staticmethod
    def create(folder, regions=4, per_region=2, port=None, binaries=None, detached=False):
        """A cluster not yet started. Port None: 53 where we may listen there, else the first free from 5300 on."""
        folder = Path(folder)
        if (folder / "cluster.json").exists():
            raise ClusterError(f"{folder} holds a cluster already: take it down first, or choose another folder")
        nameservers = layout.nameservers(regions, per_region)
        own = [nameserver.address for nameserver in nameservers]
        port = _choose_port(own) if port is None else port
        addresses.require_free(own, port)
        controller_port = CONTROLLER_PORT
        if not addresses.is_free(CONTROLLER_ADDRESS, controller_port):
            controller_port = addresses.free_port(CONTROLLER_ADDRESS)
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        _issue_certificates(folder / "certificates", nameservers)
        cluster = Cluster(folder, binaries or Binaries.find(), port, controller_port, nameservers, detached)
        cluster.save()
        return cluster

    @staticmethod
    def attach(folder):
        """The cluster another process made in the folder."""
        try:
            state = json.loads((Path(folder) / "cluster.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ClusterError(f"no cluster in {folder}: start one with `deploy/local/cluster up`") from None
        nameservers = [layout.Nameserver(**fields) for fields in state["nameservers"]]
        cluster = Cluster(
            folder, Binaries(state["binaries"]), state["port"], state["controller_port"], nameservers, detached=True
        )
        if state.get("registry"):
            cluster._attach_registry(state["registry"])
            cluster.controller.argv += ["--registries", str(cluster.folder / "registries.yaml")]
            cluster.add_resolver()
        for process in cluster.processes():
            if process.name in state["processes"]:
                process.attach(Identity(**state["processes"][process.name]))
        return cluster

    def save(self):
        """Writes cluster.json, whole or not at all."""
        running = {process.name: vars(process.identity) for process in self.processes() if process.identity}
        state = {
            "binaries": str(self.binaries.folder), "port": self.port, "controller_port": self._controller_port,
            "nameservers": [vars(node.nameserver) for node in self.nodes], "processes": running,
            "registry": self.registry.state() if self.registry else None,
        }
        temporary = self.folder / "cluster.json.new"
        temporary.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
        os.replace(temporary, self.folder / "cluster.json")

    def processes(self):
        others = self.registry.processes() if self.registry else []
        others += [self.resolver.process] if self.resolver else []
        return [self.controller] + [node.process for node in self.nodes] + others

    # Starting and ending

    def up(self):
        """Makes a new service, starts everything, enrols it, and waits until every node is counted.

        With a registry, until the nameservers' names are registered too.
        """
        if self.registry:
            self.registry.start()
        self.init_controller()
        self.start_controller()
        self.enrol()
        self.start_nodes(self.nodes)
        self.wait_counted()
        if self.registry:
            self.wait_stripes()
        return self

    def init_controller(self):
        """Makes the database of a new service. ClusterError: there is one, or it can't be made."""
        argv = [self.binaries.path("quartet-controller"), "init", "--name", CONTROLLER_NAME, "--data", self.folder / "controller"]
        result = subprocess.run([str(part) for part in argv], capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ClusterError(f"the controller's database can't be made: {(result.stderr or result.stdout).strip()}")

    def start_controller(self):
        self.controller.start()
        self.save()
        self.controller.wait_ready()

    def enrol(self):
        """Tells the controller stripes, nameservers and nodes."""
        for stripe in layout.STRIPES:
            self.quartet("stripe", "set-domain", stripe, layout.stripe_domain(stripe))
        for node in self.nodes:
            nameserver = node.nameserver
            self.quartet(
                "nameserver", "add", nameserver.name, "--stripe", nameserver.stripe, "--slot", nameserver.slot,
                "--region", nameserver.region, "--address", nameserver.address,
            )
            self.quartet("node", "add", node.name, "--nameserver", nameserver.name)

    def start_nodes(self, nodes):
        """Starts nodes side by side and waits until all of them answer on their sockets."""
        for node in nodes:
            node.process.start()
        self.save()
        for node in nodes:
            node.process.wait_ready()

    def wait_counted(self, nodes=None, timeout=COUNTED_SECONDS):
        """Waits until INSYNC waits for these nodes (None: all), and they are connected and have acknowledged all."""
        wanted = {f"nodes/{node.name}" for node in (self.nodes if nodes is None else nodes)}

        def missing(rows):
            return wanted - {
                row["name"] for row in rows
                if row["state"] == "STATE_COUNTED" and row["connected"] and row["lag"] == "0"
            }

        rows = []
        for rows in self.watch_nodes(timeout):
            if not missing(rows):
                return
        raise ClusterError(f"not counted and caught up after {timeout:g} s: {', '.join(sorted(missing(rows)))}")

    def watch_nodes(self, timeout):
        """The rows of all nodes, again whenever one moves, for so many seconds."""
        argv = [str(self.binaries.path("quartet")), "--timeout", str(timeout), "-o", "json", "node", "watch"]
        with subprocess.Popen(
            argv, env=dict(os.environ, **self.environment()), text=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as command:
            try:
                for line in command.stdout:
                    yield json.loads(line).get("nodes", [])
            finally:
                command.kill()

    def down(self):
        """Stops everything in order. All processes are gone afterwards, also if one had to be killed (raised then)."""
        faults = []
        for process in reversed(self.processes()):
            try:
                process.stop()
            except ProcessError as error:
                faults.append(str(error))
        if faults:
            raise ClusterError("\n".join(faults))

    def kill(self):
        """Ends everything at once."""
        for process in self.processes():
            process.kill()
        if self.registry:
            self.registry.kill()

    def remove(self):
        """Ends everything and removes the folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Looking

    def node(self, name):
        """By name of node or nameserver."""
        for node in self.nodes:
            if name in (node.name, node.nameserver.name):
                return node
        raise ClusterError(f"no node {name}; there are {', '.join(node.name for node in self.nodes)}")

    def region(self, region):
        nodes = [node for node in self.nodes if node.region == region]
        if not nodes:
            regions = sorted({node.region for node in self.nodes})
            raise ClusterError(f"no region {region}; there are {', '.join(regions)}")
        return nodes

    def nodes_of_zone(self, zone):
        """The nodes of the four nameservers of a Zone message, in its order."""
        names = [server["nameserver"].removeprefix("nameservers/") for server in zone["nameservers"]]
        return [self.node(name) for name in names]

    # Talking to the controller

    def environment(self):
        """What makes `quartet` talk to this cluster."""
        return {
            "QUARTET_CONTROLLER": self.controller_endpoint, "QUARTET_CA": str(self.admin.ca),
            "QUARTET_CERTIFICATE": str(self.admin.certificate), "QUARTET_KEY": str(self.admin.key),
        }

    def quartet(self, *arguments, check=True, timeout=60.0):
        """Runs `quartet` with arguments; its standard output. CommandFailed: it ended with an error and `check`."""
        result = self.run_quartet(*arguments, timeout=timeout)
        if check and result.returncode != 0:
            raise CommandFailed(arguments, result)
        return result.stdout

    def run_quartet(self, *arguments, timeout=60.0):
        """As subprocess.run does: exit code, output, errors."""
        argv = [str(part) for part in (self.binaries.path("quartet"), *arguments)]
        environment = dict(os.environ, **self.environment())
        return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=timeout, check=False)

    def quartet_json(self, *arguments, timeout=60.0):
        return json.loads(self.quartet("-o", "json", *arguments, timeout=timeout))

    def zones(self):
        """All Zone messages."""
        return self.quartet_json("zone", "list").get("zones", [])


def _choose_port(own):
    if addresses.may_bind_low_ports(own[0]) and all(addresses.is_free(address, 53) for address in own):
        return 53
    return addresses.common_free_port(own)


def _credentials(folder, file_name):
    return Credentials(folder / "ca.pem", folder / f"{file_name}.pem", folder / f"{file_name}.key")


def _issue_certificates(folder, nameservers):
    authority = Authority(folder)
    authority.issue("admin", "quartet://admin/local")
    hosts = ("127.0.0.1", "::1", "localhost", CONTROLLER_ADDRESS)
    authority.issue("controller", f"quartet://controller/{CONTROLLER_NAME}", hosts)
    for nameserver in nameservers:
        node = f"{nameserver.name}-a"
        authority.issue(node, f"quartet://nameserver/{nameserver.name}/node/{node}")
