"""When did each server first answer as hoped? One thread asks all of them, each again as soon as it has answered."""

import heapq
import selectors
import socket
import threading
import time

from harness import dns_query

# Between an answer and the next query to the same server: what the measured time may be late by.
INTERVAL_SECONDS = 0.0005
# A server that is down, or dropped a datagram, is asked again after this.
RETRY_SECONDS = 0.01


class FirstAnswer:
    """Polls (address, port) pairs from `start` on until each has given an answer that `accept` takes.

    `times` maps each server to the wall clock (time.time()) when it first did. Used as a context manager it stops
    polling at the end of the block.
    """

    def __init__(self, servers, name, type_name, accept):
        self.times = {}
        self._accept = accept
        self._query = dns_query.build_query(name, type_name, message_id=0x5151)
        self._open = {server: self._connect(server) for server in servers}
        self._selector = selectors.DefaultSelector()
        self._stop = threading.Event()
        self._all = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="first answer", daemon=True)

    @staticmethod
    def _connect(server):
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_DGRAM)
        connection.setblocking(False)
        connection.connect(server)
        return connection

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._stop.set()
        self._thread.join()
        self._selector.close()
        for connection in self._open.values():
            connection.close()

    def wait(self, count, timeout):
        """Waits until `count` servers have answered so; returns whether they have."""
        with self._all:
            return self._all.wait_for(lambda: len(self.times) >= count, timeout)

    def _run(self):
        due = []
        for server, connection in self._open.items():
            self._selector.register(connection, selectors.EVENT_READ, server)
            heapq.heappush(due, (time.monotonic(), server))
        next_due = {server: when for when, server in due}
        while not self._stop.is_set() and len(self.times) < len(self._open):
            now = time.monotonic()
            while due and due[0][0] <= now:
                when, server = heapq.heappop(due)
                if server in self.times or next_due[server] != when:
                    continue
                self._send(server)
                next_due[server] = now + RETRY_SECONDS
                heapq.heappush(due, (next_due[server], server))
            timeout = max(0.0, due[0][0] - time.monotonic()) if due else RETRY_SECONDS
            for key, _ in self._selector.select(timeout):
                if self._receive(key.data):
                    next_due[key.data] = time.monotonic() + INTERVAL_SECONDS
                    heapq.heappush(due, (next_due[key.data], key.data))

    def _send(self, server):
        try:
            self._open[server].send(self._query)
        except OSError:
            pass  # Nobody listens there yet: asked again when due.

    def _receive(self, server):
        """Reads what came; returns whether to ask soon again."""
        try:
            data = self._open[server].recv(65535)
        except OSError:
            return False
        now = time.time()
        try:
            accepted = self._accept(dns_query.parse(data))
        except dns_query.DnsError:
            accepted = False
        if accepted:
            with self._all:
                self.times[server] = now
                self._all.notify_all()
        return not accepted
