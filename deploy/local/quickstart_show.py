"""deploy/local/quickstart, once everything is built: a cluster, a zone, a change, a dead region, and back."""

import argparse
import re
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path

import own_network
from cluster_command import DEFAULT_FOLDER, REGISTRY_TLDS
from harness import dns_query, layout
from harness.addresses import PortTaken
from harness.binaries import BinaryMissing
from harness.certificates import CertificateError
from harness.cluster import Cluster, ClusterError, CommandFailed
from harness.first_answer import FirstAnswer
from harness.processes import ProcessError
from harness.registry import ROOT, program, tld_address
from harness.resolver import ADDRESS as RESOLVER
from quickstart_domain import DomainShow
from quickstart_text import ShowFailed, headline, parse_time, say, shown_path, table
from zone_questions import questions

EXAMPLE = Path(__file__).resolve().parent / "example.zone"
# How long all four may take for a change before the show gives up.
PATIENCE_SECONDS = 20.0
# At most so many record sets are asked for at each nameserver.
MOST_QUESTIONS = 500
MORE_CHANGES = 10


class Show:
    def __init__(self, cluster, zone_name, zone_file, region):
        self.cluster = cluster
        self.zone_name = zone_name
        self.zone_file = zone_file
        self._region = region
        # Registries take names right below their TLDs.
        self._domain = DomainShow(cluster, zone_name) if zone_name.rstrip(".").count(".") == 1 else None
        self._zone = None
        self._four = []
        self._record_sets = []
        self._changes = 0

    def run(self):
        self.start()
        if self._domain:
            self._domain.check()
        self.create_zone()
        self.ask()
        if self._domain:
            self.register()
        self.change()
        self.lose_region_and_regain_it()

    # Steps

    def start(self):
        headline("Start a registry, one controller and eight nameservers in four regions")
        started = time.monotonic()
        self.cluster.up()
        regions = {}
        for node in self.cluster.nodes:
            regions.setdefault(node.region, []).append(f"{node.nameserver.name} {node.address}:{self.cluster.port}")
        table([(region, *nodes) for region, nodes in regions.items()])
        registry = self.cluster.registry
        say(f"All serve and are counted, and their names' own domains ({layout.stripe_domain('a')}, …) are registered,"
            f" {time.monotonic() - started:.1f} s after the")
        say(f"first process started. The registry: EPP on {ROOT}:{registry.epp_port}, RDAP on"
            f" http://{ROOT}:{registry.rdap_port}, a root server on {ROOT}.")

    def create_zone(self):
        headline(f"Create the hosted zone {self.zone_name} from {shown_path(self.zone_file)}")
        apex = self.zone_name.rstrip(".").lower() + "."
        every = [(node.address, self.cluster.port) for node in self.cluster.nodes]
        with FirstAnswer(every, apex, "SOA", lambda a: a.rcode == "NOERROR" and a.authoritative) as first:
            response = self.cluster.quartet_json("zone", "create", self.zone_name, "--file", self.zone_file)
            for warning in response.get("warnings", []):
                where = f"{warning['file']}:{warning['line']}:{warning['column']}: " if warning["line"] else ""
                say(f"note: {where}{warning['message']}")
            self._zone = response["zone"]
            self._four = self.cluster.nodes_of_zone(self._zone)
            self._await(first, "serves the new zone")
            change = self._insync(response["change"])
        self._record_sets = self.cluster.quartet_json("record", "list", apex)["record_sets"]
        say(f"{len(self._record_sets)} record sets, SOA and NS included, are on the four nameservers it got:")
        self._show_times(first, change)
        self._show_insync(change)

    def ask(self):
        headline("Ask each of the four")
        asked = questions(self._apex(), self._record_sets, MOST_QUESTIONS)
        if len(asked) < len(self._record_sets):
            say(f"{len(asked)} of the {len(self._record_sets)} record sets, evenly chosen:")
        rows, wrong = [("NAMESERVER", "REGION", "UDP", "MEDIAN", "TCP", "MEDIAN")], []
        for node in self._four:
            row = [node.nameserver.host_name, node.region]
            for tcp in (False, True):
                right, median = self._ask_node(node, asked, tcp, wrong)
                row += [f"{right}/{len(asked)} right", f"{median:.2f} ms"]
            rows.append(tuple(row))
        table(rows)
        self._show_samples(asked)
        if wrong:
            raise ShowFailed("not answered as the zone has it: " + "; ".join(wrong[:5]))

    def _show_samples(self, asked):
        """A few answers in full, so that one sees what was asked."""
        node, rows = self._four[0], []
        for type_name in ("A", "AAAA", "MX", "CNAME"):
            question = next((one for one in asked if one.type == type_name and not one.referral), None)
            if question:
                answer = dns_query.ask(node.address, question.owner, question.type, self.cluster.port)
                values = ", ".join(record.text() for record in answer.answers if record.type == type_name)
                rows.append((question.owner, type_name, values))
        if rows:
            say(f"For example, from {node.nameserver.host_name}")
            table(rows)

    def _ask_node(self, node, asked, tcp, wrong):
        times, right = [], 0
        for question in asked:
            began = time.perf_counter()
            answer = dns_query.ask(node.address, question.owner, question.type, self.cluster.port, tcp)
            times.append((time.perf_counter() - began) * 1000)
            if question.accepts(answer):
                right += 1
            else:
                wrong.append(f"{question.owner} {question.type} at {node.name}: {answer.rcode}")
        return right, statistics.median(times)

    def register(self):
        self._domain.register(self._zone)
        owner, type_name, ttl = self._record_to_change()
        if not any(one["owner"] == owner and one["type"] == type_name for one in self._record_sets):
            self._insync(self.cluster.quartet_json("record", "set", self._apex(), owner, type_name, ttl, self._value()))
        self._domain.walk(owner, type_name)

    def change(self):
        owner, type_name, ttl = self._record_to_change()
        headline(f"Change a record: {owner} {type_name}")
        first, change, started = self._change_and_watch(owner, type_name, ttl, self._four)
        self._show_times(first, change)
        say("Counted from when the controller accepted the change (its create_time) to the first right answer over UDP,")
        say("asked for every half millisecond. Starting the `quartet` command took"
            f" {create_time(change) * 1000 - started * 1000:.0f} ms before that.")
        slowest = []
        for _ in range(MORE_CHANGES):
            first, change, _ = self._change_and_watch(owner, type_name, ttl, self._four)
            slowest.append(max(after(first, change).values()))
        say(f"{MORE_CHANGES} more changes, until the last of the four answered with it:"
            f" median {statistics.median(slowest):.1f} ms, longest {max(slowest):.1f} ms.")

    def lose_region_and_regain_it(self):
        region = self._region or self._four[0].region
        dead, alive = self.cluster.region(region), [node for node in self._four if node.region != region]
        headline(f"Kill region {region} ({' and '.join(node.name for node in dead)}, SIGKILL)")
        for node in dead:
            node.process.kill()
        self._show_who_answers()
        owner, type_name, ttl = self._record_to_change()
        first, change, _ = self._change_and_watch(owner, type_name, ttl, alive)
        say(f"A change meanwhile: the other {len(alive)} answered with it after"
            f" {max(after(first, change).values()):.1f} ms.")
        if self.cluster.resolver:
            self._domain.show_new_value(owner, type_name, ttl, self._value())
        self.cluster.quartet("change", "wait", change_id(change), "--servers", len(alive))
        state = self.cluster.quartet_json("change", "show", change_id(change))["state"]
        say(f"It is {state.removeprefix('STATE_')}: `change wait --servers {len(alive)}` is content,"
            " INSYNC waits for all four.")

        headline(f"Start region {region} again")
        value = self._value()
        servers = [(node.address, self.cluster.port) for node in self._four if node.region == region]
        with FirstAnswer(servers, owner, type_name, lambda answer: has_value(answer, value)) as first:
            started = time.time()
            self.cluster.start_nodes(dead)
            ready = time.time()
            self._await(first, "caught up", count=len(servers))
        change = self._insync(change)
        milliseconds = (max(first.times.values(), default=ready) - started) * 1000
        say(f"Its nodes answer, from their own disks, and have caught up: the change they missed is answered"
            f" {milliseconds:.0f} ms")
        say(f"after they were started, and is INSYNC: {serving(change)} of 4.")

    # Parts of steps

    def _apex(self):
        return self.zone_name.rstrip(".").lower() + "."

    def _record_to_change(self):
        """An A record set that everybody can ask for; a new one where the zone has none."""
        cuts = [one["owner"] for one in self._record_sets if one["type"] == "NS" and one["owner"] != self._apex()]
        for one in self._record_sets:
            ours = not any(one["owner"].endswith(cut) for cut in cuts)
            if one["type"] == "A" and ours and one["owner"].lower().startswith("www."):
                return one["owner"], "A", one["ttl"]
        return f"quickstart.{self._apex()}", "A", 60

    def _value(self):
        """The value of the last change: another one each time."""
        return f"198.51.100.{self._changes % 250 + 1}"

    def _change_and_watch(self, owner, type_name, ttl, nodes):
        """Sets a new value; returns first answers, the change, and when the command was started."""
        self._changes += 1
        value = self._value()
        servers = [(node.address, self.cluster.port) for node in nodes]
        with FirstAnswer(servers, owner, type_name, lambda answer: has_value(answer, value)) as first:
            started = time.time()
            change = self.cluster.quartet_json("record", "set", self._apex(), owner, type_name, ttl, value)
            self._await(first, f"answers {owner} {type_name} {value}", count=len(nodes))
        return first, change, started

    def _await(self, first, what, count=4):
        if not first.wait(count, PATIENCE_SECONDS):
            raise ShowFailed(f"only {len(first.times)} of {count}: {what}, after {PATIENCE_SECONDS:g} s")

    def _insync(self, change):
        change = self.cluster.quartet_json("change", "wait", change_id(change))
        if change["state"] != "STATE_INSYNC":
            raise ShowFailed(f"change {change_id(change)} is {change['state']}")
        return change

    def _show_times(self, first, change):
        times = after(first, change)
        rows = [("NAMESERVER", "REGION", "ADDRESS", "ANSWERS AFTER")]
        for node in sorted(self._four, key=lambda node: times[node.address]):
            address = f"{node.address}:{self.cluster.port}"
            rows.append((node.nameserver.host_name, node.region, address, f"{times[node.address]:8.1f} ms"))
        table(rows)

    def _show_insync(self, change):
        waited = (parse_time(change["insync_time"]) - create_time(change)) * 1000
        say(f"Change {change_id(change)} is INSYNC: {serving(change)} of 4 acknowledged; durable and logged after"
            f" {waited:.1f} ms.")

    def _show_who_answers(self):
        rows = []
        for node in self._four:
            try:
                began = time.perf_counter()
                answer = dns_query.ask(node.address, self._apex(), "SOA", self.cluster.port, timeout=0.5)
                what = f"answers, {answer.rcode}, {(time.perf_counter() - began) * 1000:.2f} ms"
                answers = answer.rcode == "NOERROR"
            except OSError:
                what, answers = "silent", False
            rows.append((node.nameserver.host_name, node.region, what))
            if answers != node.process.is_running():
                raise ShowFailed(f"{node.name}: {what}")
        table(rows)


