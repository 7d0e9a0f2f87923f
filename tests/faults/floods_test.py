"""What hostile clients send costs a nameserver bounded memory, is counted by reason, and keeps nobody else from an answer."""

import contextlib
import random
import re
import socket
import struct
import tempfile
import time
import unittest
from pathlib import Path

from harness import addresses, dns_query, metrics
from harness.standalone import Standalone

SETTLE_SECONDS = 30
ZONE = """$TTL 300
@ SOA ns1 admin 1 7200 900 1209600 300
@ NS ns1
ns1 A 192.0.2.1
www A 192.0.2.2
"""
MIB = 1 << 20


class Floods(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        path = Path(folder, "hot.zone")
        path.write_text(ZONE, encoding="utf-8")
        host = "127.78.0.9"
        self.metrics_at = addresses.join(host, addresses.common_free_port([host], 9100, 9199))
        self.server = self.enterContext(
            Standalone({"hot.test": path}, folder, [host], options=["--metrics-listen", self.metrics_at])
        )

    def metrics(self):
        return metrics.read(self.metrics_at)

    def resident(self):
        status = Path(f"/proc/{self.server.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def assert_answers(self, tcp=False):
        answer = self.server.ask("www.hot.test.", "A", tcp=tcp)
        self.assertEqual([record.text() for record in answer.answers], ["192.0.2.2"])

    def connect(self, stack):
        client = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        client.settimeout(30)
        client.connect((self.server.address, self.server.port))
        return client

    def test_a_storm_of_malformed_datagrams(self):
        self.assert_answers()
        memory = self.resident()
        chance = random.Random(1)
        good = dns_query.build_query("www.hot.test.", "A", 7)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect((self.server.address, self.server.port))
            client.setblocking(False)
            for number in range(20_000):
                client.send(_malformed(good, chance))
                if number % 50 == 0:
                    # The server has read what came before; nothing was lost for want of room.
                    self.assert_answers()
                    _drain(client)
        counts = self.metrics()
        self.assertLess(self.resident() - memory, 16 * MIB)
        self.assertEqual(counts["quartet_queries_total"], 20_401)
        self.assertGreater(counts['quartet_dropped_total{reason="not-a-query"}'], 1000)
        self.assertGreater(counts['quartet_responses_total{rcode="FORMERR"}'], 1000)
        self.assertGreater(counts['quartet_responses_total{rcode="NOTIMP"}'], 100)
        answered = _sum(counts, "quartet_responses_total")
        self.assertEqual(answered + _sum(counts, "quartet_dropped_total"), counts["quartet_queries_total"])

    def test_connections_that_send_a_byte_now_and_then(self):
        with contextlib.ExitStack() as stack:
            slow = [self.connect(stack) for _ in range(90)]
            for byte in struct.pack(">H", 40) + b"\0" * 20:
                for client in slow:
                    client.send(bytes([byte]))
                self.assert_answers(tcp=True)
                self.assert_answers()
        self.assertGreaterEqual(self.metrics()["quartet_tcp_connections_total"], 90)

    def test_more_connections_from_one_source_than_one_may_have(self):
        with contextlib.ExitStack() as stack:
            clients = [self.connect(stack) for _ in range(150)]
            # Each is closed, or kept and answered on.
            shed = sum(not _answered(client) for client in clients)
            self.assertEqual(shed, 50)
            self.assert_answers()
        counts = self.metrics()
        self.assertGreaterEqual(_sum(counts, "quartet_tcp_connections_shed_total"), 50)


class ColdFlood(unittest.TestCase):
    def test_questions_for_zones_on_disk_delay_nobody_and_are_counted(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        path = Path(folder, "zone")
        path.write_text(ZONE, encoding="utf-8")
        host = "127.78.0.9"
        at = addresses.join(host, addresses.common_free_port([host], 9100, 9199))
        names = {"hot.test": path} | {f"z{number}.test": path for number in range(2000)}
        options = ["--data", Path(folder, "data"), "--memory-budget", "1MB", "--metrics-listen", at]
        server = self.enterContext(Standalone(names, folder, [host], options=options))
        server.ask("www.hot.test.", "A")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect((server.address, server.port))
            client.setblocking(False)
            for number in range(8000):
                client.send(dns_query.build_query(f"www.z{number % 2000}.test.", "A", number))
                if number % 50 == 0:
                    self.assertEqual(len(server.ask("www.hot.test.", "A").answers), 1)
                    _drain(client)
        counts, outcomes = self.settled(at)
        self.assertGreater(counts["quartet_zone_loads_total"], 100)
        self.assertGreater(outcomes['quartet_cold_queries_total{outcome="answered"}'], 100)
        self.assertEqual(outcomes['quartet_cold_queries_total{outcome="unreadable"}'], 0)

    def settled(self, at):
        """What is counted once all that came is dealt with and accounted for: pages are read while threads still count."""
        end = time.monotonic() + SETTLE_SECONDS
        while True:
            counts = metrics.read(at)
            waiting = counts["quartet_cold_queries_waiting"]
            self.assertLessEqual(waiting, 2048)
            outcomes = {key: value for key, value in counts.items() if key.startswith("quartet_cold_queries_total")}
            told = _sum(counts, "quartet_responses_total") + _sum(counts, "quartet_dropped_total") + sum(outcomes.values())
            if waiting == 0 and told == counts["quartet_queries_total"]:
                return counts, outcomes
            self.assertLess(time.monotonic(), end, f"{told:g} of {counts['quartet_queries_total']:g} are accounted for")
            time.sleep(0.05)


def _sum(counts, name):
    """Of a metric, over its labels."""
    return sum(value for key, value in counts.items() if key.startswith(name))


def _malformed(good, chance):
    """A query that is cut, changed, longer than it says, or no query at all."""
    kind = chance.randrange(5)
    message = bytearray(good)
    if kind == 0:
        return bytes(message[: chance.randrange(len(message))])
    if kind == 1:
        return chance.randbytes(chance.randrange(1, 600))
    if kind == 2:
        message[chance.randrange(len(message))] ^= 1 << chance.randrange(8)
    if kind == 3:
        message += chance.randbytes(chance.randrange(1, 100))
    if kind == 4:
        message[2] |= 0x80
    return bytes(message)


def _drain(client):
    with contextlib.suppress(BlockingIOError):
        while True:
            client.recv(4096)


def _answered(client):
    """Whether a query over this connection is answered; False: the server closed it."""
    query = dns_query.build_query("www.hot.test.", "A", 9)
    try:
        client.sendall(struct.pack(">H", len(query)) + query)
        return client.recv(2) != b""
    except (BrokenPipeError, ConnectionResetError):
        return False


if __name__ == "__main__":
    unittest.main()
