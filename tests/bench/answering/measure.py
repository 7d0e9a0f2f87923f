"""What a server takes: time on the CPU, memory, and time until it answers."""

import json
import os
import re
import select
import socket
import subprocess
import time
from pathlib import Path

from harness import dns_query

# One for the server, the other for the load, whatever each is pinned to later; the same where there is but one.
SERVER_CPU, LOAD_CPU = (lambda allowed: (allowed[0], allowed[-1]))(sorted(os.sched_getaffinity(0)))
# Between two asks of a server that is starting.
ASK_SECONDS = 0.002


class Wrong(Exception):
    """A server that did not start, or did not answer as it must."""


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
    """Time on the CPU, interrupts served in its context and threads that have ended included."""
    # The clock of another process, as clock_getcpuclockid(3) makes it: MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED).
    return sum(time.clock_gettime_ns((~pid << 3) | 2) for pid in pids)


def user_seconds(pids):
    """Time in user space, sampled by the kernel's ticks."""
    ticks = 0
    for pid in pids:
        ticks += int(Path("/proc", str(pid), "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[11])
    return ticks / os.sysconf("SC_CLK_TCK")


def megabytes(pids):
    """Proportional set size, in units of 10^6 bytes."""
    total = 0
    for pid in pids:
        text = Path("/proc", str(pid), "smaps_rollup").read_text(encoding="ascii")
        total += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE).group(1))
    return total * 1024 / 1e6


def await_answers(server, names, began, patience):
    """Seconds from `began` until every name's SOA was answered, asked one after the other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.connect((server.address, server.port))
        for name in names:
            query = dns_query.build_query(name, "SOA", message_id=1)
            while not asked(connection, query):
                if not server.is_running() or time.monotonic() - began > patience:
                    raise Wrong(f"{server.name} does not answer for {name}{server.log_tail()}")
    return time.monotonic() - began


def asked(connection, query):
    """Whether an answer with a record came soon; a refused query is not asked again before a while."""
    try:
        connection.send(query)
        if select.select([connection], [], [], 0.05)[0]:
            answer = dns_query.parse(connection.recv(65535))
            if answer.rcode == "NOERROR" and answer.answers:
                return True
    except OSError:
        pass  # Nobody listens there yet.
    time.sleep(ASK_SECONDS)
    return False


def load(server, kind, queries, seconds, window):
    """Runs dns_load on the other CPU; what it printed."""
    os.sched_setaffinity(0, {LOAD_CPU})
    program = Path(os.environ["QUARTET_BENCH"], "dns_load")
    argv = [program, kind, server.address, str(server.port), queries, str(seconds), str(window)]
    return json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)


def cost(server, kind, queries, options):
    """µs of CPU a query, and of these in user space; the answers by response code."""
    load(server, kind, queries, options.warm, options.window)
    pids = family(server.pid)
    before, user_before = cpu_nanoseconds(pids), user_seconds(pids)
    result = load(server, kind, queries, options.seconds, options.window)
    answers = max(1, result["answers"])
    return {
        "us": (cpu_nanoseconds(pids) - before) / 1000 / answers,
        "user": (user_seconds(pids) - user_before) * 1e6 / answers,
        "qps": result["answers"] / result["seconds"],
        "answers": result["answers"], "lost": result["lost"], "rcodes": result["rcodes"],
    }
