"""How long a registration takes, the zone's being INSYNC included, and how many a second there can be.

One controller, eight nameservers, the sandbox registry: all on this machine. With CPU seconds of each, and of a domain.
"""

import argparse
import os
import subprocess
import sys
import tempfile

from bench import service
from harness.cluster import Cluster


def measure(cluster, prefix, domains, concurrency):
    cpu = {process.name: service.cpu_seconds(process) for process in cluster.processes()}
    argv = [service.program("register_client"), "--tld", "test", "--prefix", prefix, "--domains", str(domains),
            "--concurrency", str(concurrency)]
    subprocess.run(argv, env=dict(os.environ, **cluster.environment()), stderr=sys.stdout, check=True)
    sys.stdout.flush()
    spent = {process.name: service.cpu_seconds(process) - cpu[process.name] for process in cluster.processes()}
    nodes = sum(spent.pop(node.name) for node in cluster.nodes)
    parts = [*spent.items(), (f"all {len(cluster.nodes)} nodes", nodes)]
    print("  CPU a domain: " + ", ".join(f"{name} {seconds / domains * 1000:.2f} ms" for name, seconds in parts), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--domains", type=int, default=1000, help="with all sessions busy; a fifth of them one by one")
    parser.add_argument("--sessions", type=int, default=8, help="of the controller with the registry")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quartet-bench-") as folder:
        cluster = Cluster.create(folder)
        try:
            cluster.add_registry(["test"], sessions=options.sessions)
            cluster.up()
            measure(cluster, "warm", 50, options.sessions)
            for number in range(options.rounds):
                measure(cluster, f"one-{number}", max(1, options.domains // 5), 1)
                measure(cluster, f"all-{number}", options.domains, options.sessions)
        finally:
            cluster.kill()


if __name__ == "__main__":
    sys.exit(main())
