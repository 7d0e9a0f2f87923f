"""Zones move between nameservers, and no resolver ever meets one that does not know the zone."""

import random
import threading
import time
import unittest

from harness import dns_query, layout
from harness.cluster import CommandFailed
from harness.cluster_case import PATIENCE_SECONDS, ClusterCase

RETIRE_SECONDS = 6
# What the test's resolver keeps an NS set for: less than the old ones go on answering, as TTLs are in the world.
NS_TTL_SECONDS = 2
EVEN = ["ns-1", "ns-3", "ns-5", "ns-7"]
ODD = ["ns-2", "ns-4", "ns-6", "ns-8"]


def four(names):
    return [argument for name in names for argument in ("--nameserver", name)]


class Resolver(threading.Thread):
    """Asks for a zone's TXT all the time, as a resolver does: a nameserver that it knows, another one if none answers.

    It learns the nameservers from the zone's NS, and forgets them after NS_TTL_SECONDS. `lame` are answers that no
    nameserver of a zone may give; `lost` are questions that nobody answered.
    """

    def __init__(self, cluster, zone, names):
        super().__init__(daemon=True)
        self._addresses = {node.nameserver.host_name: node.address for node in cluster.nodes}
        self._port, self._zone = cluster.port, zone
        self._known = [cluster.node(name).address for name in names]
        self._learned = time.monotonic()
        self._ended = threading.Event()
        self._random = random.Random(1)
        self.asked, self.lame, self.lost, self.seen = 0, [], 0, set()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self._ended.set()
        self.join()

    def _ask(self, type_name):
        for address in self._random.sample(self._known, len(self._known)):
            try:
                answer = dns_query.ask(address, self._zone, type_name, self._port, timeout=1.0)
            except (OSError, dns_query.DnsError):
                continue
            self.asked += 1
            self.seen.add(address)
            if answer.rcode != "NOERROR" or not answer.authoritative or not answer.answers:
                self.lame.append((time.monotonic(), address, type_name, answer.rcode))
                continue
            return answer
        self.lost += 1
        return None

    def run(self):
        while not self._ended.is_set():
            if time.monotonic() - self._learned > NS_TTL_SECONDS:
                self._learned = time.monotonic()
                answer = self._ask("NS")
                if answer is not None:
                    self._known = [self._addresses[record.text()] for record in answer.answers]
            self._ask("TXT")


class MovesCase(ClusterCase):
    """What both have: zones with nameservers of the test's choice, and how far they have moved."""

    controller_options = ("--retire-seconds", RETIRE_SECONDS)

    def states(self, zone):
        message = self.cluster.quartet_json("zone", "show", zone)
        return {
            server["nameserver"].removeprefix("nameservers/"): server["state"].removeprefix("STATE_")
            for server in message["nameservers"]
        }

    def await_states(self, zone, accept, what, timeout=PATIENCE_SECONDS):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            states = self.states(zone)
            if accept(states):
                return states
            time.sleep(0.05)
        self.fail(f"{what}: not so after {timeout:g} s: {self.states(zone)}")

    def make_zone(self, zone, names):
        self.cluster.quartet("delegation-set", "create", zone.split(".")[0], *four(names))
        message = self.cluster.quartet_json(
            "zone", "create", zone, "--delegation-set", zone.split(".")[0], "--wait"
        )["zone"]
        got = [server["nameserver"] for server in message["nameservers"]]
        self.assertEqual(got, [f"nameservers/{name}" for name in names])
        self.set_record(zone, "@", "TXT", '"first"')

    def restart_controller(self):
        self.cluster.controller.kill()
        self.cluster.start_controller()

    def nameservers(self):
        return self.cluster.quartet_json("nameserver", "list")["nameservers"]


