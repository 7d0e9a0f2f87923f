"""Changes per second of a burst over many zones, from the first RPC until all are visible on all four nameservers."""

import argparse
import sys

from bench import service


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zones", type=int, default=10000, help="zones of the service")
    parser.add_argument("--changes", type=int, default=1000, help="each of another zone")
    parser.add_argument("--callers", type=int, default=64, help="changes under way at a time")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with service.running(options.zones) as cluster:
        for number in range(options.rounds):
            cpu = service.CpuTime(cluster)
            print(service.run_client(
                cluster, "burst_client", "--zones", options.zones, "--changes", options.changes,
                "--callers", options.callers, "--port", cluster.port,
            ).strip())
            controller, nodes = cpu.spent()
            print(f"  CPU a change: controller {controller / options.changes * 1e6:.0f} us,"
                  f" all {len(cluster.nodes)} nodes together {nodes / options.changes * 1e6:.0f} us", flush=True)


if __name__ == "__main__":
    sys.exit(main())
