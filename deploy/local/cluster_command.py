"""deploy/local/cluster: start, look at and break a local cluster."""

import argparse
import os
import shlex
import sys
from pathlib import Path

import own_network
from harness import layout
from harness.addresses import PortTaken
from harness.binaries import BinaryMissing
from harness.certificates import CertificateError
from harness.cluster import Cluster, ClusterError
from harness.processes import ProcessError
from harness.registry import ROOT
from harness.resolver import ADDRESS as RESOLVER

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# In the checkout, so that each has its own cluster and removing the checkout removes all.
DEFAULT_FOLDER = CHECKOUT / ".local" / "cluster"

# Beside those of the stripes' domains.
REGISTRY_TLDS = ("test", "example")

DONE = {"stop": "stopped", "kill": "killed", "pause": "paused"}

EXAMPLES = """\
examples:
  deploy/local/cluster up                          four regions, two nameservers each
  deploy/local/cluster up --port 5300              not on port 53
  deploy/local/cluster up --regions 2 --per-region 2 --dir /tmp/small
  eval "$(deploy/local/cluster env)"               so that `quartet` talks to it
  deploy/local/cluster context                     or, in every shell: a context of `quartet`, and in use
  quartet zone create example.test --file deploy/local/example.zone --wait
  quartet domain register example.test             at its registry, which is a process of the cluster too
  deploy/local/cluster run quartet status          a command with all of `env`; the only way in for a cluster
                                                   that has a network of its own (quickstart --keep)
  deploy/local/cluster kill ns-1                   SIGKILL; `start ns-1` brings it back
  deploy/local/cluster pause controller            SIGSTOP; `start controller` goes on
  deploy/local/cluster kill-region us-east
  deploy/local/cluster down                        stops everything and removes its data

NODE is a node (ns-1-a), its nameserver (ns-1), `controller`, `registry` or `resolver`.
"""


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="deploy/local/cluster", description="A Quartet cluster of real processes on this machine's loopback.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument("--dir", type=Path, default=DEFAULT_FOLDER, help="the cluster's folder (default: %(default)s)")
    up = commands.add_parser("up", parents=[folder], help="start one; its processes go on when this command ends")
    up.add_argument("--regions", type=int, default=4, help=f"1 to {len(layout.REGIONS)} (default: 4)")
    up.add_argument("--per-region", type=int, default=2, help="nameservers in each (default: 2)")
    up.add_argument("--port", type=int, help="DNS port (default: 53 as root, else the first free one from 5300 on)")
    commands.add_parser("down", parents=[folder], help="stop everything and remove the folder")
    commands.add_parser("status", parents=[folder], help="its processes, nodes and zones")
    commands.add_parser("env", parents=[folder], help="print export lines for `quartet`")
    context_command = commands.add_parser(
        "context", parents=[folder], help="make a context of `quartet` for it, and use that")
    context_command.add_argument("--name", default="local", help="what to call it (default: %(default)s)")
    run = commands.add_parser("run", parents=[folder], help="run a command with the environment of `env`")
    run.add_argument("argv", metavar="COMMAND", nargs=argparse.REMAINDER)
    for name, what in (
        ("stop", "SIGTERM: a clean stop"), ("kill", "SIGKILL: a crash"), ("pause", "SIGSTOP: alive and silent"),
        ("start", "start it again, or let it go on after `pause`"),
    ):
        commands.add_parser(name, parents=[folder], help=what).add_argument("node", metavar="NODE")
    region = commands.add_parser("kill-region", parents=[folder], help="SIGKILL for all nodes of a region")
    region.add_argument("region", metavar="REGION", help=", ".join(layout.REGIONS))
    return parser.parse_args()


def up(arguments):
    if (arguments.dir / "cluster.json").exists():
        old = Cluster.attach(arguments.dir)
        if any(process.is_running() for process in old.processes()):
            raise ClusterError(f"a cluster runs in {arguments.dir}: `deploy/local/cluster down` stops it")
        old.remove()
    cluster = Cluster.create(
        arguments.dir, arguments.regions, arguments.per_region, arguments.port, detached=True
    )
    cluster.add_registry(REGISTRY_TLDS)
    try:
        cluster.up()
    except BaseException:
        cluster.kill()
        raise
    show_processes(cluster)
    print(f"\nData and logs are in {cluster.folder}. To talk to it:")
    print('  eval "$(deploy/local/cluster env)"' if arguments.dir == DEFAULT_FOLDER
          else f'  eval "$(deploy/local/cluster env --dir {shlex.quote(str(arguments.dir))})"')
    print("  quartet status")


