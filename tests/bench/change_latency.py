"""A cluster in a folder of its own, one zone, and change_latency_client against it."""

import argparse
import os
import subprocess
import sys
import tempfile

from harness.cluster import Cluster


def main():
    parser = argparse.ArgumentParser(
        description="Milliseconds from a change's RPC to all four nameservers answering with it."
    )
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    client = os.path.join(os.environ["QUARTET_BIN"], "tests/bench/change_latency_client")
    with tempfile.TemporaryDirectory(prefix="quartet-bench-") as folder:
        cluster = Cluster.create(folder)
        try:
            cluster.up()
            cluster.quartet("zone", "create", "bench.test", "--wait")
            for _ in range(options.rounds):
                subprocess.run(
                    [client, "--zone", "bench.test", "--changes", str(options.changes), "--port", str(cluster.port)],
                    env=dict(os.environ, **cluster.environment()), check=True,
                )
                print(flush=True)
        finally:
            cluster.kill()


if __name__ == "__main__":
    sys.exit(main())
