"""A service with many zones, and nodes with empty disks that fill themselves from it, all at once."""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time

import service
from harness import dns_query
from harness.cluster import Cluster

SAMPLE = 200


def memory(process, row):
    """MiB by a row of /proc/PID/status (proc(5))."""
    with open(f"/proc/{process.identity.pid}/status", encoding="utf-8") as status:
        for line in status:
            if line.startswith(row + ":"):
                return int(line.split()[1]) / 1024
    return 0.0


def check_answers(cluster, options, nodes):
    """Every node answers for a sample of the zones."""
    for number in random.sample(range(options.zones), min(SAMPLE, options.zones)):
        for node in nodes:
            answer = dns_query.ask(node.address, f"h0.z{number}.test.", "A", port=cluster.port)
            if answer.rcode != "NOERROR" or len(answer.answers) != 1:
                raise SystemExit(f"{node.name} answers {answer.rcode} for z{number}.test")


def fill(cluster, options, nodes):
    """Starts the nodes, and prints what it took until they had everything."""
    before = service.cpu_seconds(cluster.controller)
    begin = time.monotonic()
    cluster.start_nodes(nodes)
    answering = time.monotonic() - begin
    cluster.wait_counted(nodes, timeout=service.PATIENCE_SECONDS)
    acknowledged = time.monotonic() - begin
    controller = service.cpu_seconds(cluster.controller) - before
    used = [service.cpu_seconds(node.process) for node in nodes]
    check_answers(cluster, options, nodes)
    print(f"{len(nodes)} nodes: all answer after {answering:.2f} s, have acknowledged after {acknowledged:.2f} s")
    print(f"{'':12}{'CPU s':>8}{'us a zone':>12}{'RSS MiB':>10}{'peak MiB':>10}")
    rows = [(node.name, node.process, seconds) for node, seconds in zip(nodes, used)]
    for name, process, seconds in rows + [("controller", cluster.controller, controller)]:
        print(
            f"{name:12}{seconds:8.2f}{seconds * 1e6 / options.zones:12.1f}{memory(process, 'VmRSS'):10.0f}"
            f"{memory(process, 'VmHWM'):10.0f}", flush=True,
        )


def ask_for_all(cluster, options, nodes):
    """Every zone of each node once, in random order, so many at a time: what it holds then."""
    for node in nodes:
        queries = cluster.folder / "queries"
        numbers = random.sample(range(options.zones), options.zones)
        queries.write_text("".join(f"h0.z{number}.test A\n" for number in numbers), encoding="ascii")
        # Once through: 0 seconds.
        argv = [service.program("dns_load"), "udp", node.address, str(cluster.port), queries, "0", "64"]
        asked = json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
        print(
            f"{node.name}: all zones asked for once: {asked['answers']} answers {asked['rcodes']}, {asked['lost']} lost, in"
            f" {asked['seconds']:.1f} s; RSS {memory(node.process, 'VmRSS'):.0f} MiB, peak {memory(node.process, 'VmHWM'):.0f} MiB",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description="Seconds until empty nodes answer for all zones.")
    parser.add_argument("--zones", type=int, default=10000)
    parser.add_argument("--records", type=int, default=18, help="record sets of each zone, SOA and NS included")
    parser.add_argument("--nodes", type=int, default=4, choices=range(1, 5))
    parser.add_argument(
        "--rounds", type=int, default=2, help="fill them so often, each time from empty disks; by the first, all changes become INSYNC"
    )
    parser.add_argument("--memory-budget", metavar="SIZE", help="of each node, as 512MB; then each is asked for every zone once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quartet-bench-") as folder:
        cluster = Cluster.create(folder, per_region=1)
        try:
            service.found(cluster, options.zones, options.records)
            nodes = cluster.nodes[: options.nodes]
            for node in nodes:
                node.process.argv += ["--memory-budget", options.memory_budget] if options.memory_budget else []
            for _ in range(options.rounds):
                for node in nodes:
                    node.process.stop()
                    shutil.rmtree(cluster.folder / node.name, ignore_errors=True)
                fill(cluster, options, nodes)
            if options.memory_budget:
                ask_for_all(cluster, options, nodes)
        finally:
            cluster.kill()


if __name__ == "__main__":
    sys.exit(main())
