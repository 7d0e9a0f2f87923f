"""Measures what answering costs, beside other servers in the same run, and writes the table.

Every server runs on one CPU, the load on another, in a network namespace of its own; rounds go over all servers in turn,
so that what else the machine does falls on all of them. Printed as it goes: one line of JSON for each server and round.
"""

import argparse
import datetime
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.answering import data, measure, plot, report, servers
from bench.answering.rows import BY_NAME, ROWS, title, visit

# Zones and hosts of each set, as they are and for the benchmark's own test.
SETS = {"one": (1, 100_000), "many": (100_000, 10), "million": (1_000_000, 10), "giant": (1, 10_000_000)}
SMALL = {"one": (1, 500), "many": (200, 10), "million": (400, 10), "giant": (1, 3_000)}
# Not measured unless asked for.
LARGE = ("million", "giant")
QUERIES = {False: 500_000, True: 5_000}


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="tests/bench/run", description=__doc__.split("\n", maxsplit=1)[0],
        epilog="Example: tests/bench/run --rows udp-one,flood --servers echo,knot,quartet --rounds 5",
    )
    parser.add_argument("--rows", help=f"separated by commas, of {', '.join(BY_NAME)};"
                                       " default: all but those of a million zones, and of ten million names")
    parser.add_argument("--all", action="store_true",
                        help="all rows: needs 20 GB of memory, and takes minutes a start of each other server")
    parser.add_argument("--servers", help=f"of {', '.join(servers.ALL)}; default: {', '.join(servers.DEFAULT)},"
                                          " those of them that are installed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of load for each row, round and server")
    parser.add_argument("--warm", type=float, default=1.0, help="seconds of load before that")
    parser.add_argument("--window", type=int, default=200, help="queries under way at a time")
    parser.add_argument("--out", type=Path, help="folder for answering.md, answering.json and answering.svg; made if absent")
    parser.add_argument("--work", type=Path, help="folder for zones and databases, which are kept there; default: a new one")
    parser.add_argument("--small", action="store_true", help="a few zones, to try it: the figures mean nothing")
    options = parser.parse_args(arguments)
    options.rows = choose(parser, options.rows, BY_NAME,
                          [row.name for row in ROWS if options.all or row.zone_set not in LARGE])
    options.servers = choose(parser, options.servers, servers.ALL,
                             [name for name in servers.DEFAULT if servers.ALL[name].find()])
    return options


def choose(parser, asked, known, default):
    if not asked:
        return default
    chosen = asked.split(",")
    unknown = [name for name in chosen if name not in known]
    if unknown:
        parser.error(f"{', '.join(unknown)}: there are {', '.join(known)}")
    return [name for name in known if name in chosen]


def run_set(name, options, work, results):
    """All rounds of one set of zones; adds to `results`: server -> row -> list."""
    sizes = SMALL if options.small else SETS
    folder = work / f"{name}{'-small' if options.small else ''}"
    rows = [BY_NAME[row] for row in options.rows if BY_NAME[row].zone_set == name]
    zone_set = (data.ZoneSet(name, *sizes[name], folder) if folder.exists()
                else data.make(name, *sizes[name], folder, QUERIES[options.small]))
    for number in range(options.rounds):
        for server in options.servers:
            taken = visit(servers.ALL[server], zone_set, rows, options)
            print(json.dumps({"round": number, "set": name, "server": server, **taken}), flush=True)
            for row, result in taken.items():
                results[server].setdefault(row, []).append(result)
    return [(row, title(row, zone_set)) for row in rows]


def run(options, work):
    results = {server: {} for server in options.servers}
    titled = {}
    for name in SETS:
        if any(BY_NAME[row].zone_set == name for row in options.rows):
            titled.update((row.name, (row, text)) for row, text in run_set(name, options, work, results))
    lines = []
    for name in options.rows:
        row, text = titled[name]
        lines.append((row, text, {server: report.medians(row, found[name])
                                  for server, found in results.items() if name in found}))
    return lines, results


def about(options):
    server_cpu, load_cpu = measure.SERVER_CPU, measure.LOAD_CPU
    shared = " (one CPU for both: figures mean little)" if server_cpu == load_cpu else ""
    return (f"Medians of {options.rounds} rounds of {options.seconds:g} s, {os.uname().sysname} {os.uname().release},"
            f" {os.cpu_count()} CPUs, server on {server_cpu}, load on {load_cpu}{shared};"
            f" {datetime.date.today().isoformat()}.")


def write(options, lines, results):
    text = report.markdown(lines, options.servers, not options.small, about(options))
    print("\n" + text)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "answering.md").write_text(text, encoding="utf-8")
        (options.out / "answering.json").write_text(report.as_json(lines, results, about(options)), encoding="utf-8")
        (options.out / "answering.svg").write_text(plot.svg(lines, not options.small), encoding="utf-8")


def main(arguments):
    options = parse(arguments)
    work = options.work or Path(tempfile.mkdtemp(prefix="quartet-bench-"))
    work.mkdir(parents=True, exist_ok=True)
    try:
        lines, results = run(options, work)
    except measure.Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    finally:
        if not options.work:
            shutil.rmtree(work, ignore_errors=True)
    write(options, lines, results)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
