"""What restarted, new and deserted nodes answer."""

import shutil
import unittest

from harness import addresses, dns_query
from harness.cluster_case import ClusterCase
from harness.processes import Process


class Restart(ClusterCase):
    def test_without_a_controller_restarted_nodes_answer_every_zone_from_their_own_disks(self):
        zones = {}
        for number in range(12):
            name = f"zone-{number}.restart.test"
            zones[name] = self.create_zone(name, f"www 60 IN A 192.0.2.{number}\n")
        self.cluster.controller.stop()
        try:
            for node in self.cluster.nodes:
                node.process.kill()
            self.cluster.start_nodes(self.cluster.nodes)
            for number, (name, zone) in enumerate(zones.items()):
                for node in self.cluster.nodes_of_zone(zone):
                    self.assertEqual(self.values(node, f"www.{name}", "A"), [f"192.0.2.{number}"])
        finally:
            self.cluster.start_controller()
        self.cluster.wait_counted()
        changed = self.set_record("zone-0.restart.test", "www", "A", "198.51.100.1")
        self.assertEqual(changed["state"], "STATE_INSYNC")

    def test_a_restarted_node_resumes_and_gets_what_it_missed(self):
        zone = self.create_zone("resume.test", "www 60 IN A 192.0.2.1\n")
        node = self.cluster.nodes_of_zone(zone)[2]
        incarnation = self.row(node)["incarnation"]
        node.process.stop()
        change = self.set_record("resume.test", "www", "A", "192.0.2.2", wait=False)
        others = self.cluster.quartet_json("change", "wait", change["name"].removeprefix("changes/"), "--servers", 3)
        self.assertEqual(others["state"], "STATE_PENDING")
        self.cluster.start_nodes([node])
        insync = self.cluster.quartet_json("change", "wait", change["name"].removeprefix("changes/"))
        self.assertEqual(insync["state"], "STATE_INSYNC")
        self.assertEqual(self.values(node, "www.resume.test", "A"), ["192.0.2.2"])
        self.assertEqual(self.row(node)["incarnation"], incarnation)

    def test_a_node_whose_disk_was_emptied_gets_its_zones(self):
        zone = self.create_zone("empty.test", "www 60 IN A 192.0.2.7\n")
        node = self.cluster.nodes_of_zone(zone)[1]
        incarnation = self.row(node)["incarnation"]
        node.process.kill()
        shutil.rmtree(self.cluster.folder / node.name)
        self.cluster.start_nodes([node])
        # It binds after its first complete fill only: ready means that it answers.
        self.assertEqual(self.values(node, "www.empty.test", "A"), ["192.0.2.7"])
        self.cluster.wait_counted([node])
        self.assertNotEqual(self.row(node)["incarnation"], incarnation)

    def test_a_deleted_zone_leaves_its_nodes(self):
        zone = self.create_zone("deleted.test", "www 60 IN A 192.0.2.9\n")
        four = self.cluster.nodes_of_zone(zone)
        refused = self.cluster.run_quartet("zone", "delete", "deleted.test")
        self.assertEqual(refused.returncode, 1, "a zone with record sets was deleted without --force")
        self.cluster.quartet("zone", "delete", "deleted.test", "--force", "--wait")
        for node in four:
            self.assertEqual(self.ask(node, "www.deleted.test", "A").rcode, "REFUSED", node.name)
        self.assertNotIn("deleted.test.", [row["domain_name"] for row in self.cluster.zones()])

    def test_a_deleted_zone_leaves_a_node_that_was_away(self):
        zone = self.create_zone("away.test", "www 60 IN A 192.0.2.9\n")
        node = self.cluster.nodes_of_zone(zone)[0]
        node.process.kill()
        self.cluster.quartet("zone", "delete", "away.test", "--force")
        self.cluster.start_nodes([node])
        self.await_answer([node], "www.away.test", "A", lambda answer: answer.rcode == "REFUSED")

    def test_a_node_answers_on_every_address_it_listens_on(self):
        zone = self.create_zone("addresses.test", "www 60 IN AAAA 2001:db8::7\n")
        node = self.cluster.nodes_of_zone(zone)[0]
        node.process.stop()
        argv = [*node.process.argv, "--listen", addresses.join("::1", self.cluster.port)]
        both = Process("node on IPv4 and IPv6", argv, self.folder / "both.log").start().wait_ready()
        try:
            for address in (node.address, "::1"):
                for tcp in (False, True):
                    answer = dns_query.ask(address, "www.addresses.test", "AAAA", self.cluster.port, tcp)
                    self.assertEqual([record.text() for record in answer.answers], ["2001:db8::7"], address)
        finally:
            both.stop()
            self.cluster.start_nodes([node])

    def test_a_nameserver_answers_its_own_zones_only(self):
        zone = self.create_zone("own.test", "www 60 IN A 192.0.2.9\n")
        four = self.cluster.nodes_of_zone(zone)
        self.assertEqual(len({node.region for node in four}), 4)
        for node in self.cluster.nodes:
            expected = "NOERROR" if node in four else "REFUSED"
            self.assertEqual(self.ask(node, "www.own.test", "A").rcode, expected, node.name)

    def row(self, node):
        """The controller's row of a node."""
        rows = self.cluster.quartet_json("node", "list")["nodes"]
        return next(row for row in rows if row["name"] == f"nodes/{node.name}")


class Drain(ClusterCase):
    """A nameserver without an undrained node holds up INSYNC for good: a cluster of its own."""

    def test_a_drained_node_closes_its_sockets_and_is_waited_for_no_more(self):
        zone = self.create_zone("drain.test", "www 60 IN A 192.0.2.1\n")
        node = self.cluster.nodes_of_zone(zone)[3]
        self.cluster.quartet("node", "drain", node.name)
        rows = []
        for rows in self.cluster.watch_nodes(20):
            if any(row["name"] == f"nodes/{node.name}" and row["state"] == "STATE_DRAINED" for row in rows):
                break
        else:
            self.fail(f"{node.name} did not become DRAINED: {rows}")
        with self.assertRaises(ConnectionError):
            self.ask(node, "www.drain.test", "A")


if __name__ == "__main__":
    unittest.main()
