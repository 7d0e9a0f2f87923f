"""Changes per second that clients sustain, with one zone and with many, and what a change costs in each process."""

import argparse
import json
import sys
import time

from bench import service


def measure(zones, options):
    with service.running(zones) as cluster:
        cpu = service.CpuTime(cluster)
        done = json.loads(service.run_client(
            cluster, "sustained_client", "--zones", zones, "--clients", options.clients, "--seconds", options.seconds,
        ))
        end = time.monotonic()
        cluster.wait_counted(timeout=service.PATIENCE_SECONDS)
        behind = time.monotonic() - end
        controller, nodes = cpu.spent()
        changes = done["changes"]
        print(f"{zones} zone(s), {options.clients} clients: {changes} changes in {done['seconds']:.1f} s,"
              f" {changes / done['seconds']:.0f}/s; reply after p50 {done['p50_ms']:.1f} ms,"
              f" p99 {done['p99_ms']:.1f} ms, max {done['max_ms']:.1f} ms;"
              f" all nodes had all {behind:.2f} s after the end")
        print(f"  CPU a change: controller {controller / changes * 1e6:.0f} us,"
              f" all {len(cluster.nodes)} nodes together {nodes / changes * 1e6:.0f} us,"
              f" clients {done['cpu_seconds'] / changes * 1e6:.0f} us", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zones", type=int, nargs="*", default=[1, 10000])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    for zones in options.zones:
        measure(zones, options)


if __name__ == "__main__":
    sys.exit(main())
