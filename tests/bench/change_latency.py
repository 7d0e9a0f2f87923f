"""Milliseconds from a change's RPC to all four nameservers answering with it."""

import argparse
import contextlib
import os
import subprocess
import sys
import time

from bench import service
from bench.import_million import write_zone_file


def run_client(cluster, changes):
    print(service.run_client(
        cluster, "change_latency_client", "--zone", "z0.test", "--changes", changes, "--port", cluster.port,
    ), flush=True)


@contextlib.contextmanager
def importing(cluster, record_sets):
    """An import into another zone, under way; the Popen of the command."""
    path = cluster.folder / "large.zone"
    write_zone_file(path, record_sets)
    cluster.quartet("zone", "create", "large.test", "--wait")
    command = subprocess.Popen(
        [str(cluster.binaries.path("quartet")), "--timeout", "600", "zone", "import", "large.test", str(path), "--wait"],
        env=dict(os.environ, **cluster.environment()), stdout=subprocess.DEVNULL, text=True,
    )
    try:
        yield command
    finally:
        command.kill()
        command.wait()


def measure_during_import(cluster, changes, record_sets):
    """As often as the import lasts."""
    with importing(cluster, record_sets) as command:
        start = time.monotonic()
        while command.poll() is None:
            run_client(cluster, changes)
        if command.returncode != 0:
            raise RuntimeError("the import failed")
        print(f"the import of {record_sets} record sets was INSYNC after {time.monotonic() - start:.1f} s at most")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--zones", type=int, default=1, help="zones of the service; one is changed")
    parser.add_argument(
        "--during-import", type=int, metavar="RECORD_SETS", help="while so many are imported into another zone"
    )
    options = parser.parse_args()
    with service.running(options.zones) as cluster:
        if options.during_import:
            measure_during_import(cluster, options.changes, options.during_import)
        else:
            for _ in range(options.rounds):
                run_client(cluster, options.changes)


if __name__ == "__main__":
    sys.exit(main())
