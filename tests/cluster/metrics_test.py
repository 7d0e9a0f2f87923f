"""A node says what it does: queries, zones, memory."""

import unittest

from harness import addresses, metrics
from harness.cluster_case import ClusterCase


class Metrics(ClusterCase):
    per_region = 1

    def test_a_node_counts_queries_and_zones(self):
        self.create_zone("metrics.test", "www 60 IN A 192.0.2.1\n")
        node = self.cluster.nodes[0]
        at = addresses.join(node.address, addresses.common_free_port([node.address], 9100, 9199))
        node.process.stop()
        node.process.argv += ["--metrics-listen", at]
        self.cluster.start_nodes([node])
        self.cluster.wait_counted([node])
        before = metrics.read(at)
        self.assertEqual(self.values(node, "www.metrics.test.", "A"), ["192.0.2.1"])
        after = metrics.read(at)
        self.assertEqual(after["quartet_queries_total"] - before["quartet_queries_total"], 1)
        noerror = 'quartet_responses_total{rcode="NOERROR"}'
        self.assertEqual(after[noerror] - before[noerror], 1)
        self.assertEqual(after["quartet_zones"], 1)
        self.assertEqual(after["quartet_zones_failing"], 0)
        self.assertGreater(after["quartet_memory_bytes"], 1 << 20)
        self.assertEqual(after['quartet_cold_queries_total{outcome="unreadable"}'], 0)


if __name__ == "__main__":
    unittest.main()
