"""The quickstart's part with a registry: is the domain free, register it, and find it from the root."""

import time

from harness import dns_query
from harness.registry import ROOT
from harness.resolver import ADDRESS as RESOLVER
from quickstart_text import ShowFailed, headline, parse_time, say, table

# A TTL that is worth waiting for.
LONGEST_WAIT_SECONDS = 5
PATIENCE_SECONDS = 20.0


class DomainShow:
    """`name`: of the domain and its hosted zone, right below a TLD."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name.rstrip(".").lower()
        self.tld = self.name.partition(".")[2]

    def check(self):
        headline(f"Is {self.name} free?")
        found = self.cluster.quartet_json("domain", "check", self.name)["domains"][0]
        if not found.get("available"):
            raise ShowFailed(f"{self.name} can't be registered: {found.get('reason', 'no reason is told')}")
        say(f"It is, says the registry of {self.tld} over EPP.")

    def register(self, zone):
        """With the four nameservers of the hosted zone."""
        headline(f"Register {self.name}")
        operation = self.cluster.quartet_json("domain", "register", self.name)
        if operation["state"] != "STATE_SUCCESSFUL":
            raise ShowFailed(f"{self.name} is not registered: {operation.get('message', operation['state'])}")
        self._show_steps(operation)
        told = self.cluster.registry.rdap(f"/domain/{self.name}")
        expires = next(event["eventDate"] for event in told["events"] if event["eventAction"] == "expiration")
        say(f"The registry has it until {expires[:10]}, delegated to")
        for host in told["nameservers"]:
            say(f"  {host['ldhName']}")
        wanted = sorted(node.nameserver.host_name.rstrip(".") for node in self.cluster.nodes_of_zone(zone))
        if sorted(host["ldhName"] for host in told["nameservers"]) != wanted:
            raise ShowFailed(f"these are not the four of its hosted zone: {', '.join(wanted)}")

    def _show_steps(self, operation):
        times = [parse_time(step["time"]) for step in operation["steps"]]
        rows = [("STEP", "AFTER")]
        for step, when in zip(operation["steps"], times):
            name = step["step"].removeprefix("STEP_").lower().replace("_", " ")
            rows.append((name, f"{(when - times[0]) * 1000:7.1f} ms"))
        table(rows)

    def walk(self, owner, type_name):
        """From the root to the answer: each server asked by ourselves, then all of it left to a resolver."""
        headline(f"Find {owner.rstrip('.')} from the root")
        answer = self._show_walk(owner, type_name)
        if self.cluster.port != 53:
            say("Resolvers ask on port 53, which is not to be had here, nor a network namespace: so none is started.")
            return
        self.cluster.start_resolver()
        self._show_resolver(owner, type_name, answer)

    def show_new_value(self, owner, type_name, ttl, value):
        """The resolver has a change once the TTL of what it had is over, whatever servers it has to go round."""
        if ttl > LONGEST_WAIT_SECONDS:
            return
        began = time.monotonic()
        while time.monotonic() < began + ttl + PATIENCE_SECONDS:
            answer = self.cluster.resolver.resolve(owner, type_name)
            if _values(answer) == value:
                say(f"Unbound has it {time.monotonic() - began:.1f} s later, once what it had was over.")
                return
            time.sleep(0.05)
        raise ShowFailed(f"unbound answers {owner} with {answer.rcode} {_values(answer)}, not with {value}")

    def _show_walk(self, owner, type_name):
        address = self.cluster.registry.address_of(self.tld)
        served_by = "Debian's knotd" if self.cluster.registry.knot == self.tld else "the registry"
        rows = [("ASKED", "AT", "SAYS")]
        for zone, server, who in ((".", ROOT, "the registry's root"), (f"{self.tld}.", address, served_by)):
            referral = self._ask_until(server, owner, type_name, lambda answer: any(r.type == "NS" for r in answer.authority))
            if referral.authoritative:
                raise ShowFailed(f"{zone} answers for {owner} itself")
            hosts = sorted(record.text().rstrip(".") for record in referral.authority if record.type == "NS")
            child = next(record.owner for record in referral.authority if record.type == "NS")
            rows.append((f"{zone} ({who})", server, f"ask those of {child} {hosts[0]}{f' and {len(hosts) - 1} more' if hosts[1:] else ''}"))
        host = hosts[0]
        node = next(node for node in self.cluster.nodes if node.nameserver.host_name.rstrip(".") == host)
        answer = self._ask_until(node.address, owner, type_name, lambda answer: answer.answers)
        if not answer.authoritative:
            raise ShowFailed(f"{host} does not answer {owner} with authority")
        rows.append((host, node.address, f"{_values(answer)}, TTL {answer.answers[0].ttl}, with authority (AA)"))
        table(rows)
        return answer

    def _ask_until(self, address, owner, type_name, accept):
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            answer = dns_query.ask(address, owner, type_name, self.cluster.port)
            if accept(answer):
                return answer
            time.sleep(0.02)
        raise ShowFailed(f"{address} does not know of {owner} after {PATIENCE_SECONDS:g} s")

    def _show_resolver(self, owner, type_name, right):
        say(f"Debian's unbound, which knows the root's address and nothing else, asked at {RESOLVER}")
        ttl = right.answers[0].ttl
        rows = [("QUESTION", "UNBOUND SAYS", "HAS ASKED")]
        first, row = self._resolve("the first", owner, type_name, right)
        rows.append(row)
        time.sleep(1.1)
        second, row = self._resolve("1.1 s later", owner, type_name, right)
        rows.append(row)
        if second.answers[0].ttl >= first.answers[0].ttl:
            raise ShowFailed(f"unbound's TTL does not count down: {second.answers[0].ttl}")
        if ttl <= LONGEST_WAIT_SECONDS:
            time.sleep(ttl)
            third, row = self._resolve("once its TTL is over", owner, type_name, right)
            rows.append(row)
            if third.answers[0].ttl != ttl:
                raise ShowFailed(f"unbound has not asked again after {ttl} s")
        self.cluster.restart_resolver()
        rows.append(self._resolve("started anew", owner, type_name, right)[1])
        table(rows)
        say("Beside these it has asked for the addresses of nameservers: their names lie in domains of their own.")

    def _resolve(self, when, owner, type_name, right):
        resolver = self.cluster.resolver
        since, began = resolver.asked(), time.perf_counter()
        answer = resolver.resolve(owner, type_name)
        milliseconds = (time.perf_counter() - began) * 1000
        if sorted(record.text() for record in answer.answers) != sorted(record.text() for record in right.answers):
            raise ShowFailed(f"unbound answers {owner} with {answer.rcode} {_values(answer) or 'nothing'}")
        if answer.authoritative:
            raise ShowFailed("unbound says that it has authority")
        # What it asked of the name itself; beside that it looks for the addresses of nameservers, now or later.
        zones = [step.zone for step in resolver.steps(since) if (step.name.lower(), step.type) == (owner.lower(), type_name)]
        row = (when, f"TTL {answer.answers[0].ttl}, no AA, {milliseconds:.1f} ms", " ".join(zones) or "nobody: from its cache")
        return answer, row


def _values(answer):
    return ", ".join(record.text() for record in answer.answers)
