"""A cluster for benchmarks, with as many zones as wanted; and what its processes cost."""

import contextlib
import os
import subprocess
import tempfile

from harness.cluster import Cluster

PATIENCE_SECONDS = 300.0


def program(name):
    """Path of one of our own programs."""
    return os.path.join(os.environ["QUARTET_BIN"], "tests/bench", name)


@contextlib.contextmanager
def running(zones, record_sets=18, regions=4, per_region=2):
    """A cluster with zones z0.test, z1.test, ... that all nodes serve and that are INSYNC."""
    with tempfile.TemporaryDirectory(prefix="quartet-bench-") as folder:
        cluster = Cluster.create(folder, regions, per_region)
        try:
            found(cluster, zones, record_sets)
            cluster.start_nodes(cluster.nodes)
            cluster.wait_counted(timeout=PATIENCE_SECONDS)
            # Behind those of all others.
            cluster.quartet("zone", "create", "last.test", "--wait", timeout=PATIENCE_SECONDS)
            yield cluster
        finally:
            cluster.kill()


def found(cluster, zones, record_sets=18):
    """Controller and roster of a new service with so many zones. No node is started."""
    cluster.init_controller()
    cluster.start_controller()
    cluster.enrol()
    cluster.controller.stop()
    made = subprocess.run(
        [program("make_many_zones"), "--data", str(cluster.folder / "controller"), "--zones", str(zones),
         "--record-sets", str(record_sets)], capture_output=True, text=True, check=False,
    )
    if made.returncode != 0:
        raise RuntimeError(f"no zones could be made: {made.stderr}")
    print(made.stdout.strip(), flush=True)
    cluster.start_controller()


def run_client(cluster, name, *arguments):
    """Runs one of our clients against the cluster; what it printed."""
    result = subprocess.run(
        [program(name), *map(str, arguments)], env=dict(os.environ, **cluster.environment()), stdout=subprocess.PIPE,
        text=True, check=True,
    )
    return result.stdout


class CpuTime:
    """CPU seconds of controller and nodes from now on."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._start = self._now()

    def spent(self):
        """Of the controller, and of all nodes together."""
        now = self._now()
        return now[0] - self._start[0], now[1] - self._start[1]

    def _now(self):
        nodes = sum(cpu_seconds(node.process) for node in self._cluster.nodes if node.process.is_running())
        return cpu_seconds(self._cluster.controller), nodes


def cpu_seconds(process):
    """Of one process, since it was started."""
    with open(f"/proc/{process.identity.pid}/stat", encoding="utf-8", errors="replace") as stat:
        fields = stat.read().rpartition(")")[2].split()
    # utime and stime (proc(5)), in ticks.
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
