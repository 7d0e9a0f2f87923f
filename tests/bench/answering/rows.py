"""The rows of the table: what is measured of which set of zones, and what we are to reach."""

import os
import time
from dataclasses import dataclass

from bench.answering import measure, servers

# Of a million zones.
START_SECONDS = 600
# Sweeps after which not every zone was answered once are repeated.
SWEEPS = 20


@dataclass(frozen=True)
class Row:
    """One line of the table. `take` is what a visit measures for it: cost, start, idle or memory."""

    name: str
    zone_set: str
    title: str
    unit: str
    take: str
    # Of a cost: how it is asked, and what.
    transport: str = "udp"
    queries: str = "mix"
    # What Quartet is to reach, in the row's unit, on the machine of the figures in docs/performance.md.
    goal: float = None


ROWS = (
    Row("udp-one", "one", "UDP, {zones} zone of {names} names", "µs", "cost", goal=3.8),
    Row("udp-many", "many", "UDP, {zones} zones of {records} records", "µs", "cost", goal=4.5),
    Row("udp-million", "million", "UDP, {zones} zones of {records} records", "µs", "cost", goal=5.0),
    # To be held against udp-one: at most 1.3 times that.
    Row("udp-giant", "giant", "UDP, {zones} zone of {names} names", "µs", "cost"),
    Row("flood", "one", "UDP, random names that do not exist", "µs", "cost", queries="flood", goal=3.6),
    Row("tcp", "one", "TCP, 8 reused connections", "µs", "cost", transport="tcp", goal=6.0),
    Row("memory-many", "many", "memory, {zones} zones, all of them asked for", "MB", "memory", goal=200),
    Row("idle-many", "many", "memory, {zones} zones, just started", "MB", "idle", goal=70),
    Row("memory-million", "million", "memory, {zones} zones, all of them asked for", "MB", "memory", goal=2000),
    Row("start-many", "many", "start to first right answers, {zones} zones", "s", "start", goal=0.25),
    Row("start-million", "million", "start to first right answers, {zones} zones", "s", "start", goal=1.0),
)
BY_NAME = {row.name: row for row in ROWS}


def title(row, zone_set):
    return row.title.format(zones=f"{zone_set.zones:,}", names=f"{zone_set.hosts:,}", records=zone_set.hosts + 8)


def visit(server_class, zone_set, rows, options):
    """Starts a server once and takes all these rows of one set; results by the row's name."""
    results = {}
    os.sched_setaffinity(0, {measure.SERVER_CPU})
    with server_class(zone_set, servers.address_of(server_class.name)) as server:
        began = time.monotonic()
        server.start()
        # It stays there; we are where the load is.
        os.sched_setaffinity(0, {measure.LOAD_CPU})
        if server.has_zones:
            results.update(take_zones(server, zone_set, {row.take: row.name for row in rows}, began, options))
        else:
            server.wait_ready()
        for row in rows:
            if row.take == "cost" and (server.has_zones or row.transport == "udp"):
                result = measure.cost(server, row.transport, zone_set.queries(row.queries), options)
                check(server, row, result, may_lose=options.small)
                results[row.name] = result
    return results


def take_zones(server, zone_set, wanted, began, options):
    last = zone_set.zones - 1
    names = [zone_set.zone_name(number) for number in (last, 0, last // 2)]
    taken = {"start": measure.await_answers(server, names, began, 20 if options.small else START_SECONDS)}
    taken["idle"] = measure.megabytes(measure.family(server.pid))
    sweep(server, zone_set, options)
    taken["memory"] = measure.megabytes(measure.family(server.pid))
    return {wanted[key]: {"value": value} for key, value in taken.items() if key in wanted}


def sweep(server, zone_set, options):
    """Asks for each zone once, so that all are in memory."""
    for _ in range(SWEEPS):
        if measure.load(server, "udp", zone_set.queries("sweep"), 0, options.window)["lost"] == 0:
            return
    raise measure.Wrong(f"{server.name} does not answer for all zones")


def check(server, row, result, may_lose=False):
    """Right answers only count: a server that refuses is fast. On a busy machine a short load may lose more than it gets."""
    if not result["answers"] or (result["lost"] > 0.01 * result["answers"] and not may_lose):
        raise measure.Wrong(f"{row.name}: {server.name} lost {result['lost']} of {result['answers']}")
    if not server.has_zones:
        return
    shares = {code: count / result["answers"] for code, count in result["rcodes"].items()}
    missing = shares.pop("3", 0)
    expected = 1 if row.queries == "flood" else 0.05
    # A short load has few of these.
    slack = 0.01 + 3 / result["answers"] ** 0.5
    if abs(missing - expected) > slack or abs(missing + shares.get("0", 0) - 1) > 1e-9:
        raise measure.Wrong(f"{row.name}: {server.name} answers wrongly: {result['rcodes']}")
