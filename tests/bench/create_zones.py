"""Many zones through one CreateZones call: how long until all are made and INSYNC, and what it costs.

Then, with all of them there: the first page of `zone list`, and the controller's memory.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench import service
from harness.cluster import Cluster


def resident(process):
    """MiB of memory, now and at most."""
    fields = dict(
        line.split(":", 1) for line in Path(f"/proc/{process.identity.pid}/status").read_text(encoding="ascii").splitlines()
    )
    return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))


def make(cluster, options):
    cpu = service.CpuTime(cluster)
    start = time.monotonic()
    took, last = service.run_client(
        cluster, "create_zones_client", "--zones", options.zones, "--record-sets", options.record_sets
    ).split()
    controller, nodes = cpu.spent()
    print(
        f"{options.zones} zones of {options.record_sets} record sets made in {float(took):.1f} s, {options.zones / float(took):.0f} a second;"
        f" CPU a zone: controller {controller / options.zones * 1e6:.0f} us, all {len(cluster.nodes)} nodes together"
        f" {nodes / options.zones * 1e6:.0f} us", flush=True,
    )
    if options.nodes:
        cluster.quartet("change", "wait", last.removeprefix("changes/"), "--timeout", 600, timeout=900)
        print(f"the last one INSYNC after {time.monotonic() - start:.1f} s", flush=True)


def look(cluster, options):
    now, most = resident(cluster.controller)
    print(f"controller: {now:.0f} MiB resident, {most:.0f} MiB at most", flush=True)
    times = sorted(float(one) for one in service.run_client(cluster, "list_zones_client", "--rounds", options.rounds).split())
    print(
        f"first page of 100 zones: {statistics.median(times):.2f} ms (median of {len(times)}), {times[0]:.2f} to {times[-1]:.2f} ms",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zones", type=int, default=100_000)
    parser.add_argument("--record-sets", type=int, default=18)
    parser.add_argument("--no-nodes", dest="nodes", action="store_false", help="a controller alone: nothing becomes INSYNC")
    parser.add_argument("--rounds", type=int, default=50, help="first pages asked for")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quartet-bench-") as folder:
        cluster = Cluster.create(folder, 4, 1)
        try:
            cluster.init_controller()
            cluster.start_controller()
            cluster.enrol()
            if options.nodes:
                cluster.start_nodes(cluster.nodes)
                cluster.wait_counted()
            make(cluster, options)
            look(cluster, options)
        finally:
            cluster.kill()


if __name__ == "__main__":
    sys.exit(main())