class MovesTest(MovesCase):
    def test_a_zone_moves_under_load_and_restarts_without_a_lame_answer(self):
        zone = "moving.test"
        self.make_zone(zone, EVEN)
        late = self.cluster.node("ns-2")
        late.process.stop()
        with Resolver(self.cluster, zone, EVEN) as resolver:
            self.cluster.quartet("zone", "reassign", zone, *four(ODD))
            self.assertEqual(self.states(zone)["ns-2"], "JOINING")
            with self.assertRaises(CommandFailed):
                self.cluster.quartet("zone", "reassign", zone, *four(EVEN))
            self.set_record(zone, "@", "TXT", '"second"')
            self.restart_controller()
            self.assertEqual(self.states(zone)["ns-2"], "JOINING")
            late.process.start()
            late.process.wait_ready()
            self.await_states(
                zone, lambda now: now["ns-2"] == "SERVING" and now["ns-1"] == "RETIRING", "the new ones serve"
            )
            self.restart_controller()
            # The old ones are still updated: a change is not INSYNC without them.
            self.set_record(zone, "@", "TXT", '"third"')
            for name in EVEN + ODD:
                if name in self.states(zone):
                    self.assertEqual(self.values(self.cluster.node(name), zone, "TXT"), ['"third"'])
            self.restart_controller()
            self.await_states(zone, lambda now: sorted(now) == ODD, "the old ones have left")
        self.assertEqual(resolver.lame, [])
        self.assertEqual(resolver.lost, 0)
        self.assertGreater(resolver.asked, 100)
        self.assertTrue({self.cluster.node(name).address for name in ODD} <= resolver.seen)
        self.await_answer(
            [self.cluster.node(name) for name in EVEN], zone, "TXT", lambda answer: answer.rcode == "REFUSED"
        )

    def test_a_drained_nameserver_is_retired_once_its_zones_have_left(self):
        zone = "draining.test"
        self.make_zone(zone, EVEN)
        self.cluster.quartet("nameserver", "drain", "ns-7", "--move")
        self.await_states(zone, lambda now: "ns-7" not in now, "it has left")
        with self.assertRaisesRegex(CommandFailed, "delegation set draining"):
            self.cluster.quartet("nameserver", "retire", "ns-7")
        # Others of this class have zones there too.
        self.cluster.quartet("nameserver", "activate", "ns-7")

    def test_the_blast_radius_is_told(self):
        zone = "radius.test"
        self.make_zone(zone, EVEN)
        radius = self.cluster.quartet_json("blast-radius", "ns-1", "ap-south", "ns-3-a", "sa-east")
        self.assertIn("radius.test.", radius["left"][0]["examples"])
        table = self.cluster.quartet("-o", "table", "blast-radius", "eu-west")
        self.assertIn("LEFT OF FOUR", table)
        with self.assertRaises(CommandFailed):
            self.cluster.quartet("blast-radius", "mars")


class GoneForGoodTest(MovesCase):
    """A nameserver without an undrained node holds up INSYNC: a cluster of its own."""

    def test_zones_move_away_from_a_nameserver_whose_only_node_is_gone(self):
        zone = "gone.test"
        self.make_zone(zone, EVEN)
        node = self.cluster.node("ns-7")
        node.process.kill()
        pending = self.cluster.quartet_json("record", "set", zone, "late", "TXT", 60, '"late"')
        with self.assertRaisesRegex(CommandFailed, "--force"):
            self.cluster.quartet("node", "drain", node.name)
        self.cluster.quartet("node", "drain", node.name, "--force")
        told = self.cluster.quartet_json("change", "show", pending["name"].removeprefix("changes/"))
        self.assertEqual(told["forced_nodes"], [f"nodes/{node.name}"])
        self.cluster.quartet("nameserver", "drain", "ns-7")
        self.cluster.quartet("zone", "reassign", zone, *four(ODD))
        self.await_states(zone, lambda now: sorted(now) == ODD, "the old ones, the dead one too, have left")
        change = self.cluster.quartet_json("change", "wait", pending["name"].removeprefix("changes/"))
        self.assertEqual(change["state"], "STATE_INSYNC")
        later = self.cluster.quartet_json("record", "set", zone, "later", "TXT", 60, '"later"', "--wait")
        self.assertFalse(later.get("forced_nodes"), "it never waited for it")


