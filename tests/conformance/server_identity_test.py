"""A node says who it is to those who ask: id.server (RFC 4892), version.bind, NSID (RFC 5001)."""

import socket
import struct
import unittest

from harness.cluster_case import ClusterCase

TXT, CHAOS, OPT, NSID = 16, 3, 41, 3


def query(name, nsid=False):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    opt = b"\0" + struct.pack(">HHLHHH", OPT, 1232, 0, 4, NSID, 0) if nsid else b""
    return struct.pack(">6H", 1, 0, 1, 0, 0, int(nsid)) + labels + b"\0" + struct.pack(">HH", TXT, CHAOS) + opt


class ServerIdentity(ClusterCase):
    regions = 1
    per_region = 4

    def answer(self, node, message):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(10)
            client.sendto(message, (node.address, self.cluster.port))
            return client.recv(2048)

    def test_each_node_answers_with_its_name(self):
        # A node opens its sockets once it has been filled.
        self.create_zone("identity.test.")
        for node in self.cluster.nodes:
            text = bytes([len(node.name)]) + node.name.encode()
            self.assertTrue(self.answer(node, query("id.server")).endswith(text), node.name)
            self.assertTrue(self.answer(node, query("version.bind")).endswith(b"\7Quartet"), node.name)
            nsid = struct.pack(">HH", NSID, len(node.name)) + node.name.encode()
            self.assertTrue(self.answer(node, query("id.server", nsid=True)).endswith(nsid), node.name)


if __name__ == "__main__":
    unittest.main()