# Small things


def has_value(answer, value):
    return answer.rcode == "NOERROR" and value in [record.text() for record in answer.answers]


def after(first, change):
    """Milliseconds from the change's acceptance to each server's first right answer, by address."""
    return {server[0]: (when - create_time(change)) * 1000 for server, when in first.times.items()}


def change_id(change):
    return change["name"].removeprefix("changes/")


def serving(change):
    return sum(bool(row.get("serving")) for row in change["nameservers"])


def create_time(change):
    return parse_time(change["create_time"])


def name_of_zone(path, given):
    """The name given, or the file's first $ORIGIN, or the file's own name."""
    if given:
        return given
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            origin = re.match(r"\$ORIGIN\s+(\S+)", line, re.IGNORECASE)
            if origin:
                return origin.group(1).rstrip(".")
    if path.name.endswith(".zone") and path.stem:
        return path.stem
    raise ShowFailed(f"{path} has no $ORIGIN and is not called NAME.zone: give the zone's name with --zone")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="deploy/local/quickstart")
    parser.add_argument("zone_file", metavar="ZONEFILE", nargs="?", type=Path, default=EXAMPLE)
    parser.add_argument("--zone")
    parser.add_argument("--kill", metavar="REGION")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--resolver", action="store_true")
    return parser.parse_args()


