"""The DNS client against bytes from the RFCs and against a server of a few lines."""

import socket
import struct
import threading
import unittest

from harness import dns_query
from harness.first_answer import FirstAnswer


def response(query, answers=b"", count=0, flags=0x8400):
    """The query's question, answered."""
    question_end = query.index(b"\0", 12) + 5
    return query[:2] + struct.pack(">5H", flags, 1, count, 0, 0) + query[12:question_end] + answers


class Names(unittest.TestCase):
    def test_names_go_to_wire_and_back(self):
        for text in (".", "example.net.", r"a\.b.example.", r"\000\255.example.", "*.example."):
            wire = dns_query.write_name(text)
            self.assertEqual(dns_query.read_name(wire, 0), (text, len(wire)))

    def test_compression_pointers_are_followed(self):
        # RFC 1035 §4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40.
        message = b"\0" * 20 + b"\1F\3ISI\4ARPA\0" + b"\0" * 8 + b"\3FOO\xc0\x14"
        self.assertEqual(dns_query.read_name(message, 40), ("foo.f.isi.arpa.", 46))

    def test_a_compression_loop_is_an_error(self):
        with self.assertRaises(dns_query.DnsError):
            dns_query.read_name(b"\xc0\x00", 0)


class Messages(unittest.TestCase):
    def test_a_query_parses_as_itself(self):
        message = dns_query.parse(dns_query.build_query("www.Example.net", "AAAA", 77, edns_size=1400))
        self.assertEqual((message.id, message.question, message.edns_size), (77, ("www.example.net.", "AAAA"), 1400))

    def test_records_are_read_with_compressed_data(self):
        query = dns_query.build_query("example.net.", "MX", edns_size=None)
        record = b"\xc0\x0c" + struct.pack(">HHIH", 15, 1, 300, 9) + b"\0\x0a\4mail\xc0\x0c"
        message = dns_query.parse(response(query, record, 1))
        self.assertEqual(message.answers[0].text(), "10 mail.example.net.")
        self.assertEqual((message.answers[0].owner, message.answers[0].ttl), ("example.net.", 300))
        self.assertTrue(message.authoritative)
        self.assertEqual(message.rcode, "NOERROR")

    def test_bytes_behind_the_end_are_an_error(self):
        query = dns_query.build_query("example.net.", "A", edns_size=None)
        with self.assertRaisesRegex(dns_query.DnsError, "behind the end"):
            dns_query.parse(response(query) + b"\0")

    def test_cut_messages_are_an_error(self):
        query = dns_query.build_query("example.net.", "A", edns_size=None)
        whole = response(query, b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 300, 4) + b"\1\2\3\4", 1)
        for length in range(len(whole)):
            with self.assertRaises(dns_query.DnsError):
                dns_query.parse(whole[:length])


class Exchange(unittest.TestCase):
    def server(self, answers):
        """Answers UDP queries with the given function until the test ends; returns its port."""
        connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        connection.bind(("127.0.0.1", 0))

        def serve():
            while True:
                query, peer = connection.recvfrom(512)
                if not query:
                    return
                connection.sendto(answers(query), peer)

        thread = threading.Thread(target=serve)
        thread.start()

        def stop():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", connection.getsockname())
            thread.join()
            connection.close()

        self.addCleanup(stop)
        return connection.getsockname()[1]

    def test_an_answer_over_udp(self):
        port = self.server(lambda query: response(query, flags=0x8405))
        self.assertEqual(dns_query.ask("127.0.0.1", "example.net", "A", port).rcode, "REFUSED")

    def test_nobody_listening_is_told_at_once(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        with self.assertRaises(ConnectionError):
            dns_query.ask("127.0.0.1", "example.net", "A", port)

    def test_first_answers_are_noted_once_they_are_right(self):
        asked = []

        def answers(query):
            asked.append(query)
            return response(query, flags=0x8400 if len(asked) > 5 else 0x8405)

        server = ("127.0.0.1", self.server(answers))
        silent = ("127.0.0.2", 9)
        with FirstAnswer([server, silent], "example.net", "A", lambda answer: answer.rcode == "NOERROR") as first:
            self.assertTrue(first.wait(1, timeout=10))
            self.assertEqual(set(first.times), {server})
        self.assertEqual(len(asked), 6)
