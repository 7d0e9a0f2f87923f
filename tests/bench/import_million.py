"""A zone file of a million record sets through the command: seconds until INSYNC, and the memory that it took."""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from harness.cluster import Cluster


def write_zone_file(path, count):
    """As many record sets as `count`: mostly A, every tenth AAAA beside it, every fiftieth an MX."""
    with open(path, "w", encoding="utf-8") as out:
        out.write("$TTL 300\n")
        made = number = 0
        while made < count:
            number += 1
            out.write(f"host-{number:07} A 10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}\n")
            made += 1
            if number % 10 == 0 and made < count:
                out.write(f"host-{number:07} AAAA 2001:db8::{number >> 16:x}:{number & 65535:x}\n")
                made += 1
            if number % 50 == 0 and made < count:
                out.write(f"host-{number:07} MX 10 mail\n")
                made += 1


def memory(process, field):
    """MiB, from /proc: VmHWM is the most that was resident, VmRSS what is now."""
    for line in Path(f"/proc/{process.identity.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise ValueError(field)


def reset_peak(process):
    try:
        Path(f"/proc/{process.identity.pid}/clear_refs").write_text("5", encoding="ascii")
    except OSError as error:
        print(f"the peak of {process.name} counts from its start: {error}", file=sys.stderr)


def cpu_seconds(process):
    fields = Path(f"/proc/{process.identity.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def show_memory(cluster, before):
    for process in cluster.processes():
        print(
            f"  {process.name:14} before {before[process.name]:7.1f} MiB   peak {memory(process, 'VmHWM'):7.1f} MiB   "
            f"now {memory(process, 'VmRSS'):7.1f} MiB"
        )


def import_once(cluster, path, options, *arguments):
    before = {process.name: memory(process, "VmRSS") for process in cluster.processes()}
    for process in cluster.processes():
        reset_peak(process)
    start = time.monotonic()
    result = json.loads(cluster.quartet(
        "-o", "json", "zone", "import", "bench.test", path, *arguments, "--timeout", options.timeout, timeout=options.timeout * 4
    ))
    imported = time.monotonic()
    cluster.quartet("change", "wait", result["change"]["name"].removeprefix("changes/"), "--timeout", options.timeout, timeout=options.timeout * 2)
    insync = time.monotonic()
    print(
        f"{int(result['added']) + int(result['changed'])} record sets put, {result['removed']} removed: "
        f"logged in {imported - start:.1f} s, INSYNC after {insync - start:.1f} s"
    )
    show_memory(cluster, before)
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record-sets", type=int, default=1_000_000)
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds without a word from the controller")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quartet-bench-") as folder:
        path = Path(folder) / "million.zone"
        write_zone_file(path, options.record_sets)
        print(f"a zone file of {path.stat().st_size / 2**20:.1f} MiB")
        cluster = Cluster.create(Path(folder) / "cluster", per_region=1)
        try:
            cluster.up()
            cluster.quartet("zone", "create", "bench.test", "--wait")
            import_once(cluster, path, options)
            path.write_text(path.read_text(encoding="utf-8").replace("$TTL 300", "$TTL 301", 1), encoding="utf-8")
            import_once(cluster, path, options, "--replace", "--force")
            print("CPU seconds: " + ", ".join(f"{one.name} {cpu_seconds(one):.1f}" for one in cluster.processes()))
        finally:
            cluster.kill()


if __name__ == "__main__":
    sys.exit(main())
