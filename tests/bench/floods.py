"""Milliseconds until hot names are answered, alone and while other clients flood the server; and what the server counts of it.

One client asks one question after another of a zone in memory. The floods, each for itself: datagrams that are no queries; questions for
zones that are on disk only, a new one each time; TCP clients that send a byte now and then; idle TCP connections, as many as one source may have.
"""

import argparse
import contextlib
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import addresses, dns_query, metrics
from harness.standalone import Standalone

ZONE = "$TTL 300\n@ SOA ns1 admin 1 7200 900 1209600 300\n@ NS ns1\nns1 A 192.0.2.1\nwww A 192.0.2.2\n"
HOST = "127.78.0.9"


def ask_in_turn(server, seconds):
    """Milliseconds of each answer."""
    query = dns_query.build_query("www.hot.test.", "A", 7)
    times = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect((server.address, server.port))
        client.settimeout(5)
        end = time.monotonic() + seconds
        while (start := time.monotonic()) < end:
            client.send(query)
            client.recv(4096)
            times.append((time.monotonic() - start) * 1e3)
    return times


def flood_datagrams(server, rate, message):
    """Sends what message(number) makes, `rate` a second, until it is killed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect((server[0], server[1]))
        client.setblocking(False)
        start, number = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - start) * rate)
            while number < due:
                with contextlib.suppress(BlockingIOError):
                    client.send(message(number))
                number += 1
            with contextlib.suppress(BlockingIOError):
                while True:
                    client.recv(4096)
            time.sleep(0.001)


def malformed(number):
    return random.Random(number).randbytes(1 + number % 300)


def cold(zones):
    return lambda number: dns_query.build_query(f"www.z{number % zones}.test.", "A", number & 0xFFFF)


def hold_connections(server, dripping):
    clients = [socket.create_connection(server) for _ in range(90)]
    while True:
        for client in clients if dripping else []:
            with contextlib.suppress(OSError):
                client.send(b"\0")
        time.sleep(0.1)


@contextlib.contextmanager
def beside(function, *arguments):
    """`function` in a process of its own, on the other core."""
    child = os.fork()
    if child == 0:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        function(*arguments)
        os._exit(1)
    try:
        yield
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def serving(folder, zones):
    """A server whose zones but one are cold."""
    path = Path(folder, "zone")
    path.write_text(ZONE, encoding="utf-8")
    at = addresses.join(HOST, addresses.common_free_port([HOST], 9100, 9199))
    names = {"hot.test": path} | {f"z{number}.test": path for number in range(zones)}
    return at, Standalone(names, folder, [HOST], options=[
        "--data", Path(folder, "data"), "--memory-budget", "64MB", "--metrics-listen", at])


def resident(pid):
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="of each flood")
    parser.add_argument("--rate", type=int, default=20000, help="datagrams a second")
    parser.add_argument("--zones", type=int, default=100000, help="cold ones")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quartet-floods-") as folder:
        at, standalone = serving(folder, options.zones)
        with standalone as server:
            to = (server.address, server.port)
            ask_in_turn(server, 1)
            floods = {
                "alone": contextlib.nullcontext(),
                "malformed datagrams": beside(flood_datagrams, to, options.rate, malformed),
                "questions for cold zones": beside(flood_datagrams, to, options.rate, cold(options.zones)),
                "90 connections that drip": beside(hold_connections, to, True),
                "90 idle connections": beside(hold_connections, to, False),
                "alone again": contextlib.nullcontext(),
            }
            base = None
            for name, flood in floods.items():
                with flood:
                    times = ask_in_turn(server, options.seconds)
                p50, p99 = statistics.median(times), statistics.quantiles(times, n=100)[98]
                base = base or p50
                print(f"{name:26} p50 {p50:.3f} ms, p99 {p99:.3f} ms, {p50 / base:.2f} x alone; "
                      f"{resident(server.pid):.0f} MiB resident", flush=True)
            for key, value in sorted(metrics.read(at).items()):
                if value and key.startswith("quartet_"):
                    print(f"  {key} {value:.0f}")


if __name__ == "__main__":
    sys.exit(main())