class ReplacementTest(MovesCase):
    stripe_zones = True

    def test_the_stripes_zones_follow_their_nameservers(self):
        rows = [row for row in self.nameservers() if row["state"] != "STATE_RETIRED"]
        nodes = [self.cluster.node(row["name"].removeprefix("nameservers/")) for row in rows]
        for stripe in layout.STRIPES:
            domain = layout.stripe_domain(stripe)
            zone = self.cluster.quartet_json("zone", "show", domain)
            four = self.cluster.nodes_of_zone(zone)
            named = sorted(f"{node.nameserver.name}.{domain}." for node in four)
            self.await_answer(four, domain, "NS", lambda answer: answer.rcode == "NOERROR")
            self.assertEqual(self.values(four[0], domain, "NS"), named)
            for node in four + [node for node in nodes if node.nameserver.stripe == stripe]:
                host = f"{node.nameserver.name}.{domain}"
                self.assertEqual(self.values(four[0], host, "A"), [node.address])
        domain = layout.stripe_domain("a")
        four = self.cluster.nodes_of_zone(self.cluster.quartet_json("zone", "show", domain))
        self.assertNotIn(f"{domain}.", [zone["domain_name"] for zone in self.cluster.zones()])
        for command in (("record", "set", domain, "www", "A", 60, "192.0.2.1"), ("zone", "delete", domain, "--force")):
            with self.assertRaisesRegex(CommandFailed, "made and kept by the system"):
                self.cluster.quartet(*command)
        self.cluster.quartet("nameserver", "update", "ns-1", "--address", "127.77.1.1", "--address", "2001:db8::1")
        self.await_answer(
            four, f"ns-1.{domain}", "AAAA",
            lambda answer: [record.text() for record in answer.answers] == ["2001:db8::1"],
        )

    def test_a_replacement_gets_slot_region_and_zones(self):
        zone = "replacing.test"
        self.make_zone(zone, ODD)
        old = next(row for row in self.nameservers() if row["name"] == "nameservers/ns-8")
        nameserver = layout.Nameserver("ns-9", "d", old["slot"], old["region"], "127.77.4.9")
        with Resolver(self.cluster, zone, ODD) as resolver:
            self.cluster.quartet("nameserver", "replace", "ns-8", "--by", "ns-9", "--address", nameserver.address)
            resolver._addresses[nameserver.host_name] = nameserver.address
            node = self.cluster.add_node(nameserver)
            self.cluster.quartet("node", "add", node.name, "--nameserver", "ns-9")
            self.await_states(zone, lambda now: now.get("ns-9") == "JOINING", "it gets the zone")
            self.cluster.start_nodes([node])
            self.await_states(zone, lambda now: sorted(now) == ["ns-2", "ns-4", "ns-6", "ns-9"], "the old one has left")
        self.assertEqual((resolver.lame, resolver.lost), ([], 0))
        end = time.monotonic() + PATIENCE_SECONDS
        while next(r for r in self.nameservers() if r["name"] == "nameservers/ns-8")["state"] != "STATE_RETIRED":
            self.assertLess(time.monotonic(), end, "it is retired at the end")
            time.sleep(0.05)
        replacement = next(row for row in self.nameservers() if row["name"] == "nameservers/ns-9")
        self.assertEqual((replacement["slot"], replacement["region"]), (old["slot"], old["region"]))
        sets = self.cluster.quartet_json("delegation-set", "list")["delegation_sets"]
        mine = next(one for one in sets if one["name"] == "delegationSets/replacing")
        self.assertEqual(mine["nameservers"][3], "nameservers/ns-9")


if __name__ == "__main__":
    unittest.main()
