"""Milliseconds from a change's RPC to all four nameservers answering with it."""

import argparse
import sys

from bench import service


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--zones", type=int, default=1, help="zones of the service; one is changed")
    options = parser.parse_args()
    with service.running(options.zones) as cluster:
        for _ in range(options.rounds):
            print(service.run_client(
                cluster, "change_latency_client", "--zone", "z0.test", "--changes", options.changes, "--port",
                cluster.port,
            ), flush=True)


if __name__ == "__main__":
    sys.exit(main())