def make_cluster(folder, zone_name, detached=False):
    """With a registry that has the zone's TLD, served by knotd where there is one."""
    cluster = Cluster.create(folder, detached=detached)
    tld = zone_name.rstrip(".").lower().rpartition(".")[2]
    knotd = program("knotd") and program("knotc")
    cluster.add_registry(list(dict.fromkeys([*REGISTRY_TLDS, tld])), knot=tld if knotd else None)
    return cluster


def run(arguments):
    zone_name = name_of_zone(arguments.zone_file, arguments.zone)
    started = time.monotonic()
    if arguments.keep or arguments.resolver:
        show_and_keep(arguments, zone_name)
    else:
        with tempfile.TemporaryDirectory(prefix="quartet-quickstart-") as folder:
            cluster = make_cluster(folder, zone_name)
            try:
                Show(cluster, zone_name, arguments.zone_file, arguments.kill).run()
                headline("Clean up")
                cluster.down()
            finally:
                cluster.kill()
        say("All processes are stopped, their data is removed. To keep them: deploy/local/quickstart --resolver")
    say(f"\nDone in {time.monotonic() - started:.1f} s.")


def show_and_keep(arguments, zone_name):
    cluster = make_cluster(DEFAULT_FOLDER, zone_name, detached=True)
    try:
        Show(cluster, zone_name, arguments.zone_file, arguments.kill).run()
        if cluster.resolver and not arguments.resolver:
            cluster.resolver.kill()
    except BaseException:
        cluster.remove()
        raise
    headline("The cluster goes on")
    # Whoever is in another network gets there by `cluster run`.
    run_there = "deploy/local/cluster run "
    if not own_network.is_own():
        run_there = ""
        say('  eval "$(deploy/local/cluster env)"       so that `quartet` talks to it')
        say("  deploy/local/cluster context             or, in every shell: a context of `quartet`, and in use")
    port = "" if cluster.port == 53 else f" -p {cluster.port}"
    for command in commands(cluster, zone_name, port, arguments.resolver):
        say(f"  {run_there}{command}")
    say("  deploy/local/cluster status              also stop, kill, pause, start, kill-region")
    say("  deploy/local/cluster down                stops everything and removes its data")


