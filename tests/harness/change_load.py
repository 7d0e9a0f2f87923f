"""change_load (tests/cluster/change_load.cc), running beside a test, and what every replica must hold after it."""

import json
import subprocess


class ChangeLoad:
    """Changes to one zone. `acknowledged` grows as they are reported."""

    def __init__(self, cluster, zone, changes, concurrency=8, padding=0):
        argv = [
            cluster.binaries.path("change_load"), "--controller", cluster.controller_endpoint,
            *cluster.admin.arguments(), "--zone", zone, "--changes", changes, "--concurrency", concurrency,
            "--padding", padding, "--report", "/dev/stdout",
        ]
        self._changes = changes
        self._command = subprocess.Popen([str(part) for part in argv], stdout=subprocess.PIPE, text=True)
        self.acknowledged = []

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._command.kill()
        self._command.wait()
        self._command.stdout.close()

    def until(self, count):
        """Reads until so many changes were acknowledged (or no more come)."""
        while len(self.acknowledged) < count:
            line = self._command.stdout.readline()
            if not line:
                return
            self.acknowledged.append(json.loads(line))

    def finish(self):
        """Reads the rest; the exit code."""
        self.until(self._changes + 1)
        return self._command.wait()


def replica_rows(cluster, folder):
    """Each zone of a replica, by its id: what replica_digests finds in it. Its process must be gone."""
    program = str(cluster.binaries.path("replica_digests"))
    output = subprocess.run([program, folder], check=True, stdout=subprocess.PIPE, text=True).stdout
    return {row["zone"]: row for row in map(json.loads, output.splitlines())}
