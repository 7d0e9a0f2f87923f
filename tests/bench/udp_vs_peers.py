"""CPU time per UDP query of several servers with the same zone, one after the other, in several rounds.

Every server runs on CPU 0, the load on CPU 1. "µs" is the server's time on the CPU per query, with the interrupts served
in its context (/proc/PID/task/*/schedstat); "user" what of it is in user space, sampled by ticks.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import tempfile
from pathlib import Path

from conformance import peers
from harness.processes import Process
from harness.standalone import Standalone

BENCH = Path(os.environ["QUARTET_BENCH"])
ZONE = "bench.example"
SERVER_CPU, LOAD_CPU = 0, 1
HEAD = """\
$ORIGIN bench.example.
$TTL 300
@ 900 IN SOA ns1 hostmaster 1 7200 900 1209600 300
@ 172800 IN NS ns1
@ 172800 IN NS ns2
ns1 IN A 192.0.2.1
ns2 IN A 192.0.2.2
@ IN MX 10 mail
mail IN A 192.0.2.3
@ IN TXT "v=spf1 -all"
"""


def write_zone(path, names):
    with open(path, "w", encoding="ascii") as file:
        file.write(HEAD)
        for i in range(names):
            file.write(f"host{i} IN A 10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}\n")


def write_queries(path, names, count):
    """80 % addresses that are there, then MX, NXDOMAIN, NODATA and NS."""
    chance = random.Random(1)

    def query():
        host, kind = chance.randrange(names), chance.random()
        if kind < 0.80:
            return f"host{host}.{ZONE} A"
        if kind < 0.88:
            return f"{ZONE} MX"
        if kind < 0.93:
            return f"nope{host}.{ZONE} A"
        if kind < 0.97:
            return f"host{host}.{ZONE} AAAA"
        return f"{ZONE} NS"

    with open(path, "w", encoding="ascii") as file:
        file.writelines(query() + "\n" for _ in range(count))


class Own:
    """One of our programs, from `with` to its end; the like of a Peer."""

    def __init__(self, name, folder, address, *arguments):
        self.name, self.address, self.port = name, address, 5300
        argv = [part.replace("@", f"{address}:{self.port}") for part in map(str, arguments)]
        self._process = Process(name, argv, Path(folder, f"{name}.log"))

    def __enter__(self):
        self._process.start().wait_ready()
        return self

    def __exit__(self, *exception):
        self._process.kill()

    @property
    def pid(self):
        return self._process.identity.pid


def servers(folder, zone_file):
    return {
        "echo": lambda: Own("echo", folder, "127.78.1.1", BENCH / "udp_echo", "plain", "@"),
        "serve-echo": lambda: Own("serve-echo", folder, "127.78.1.2", BENCH / "udp_echo", "serve", "@"),
        "knot": lambda: peers.knot(ZONE, zone_file),
        "nsd": lambda: peers.nsd(ZONE, zone_file),
        "quartet": lambda: Standalone({ZONE: zone_file}, folder, hosts=["127.78.1.3"]),
    }


def family(pid):
    """The process and all its descendants."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = Path("/proc", entry, "stat").read_text(encoding="utf-8", errors="replace")
            children.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(entry))
        except OSError:
            pass
    found, to_visit = [], [pid]
    while to_visit:
        found.append(to_visit.pop())
        to_visit += children.get(found[-1], [])
    return found


def cpu_nanoseconds(pids):
    total = 0
    for pid in pids:
        for task in Path("/proc", str(pid), "task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total


def user_seconds(pids):
    """Time in user space, sampled by the kernel's ticks."""
    ticks = 0
    for pid in pids:
        ticks += int(Path("/proc", str(pid), "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[11])
    return ticks / os.sysconf("SC_CLK_TCK")


def load(server, queries, seconds, window):
    output = subprocess.run(
        [BENCH / "udp_load", server.address, str(server.port), queries, str(seconds), str(window)],
        check=True, capture_output=True, text=True,
    ).stdout
    return json.loads(output)


def measure(make, queries, options):
    os.sched_setaffinity(0, {SERVER_CPU})
    with make() as server:
        os.sched_setaffinity(0, {LOAD_CPU})
        load(server, queries, options.warm, options.window)
        pids = family(server.pid)
        time_before, user_before = cpu_nanoseconds(pids), user_seconds(pids)
        result = load(server, queries, options.seconds, options.window)
        microseconds = (cpu_nanoseconds(pids) - time_before) / 1000 / result["answers"]
        user = (user_seconds(pids) - user_before) * 1e6 / result["answers"]
        return {
            "us": microseconds, "user": user,
            "qps": result["answers"] / result["seconds"], "lost": result["lost"], "rcodes": result["rcodes"],
        }


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/udp_vs_peers", description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of load in each round and server")
    parser.add_argument("--warm", type=float, default=1.0, help="seconds of load before")
    parser.add_argument("--names", type=int, default=100_000, help="in the zone")
    parser.add_argument("--window", type=int, default=200, help="queries under way at a time")
    parser.add_argument("--only", help="servers, separated by commas")
    parser.add_argument("--require", type=float, help="fail if quartet's µs are more than this times knot's")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quartet-bench-") as folder:
        zone_file, queries = Path(folder, "zone"), Path(folder, "queries")
        write_zone(zone_file, options.names)
        write_queries(queries, options.names, 500_000)
        chosen = servers(folder, zone_file)
        if options.only:
            chosen = {name: make for name, make in chosen.items() if name in options.only.split(",")}
        results = {name: [] for name in chosen}
        for number in range(options.rounds):
            for name, make in chosen.items():
                result = measure(make, queries, options)
                results[name].append(result)
                print(json.dumps({"round": number, "server": name, **result}), flush=True)
    return report(results, options)


def report(results, options):
    medians = {name: {key: statistics.median(row[key] for row in rows) for key in ("us", "user", "qps")}
               for name, rows in results.items()}
    knot = medians.get("knot", {}).get("us")
    print(f"\n{options.names} names, {options.rounds} rounds of {options.seconds:g} s, medians\n")
    print(f"{'server':12s} {'µs/query':>9s} {'user':>6s} {'queries/s':>10s} {'× knot':>7s}")
    for name, median in medians.items():
        ratio = f"{median['us'] / knot:7.2f}" if knot else "      -"
        print(f"{name:12s} {median['us']:9.2f} {median['user']:6.2f} {median['qps']:10.0f} {ratio}")
    if options.require and medians["quartet"]["us"] > options.require * knot:
        print(f"quartet takes more than {options.require:g} times what knot takes")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
