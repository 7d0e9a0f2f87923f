"""The crash loop: hundreds of changes a second while everything is killed and stopped at random. What must hold is checked.

While it lasts (crash_load): a change that is acknowledged made just the next revision; what is INSYNC is served by all four
nodes of its zone, whatever was done to them; no node's answers go back; whoever lives answers, and one of each zone's four
always lives. In the end, with everything started: all is INSYNC within a bound, all answers are right, and all replicas hold
the same bytes.
"""

import argparse
import heapq
import json
import random
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness.cluster import Cluster
from harness.processes import ProcessError

ZONES = 48
RATE = 500
SETTLE_SECONDS = 60
# Between two strokes of fate.
PAUSE_SECONDS = (0.1, 1.0)
DOWN_SECONDS = (0.0, 2.5)
STOPPED_SECONDS = (0.05, 2.5)
PROGRESS_SECONDS = 10


class Load:
    """crash_load, running."""

    def __init__(self, cluster, zones, rate):
        argv = [cluster.binaries.path("crash_load"), "--controller", cluster.controller_endpoint, *cluster.admin.arguments()]
        for zone in zones:
            addresses = [node.address for node in cluster.nodes_of_zone(zone)]
            argv += ["--zone", ",".join([name_of(zone), str(zone["revision"]), *addresses])]
        argv += ["--rate", rate, "--port", cluster.port, "--settle", SETTLE_SECONDS]
        self._command = subprocess.Popen(
            [str(part) for part in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def tell(self, *words):
        print(*words, file=self._command.stdin, flush=True)

    def stop(self):
        """Its report, once it has settled."""
        self.tell("stop")
        output = self._command.communicate(timeout=SETTLE_SECONDS + 120)[0]
        if not output:
            raise ProcessError(f"crash_load ended with exit code {self._command.returncode} and no report")
        return json.loads(output)

    def kill(self):
        self._command.kill()
        self._command.wait()
        self._command.stdout.close()
        self._command.stdin.close()


class Figures:
    """What was done, and how long it took to be over."""

    def __init__(self):
        self.kills, self.emptied, self.stops = 0, 0, 0
        self.controller_kills, self.controller_stops = 0, 0
        self.most_broken = 0
        self.slowest = {}

    def took(self, what, seconds):
        self.slowest[what] = max(self.slowest.get(what, 0.0), seconds)


class Victim:
    """A process and what was done to it: up, stopped (SIGSTOP), down, or starting."""

    def __init__(self, process, node=None):
        self.process = process
        self.node = node
        self.state = "up"
        self.started = 0.0
        self.emptied = False
        # Counts what was done to it: what was planned before does not happen any more.
        self.turn = 0


class Fate:
    """Breaks processes and starts them again. One thread; all it does follows from its seed and from when processes are ready."""

    def __init__(self, cluster, zones, load, chance, disks_lie=False):
        """With `disks_lie` the disk of a node that is killed goes back to what it was when it was killed before. Then two nodes are
        killed again and again, and nothing else happens: among all of them it would be chance whether one is killed twice."""
        self._disks_lie = disks_lie
        self._cluster = cluster
        self._load = load
        self._chance = chance
        self._controller = Victim(cluster.controller)
        self._nodes = [Victim(node.process, node) for node in cluster.nodes]
        by_name = {victim.node.name: victim for victim in self._nodes}
        self._zones = [[by_name[node.name] for node in cluster.nodes_of_zone(zone)] for zone in zones]
        self._plan = []
        self._planned = 0
        self.figures = Figures()

    def run(self, seconds, progress):
        """For so long; then everything is started, and ready on return. ProcessError: one ended that nobody killed."""
        end = time.monotonic() + seconds
        self._at(0.0, self._strike)
        said = time.monotonic()
        while time.monotonic() < end:
            self._step(end)
            if time.monotonic() - said > PROGRESS_SECONDS:
                said = time.monotonic()
                progress(end - said)
        self._plan.clear()
        for victim in [self._controller, *self._nodes]:
            if victim.state == "stopped":
                self._resume(victim)
            elif victim.state == "down":
                self._start(victim)
        deadline = time.monotonic() + SETTLE_SECONDS
        while any(victim.state != "up" for victim in [self._controller, *self._nodes]):
            if time.monotonic() > deadline:
                late = [victim.process.name for victim in self._nodes if victim.state != "up"]
                raise ProcessError(f"not ready after {SETTLE_SECONDS} s with everything started: {', '.join(late)}")
            self._step(deadline)

    # Time

    def _at(self, seconds, action):
        self._planned += 1
        heapq.heappush(self._plan, (time.monotonic() + seconds, self._planned, action))

    def _step(self, end):
        """Waits for the next that is planned, or for a process to be ready."""
        victims = [self._controller, *self._nodes]
        starting = [victim for victim in victims if victim.state == "starting"]
        due = min(self._plan[0][0] if self._plan else end, end)
        # Short enough to see that one has died.
        wait = min(max(0.0, due - time.monotonic()), 0.2)
        select.select([victim.process.notification() for victim in starting], [], [], wait)
        for victim in starting:
            if victim.process.is_ready():
                self._is_up(victim)
        for victim in victims:
            if victim.state in ("up", "stopped") and not victim.process.is_running():
                raise ProcessError(f"{victim.process.name} ended, and nobody had killed it{victim.process.log_tail()}")
        while self._plan and self._plan[0][0] <= time.monotonic():
            heapq.heappop(self._plan)[2]()

    # Strokes

    def _strike(self):
        self._at(self._chance.uniform(*PAUSE_SECONDS), self._strike)
        if self._disks_lie:
            return self._kill_again(self._chance.choice(self._nodes[:2]))
        kind = self._chance.random()
        if kind < 0.1:
            self._break_controller()
        elif kind < 0.15:  # Many at once, the controller among them.
            self._break_controller()
            for victim in self._chance.sample(self._nodes, self._chance.randrange(2, len(self._nodes))):
                self._break_node(victim)
        else:
            self._break_node(self._chance.choice(self._nodes))
        broken = sum(victim.state != "up" for victim in [self._controller, *self._nodes])
        self.figures.most_broken = max(self.figures.most_broken, broken)

    def _kill_again(self, victim):
        if victim.state == "up" and self._is_spare(victim):
            self.figures.kills += 1
            self._kill(victim)

    def _break_controller(self):
        victim = self._controller
        if victim.state not in ("up", "starting"):
            return
        if self._chance.random() < 0.6 or victim.state == "starting":
            self.figures.controller_kills += 1
            self._kill(victim)
        else:
            self.figures.controller_stops += 1
            self._stop(victim)

    def _break_node(self, victim):
        if victim.state == "down" or not self._is_spare(victim):
            return
        kind = self._chance.random()
        # One that is stopped may be killed, one that is being filled too.
        if kind < 0.65 or victim.state != "up":
            self.figures.kills += 1
            self._kill(victim, empty=kind < 0.1)
        else:
            self.figures.stops += 1
            self._stop(victim)

    def _is_spare(self, victim):
        """Each of its zones has another node that is up."""
        return all(
            any(other is not victim and other.state == "up" for other in four) for four in self._zones if victim in four
        )

    def _told(self, victim, up):
        if victim.node:
            self._load.tell("up" if up else "down", victim.node.address)

    def _kill(self, victim, empty=False):
        self._told(victim, up=False)
        victim.process.kill()
        victim.state, victim.emptied = "down", victim.emptied or empty
        folder = self._cluster.folder / victim.process.name
        if empty:
            self.figures.emptied += 1
            shutil.rmtree(folder, ignore_errors=True)
        elif self._disks_lie and victim.node:
            go_back(folder)
        self._later(victim, DOWN_SECONDS, self._start)

    def _stop(self, victim):
        self._told(victim, up=False)
        victim.process.pause()
        victim.state = "stopped"
        self._later(victim, STOPPED_SECONDS, self._resume)

    def _later(self, victim, seconds, action):
        victim.turn += 1
        turn = victim.turn
        self._at(self._chance.uniform(*seconds), lambda: action(victim) if victim.turn == turn else None)

    def _start(self, victim):
        victim.process.start()
        victim.state, victim.started = "starting", time.monotonic()

    def _resume(self, victim):
        victim.process.resume()
        victim.state = "up"
        self._told(victim, up=True)

    def _is_up(self, victim):
        what = "controller" if victim.node is None else "emptied node" if victim.emptied else "node"
        self.figures.took(what, time.monotonic() - victim.started)
        victim.state, victim.emptied = "up", False
        self._told(victim, up=True)


def go_back(folder):
    before, now = folder.with_suffix(".before"), folder.with_suffix(".now")
    shutil.copytree(folder, now)
    if before.exists():
        shutil.rmtree(folder)
        before.rename(folder)
    now.rename(before)


class CrashLoop:
    """One run on a cluster of its own in `folder`."""

    def __init__(self, folder, seed, seconds, zones=ZONES, rate=RATE, disks_lie=False):
        self.folder = Path(folder)
        self.seed = seed
        self.seconds = seconds
        self.zone_count = zones
        self.rate = rate
        self.disks_lie = disks_lie

    def run(self):
        """Returns (report as text, number of violations, faults of the replicas)."""
        cluster = Cluster.create(self.folder / "cluster")
        load = None
        try:
            cluster.up()
            zones = [self._create(cluster, number) for number in range(self.zone_count)]
            load = Load(cluster, zones, self.rate)
            fate = Fate(cluster, zones, load, random.Random(self.seed), self.disks_lie)
            fate.run(self.seconds, lambda left: print(f"   {left:.0f} s left", flush=True))
            report = load.stop()
            faults = self._check_replicas(cluster, zones, report)
            return self._text(fate.figures, report), report["violations"], faults
        except BaseException:
            for process in cluster.processes():
                print(f"{process.name}{process.log_tail(15)}", file=sys.stderr)
            raise
        finally:
            if load:
                load.kill()
            cluster.kill()

    @staticmethod
    def _create(cluster, number):
        return cluster.quartet_json("zone", "create", f"zone-{number}.crash.test", "--wait")["zone"]

    @staticmethod
    def _check_replicas(cluster, zones, report):
        """What is wrong with revisions and digests, a line each. All processes are stopped for it."""
        cluster.wait_counted()
        rows = {zone["name"].removeprefix("zones/"): zone for zone in cluster.zones()}
        faults = []
        for zone in zones:
            row = rows[zone["name"].removeprefix("zones/")]
            wanted = int(zone["revision"]) + report["zones"][name_of(zone)]
            if int(row["revision"]) != wanted:
                faults.append(f"{name_of(zone)} has revision {row['revision']}, not {wanted}")
        cluster.down()
        for process in cluster.processes():
            faults += replica_faults(cluster, process.name, rows)
        return faults

    def _text(self, figures, report):
        def latency(figures):
            return f"p50 {figures['p50']:.1f} ms, p99 {figures['p99']:.1f} ms, max {figures['max']:.0f} ms"

        slowest = ", ".join(f"{what} {seconds:.2f} s" for what, seconds in sorted(figures.slowest.items()))
        return "\n".join([
            f"crash loop: seed {self.seed}, {self.seconds:.0f} s, {self.zone_count} zones, {self.rate} changes/s wanted",
            f"  changes    {report['sent']} sent, {report['acknowledged']} acknowledged"
            f" ({report['acknowledged'] / self.seconds:.0f}/s), {report['insync']} INSYNC; {report['sent_again']} sent again",
            f"  faults     nodes: {figures.kills} killed ({figures.emptied} of them emptied), {figures.stops} stopped;"
            f" controller: {figures.controller_kills} killed, {figures.controller_stops} stopped;"
            f" up to {figures.most_broken} at once",
            f"  recovery   longest from start to ready: {slowest}; all INSYNC {report['settled_ms'] / 1000:.2f} s after the end",
            f"  answers    {report['answers']} to {report['queries']} questions;"
            f" longest between two answers of a zone: {report['longest_gap_ms']:.0f} ms",
            f"  acknowledged after  {latency(report['acknowledged_ms'])}",
            f"  INSYNC after        {latency(report['insync_ms'])}",
        ])


def name_of(zone):
    return zone["domain_name"].rstrip(".")


def replica_faults(cluster, name, rows):
    """Whether each zone of a stopped replica has the bytes that the controller has logged."""
    result = subprocess.run(
        [cluster.binaries.path("replica_digests"), cluster.folder / name], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        return [f"{name}: {result.stderr.strip()}"]
    replica = {row["zone"]: row for row in map(json.loads, result.stdout.splitlines())}
    faults = []
    for zone_id, row in rows.items():
        four = {node.name for node in cluster.nodes_of_zone(row)}
        if name != "controller" and name not in four:
            continue
        held = replica.get(zone_id)
        if held is None:
            faults.append(f"{name} does not hold {row['domain_name']}")
        elif (held["revision"], held["digest"]) != (int(row["revision"]), row["digest"]):
            faults.append(f"{name} holds another {row['domain_name']}: {held}, not {row['revision']} {row['digest']}")
    return faults


def main():
    parser = argparse.ArgumentParser(
        prog="tests/faults/crash_loop", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: tests/faults/crash_loop --minutes 60",
    )
    parser.add_argument("--minutes", type=float, default=2, help="how long (default: %(default)g)")
    parser.add_argument("--seed", type=int, help="of what is done when (default: another each time)")
    parser.add_argument("--zones", type=int, default=ZONES, help="default: %(default)d")
    parser.add_argument("--rate", type=int, default=RATE, help="changes a second (default: %(default)d)")
    options = parser.parse_args()
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"crash loop: seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="quartet-crash-") as folder:
        text, violations, faults = CrashLoop(folder, seed, options.minutes * 60, options.zones, options.rate).run()
    print(text)
    for fault in faults:
        print(f"FAULT: {fault}")
    if violations or faults:
        sys.exit(f"crash loop: {violations} violations (above), {len(faults)} faults of replicas; seed {seed}")
    print("  nothing acknowledged was lost, nothing was done twice; all replicas hold the same bytes")


if __name__ == "__main__":
    main()