def commands(cluster, zone_name, port, resolver):
    """What to try next; dig and delv are of package bind9-dnsutils."""
    node = cluster.nodes_of_zone(cluster.quartet_json("zone", "show", zone_name))[0]
    if resolver and cluster.resolver:
        yield f"dig @{RESOLVER} www.{zone_name}"
        yield f"dig @{RESOLVER} +trace www.{zone_name}"
    yield f"dig{port} @{node.address} www.{zone_name}"
    yield f"curl http://{ROOT}:{cluster.registry.rdap_port}/domain/{zone_name}"
    yield f"quartet domain register another.{REGISTRY_TLDS[0]}"


def port_53_wanted():
    """Addresses whose port 53 all of it needs."""
    tlds = len(REGISTRY_TLDS) + len(layout.STRIPES) + 1
    nodes = [nameserver.address for nameserver in layout.nameservers()]
    return [*nodes, ROOT, RESOLVER, *(tld_address(number) for number in range(tlds))]


def main():
    arguments = parse_arguments()
    own_network.ensure(port_53_wanted())
    # So that `kill` cleans up as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run(arguments)
    except CommandFailed as error:
        sys.exit(f"\n{error.result.stderr or error.result.stdout}quickstart: the command `quartet {error.command}` failed;"
                 " everything is cleaned up.")
    except (BinaryMissing, CertificateError, ClusterError, OSError, PortTaken, ProcessError, ShowFailed) as error:
        sys.exit(f"\nquickstart: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
