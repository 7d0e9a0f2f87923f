"""A node away for many changes: seconds until it serves them all, and CPU of both sides."""

import argparse
import os
import sys
import tempfile
import time

from harness.change_load import ChangeLoad
from harness.cluster import Cluster

ZONES = 8


def cpu_seconds(process):
    with open(f"/proc/{process.identity.pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def row(cluster, node):
    rows = cluster.quartet_json("node", "list")["nodes"]
    return next(row for row in rows if row["name"] == f"nodes/{node.name}")


def main():
    parser = argparse.ArgumentParser(description="Seconds until a node that was away has caught up from the log.")
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quartet-bench-") as folder:
        cluster = Cluster.create(folder, per_region=1)
        try:
            cluster.up()
            zones = [f"z{number}.bench.test" for number in range(ZONES)]
            for zone in zones:
                cluster.quartet("zone", "create", zone, "--wait")
            for _ in range(options.rounds):
                measure(cluster, zones, options.changes)
        finally:
            cluster.kill()


def measure(cluster, zones, changes):
    node = cluster.nodes[0]
    node.process.stop()
    loads = [ChangeLoad(cluster, zone, changes // ZONES) for zone in zones]
    for load in loads:
        if load.finish() != 0:
            sys.exit("not all changes were taken")
    controller = cpu_seconds(cluster.controller)
    begin = time.monotonic()
    node.process.start()
    node.process.wait_ready()
    answering = time.monotonic() - begin
    cluster.wait_counted([node], 300)
    caught_up = time.monotonic() - begin
    pending = int(cluster.quartet_json("status").get("pending_changes", 0))
    while pending > 0:
        time.sleep(0.05)
        pending = int(cluster.quartet_json("status").get("pending_changes", 0))
    insync = time.monotonic() - begin
    print(
        f"{changes} changes: answering after {answering:.2f} s, caught up after {caught_up:.2f} s, all INSYNC after"
        f" {insync:.2f} s; CPU: node {cpu_seconds(node.process):.2f} s,"
        f" controller {cpu_seconds(cluster.controller) - controller:.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