def show_processes(cluster):
    rows = [("NODE", "REGION", "STRIPE", "ANSWERS ON", "PROCESS")]
    rows.append(("controller", "", "", cluster.controller_endpoint, process_state(cluster.controller)))
    registry, resolver = cluster.registry, cluster.resolver
    rows.append(("registry", "", "", f"{ROOT}:{registry.epp_port}", process_state(registry.process)))
    if resolver and resolver.process.is_running():
        rows.append(("resolver", "", "", f"{RESOLVER}:53", process_state(resolver.process)))
    for node in cluster.nodes:
        stripe = f"{node.nameserver.stripe}{node.nameserver.slot}"
        rows.append((node.name, node.region, stripe, f"{node.address}:{cluster.port}", process_state(node.process)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


def process_state(process):
    if not process.is_running():
        return "not running"
    return f"{'paused' if process.is_paused() else 'running'}, pid {process.identity.pid}"


def status(arguments):
    cluster = Cluster.attach(arguments.dir)
    show_processes(cluster)
    if not cluster.controller.is_running() or cluster.controller.is_paused():
        print("\nThe controller is away: nodes go on answering. `deploy/local/cluster start controller` brings it back.")
        return
    for command in (("node", "list"), ("zone", "list")):
        print()
        print(cluster.quartet("-o", "table", *command, timeout=10), end="")


def env(arguments):
    cluster = Cluster.attach(arguments.dir)
    for name, value in cluster.environment().items():
        print(f"export {name}={shlex.quote(value)}")
    print(f"export PATH={shlex.quote(str(cluster.binaries.path('quartet').parent))}:\"$PATH\"")


def run(arguments):
    cluster = Cluster.attach(arguments.dir)
    if not arguments.argv:
        raise ClusterError("run what? For example: deploy/local/cluster run quartet status")
    path = f"{cluster.binaries.path('quartet').parent}:{os.environ['PATH']}"
    os.execvpe(arguments.argv[0], arguments.argv, dict(os.environ, **cluster.environment(), PATH=path))


def context(arguments):
    cluster = Cluster.attach(arguments.dir)
    admin = cluster.admin
    print(cluster.quartet(
        "context", "set", arguments.name, "--controller", cluster.controller_endpoint, "--ca", admin.ca,
        "--certificate", admin.certificate, "--key", admin.key,
    ), end="")
    print(cluster.quartet("context", "use", arguments.name), end="")


def down(arguments):
    cluster = Cluster.attach(arguments.dir)
    try:
        cluster.down()
    finally:
        cluster.remove()
    print("The cluster is down.")


def find(cluster, name):
    by_name = {process.name: process for process in cluster.processes()}
    return by_name[name] if name in by_name else cluster.node(name).process


def enter_network(arguments):
    """Where the cluster has a network of its own, all that talks to it must be there."""
    if arguments.command == "up" or not (arguments.dir / "cluster.json").exists():
        return
    running = [process for process in Cluster.attach(arguments.dir).processes() if process.is_running()]
    if not running:
        return
    pid = running[0].identity.pid
    if arguments.command in ("env", "context") and not own_network.is_ours(pid):
        raise ClusterError("it has a network of its own: `deploy/local/cluster run quartet …` talks to it from there")
    own_network.join(pid)


def change_one(arguments):
    cluster = Cluster.attach(arguments.dir)
    process = find(cluster, arguments.node)
    if arguments.command == "start":
        start(cluster, process)
    elif not process.is_running():
        raise ClusterError(f"{process.name} is not running")
    else:
        getattr(process, arguments.command)()
        print(f"{process.name}: {DONE[arguments.command]}")


def start(cluster, process):
    if process.is_paused():
        process.resume()
        print(f"{process.name} goes on, pid {process.identity.pid}")
        return
    process.start()
    cluster.save()
    process.wait_ready()
    print(f"{process.name}: {process_state(process)}")


def kill_region(arguments):
    cluster = Cluster.attach(arguments.dir)
    for node in cluster.region(arguments.region):
        node.process.kill()
        print(f"{node.name}: {process_state(node.process)}")


def main():
    arguments = parse_arguments()
    actions = {
        "up": up, "down": down, "status": status, "env": env, "context": context, "run": run, "kill-region": kill_region,
    }
    try:
        enter_network(arguments)
        actions.get(arguments.command, change_one)(arguments)
    except (BinaryMissing, CertificateError, ClusterError, PortTaken, ProcessError, ValueError) as error:
        sys.exit(f"cluster: {error}")
    except PermissionError as error:
        sys.exit(f"cluster: {error}: only root may use ports below 1024; choose --port 5300 or above")
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
