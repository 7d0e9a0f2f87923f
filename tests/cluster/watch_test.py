"""`quartet watch` as its users see it: each change once when accepted and once when INSYNC, over breaks too."""

import json
import os
import queue
import signal
import subprocess
import threading
import unittest
from datetime import datetime, timedelta

from harness.cluster_case import PATIENCE_SECONDS, ClusterCase


class Watcher:
    """A running `quartet watch`, and the lines that it prints."""

    def __init__(self, cluster, *arguments, output="json"):
        argv = [str(cluster.binaries.path("quartet")), "-o", output, "watch", *arguments]
        self.process = subprocess.Popen(
            argv, env=dict(os.environ, **cluster.environment()), text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)
        self.process.stdout.close()

    def line(self):
        """The next one; None at the end."""
        return self.lines.get(timeout=PATIENCE_SECONDS)

    def response(self):
        return json.loads(self.line())

    def interrupt(self):
        """Exit code and standard error after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self):
        code = self.process.wait(timeout=PATIENCE_SECONDS)
        return code, self.process.stderr.read()


def kind_and_change(response):
    return response["event"]["kind"].removeprefix("KIND_"), response["event"]["change"]["name"]


def time_of(text):
    """Of protobuf's JSON, to the second."""
    return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")


class Watch(ClusterCase):
    per_region = 1

    def setUp(self):
        self.zone = f"{self._testMethodName.replace('_', '-')}.test"
        self.create_zone(self.zone, "www 600 IN A 192.0.2.1\n")

    def test_a_change_is_told_when_accepted_and_when_insync(self):
        with Watcher(self.cluster, self.zone, "--effects") as watcher:
            self.assertNotIn("event", watcher.response())
            change = self.set_record(self.zone, "www", "A", "192.0.2.2")
            accepted, insync = watcher.response(), watcher.response()
        self.assertEqual(kind_and_change(accepted), ("ACCEPTED", change["name"]))
        self.assertEqual(kind_and_change(insync), ("INSYNC", change["name"]))
        self.assertEqual(accepted["event"]["domain_name"], f"{self.zone}.")
        soa, www = accepted["event"]["effects"]
        self.assertEqual(soa["after"]["type"], "SOA")
        self.assertEqual((www["before"]["values"], www["after"]["values"]), (["192.0.2.1"], ["192.0.2.2"]))
        # Safe once the 600 seconds are over that the old address may be cached for.
        told = insync["event"]["change"]
        self.assertEqual(told["safe_after_time"], change["safe_after_time"])
        self.assertEqual(time_of(told["safe_after_time"]) - time_of(told["insync_time"]), timedelta(seconds=600))

    def test_what_happens_between_two_watches_is_told_by_the_second(self):
        with Watcher(self.cluster, self.zone) as watcher:
            token = watcher.response()["resume_token"]
        made = [self.set_record(self.zone, f"n{i}", "A", "192.0.2.1")["name"] for i in range(5)]
        with Watcher(self.cluster, self.zone, "--since", token) as watcher:
            watcher.response()
            told = [watcher.response() for _ in range(10)]
        self.assertEqual([kind_and_change(one) for one in told],
                         [(kind, name) for name in made for kind in ("ACCEPTED", "INSYNC")])
        # From the middle of it too.
        with Watcher(self.cluster, self.zone, "--since", told[6]["resume_token"]) as watcher:
            watcher.response()
            self.assertEqual([kind_and_change(watcher.response()) for _ in range(3)],
                             [kind_and_change(one) for one in told[7:]])

    def test_it_ends_with_the_controller_and_goes_on_after_it(self):
        with Watcher(self.cluster, self.zone) as watcher:
            token = watcher.response()["resume_token"]
            self.cluster.controller.stop()
            self.assertIsNone(watcher.line())
            code, errors = watcher.ended()
        self.cluster.start_controller()
        self.cluster.wait_counted()
        self.assertEqual(code, 3, errors)
        change = self.set_record(self.zone, "www", "A", "192.0.2.3")
        with Watcher(self.cluster, self.zone, "--since", token) as watcher:
            watcher.response()
            self.assertEqual(kind_and_change(watcher.response()), ("ACCEPTED", change["name"]))

    def test_people_get_lines_and_a_token_when_they_end_it(self):
        with Watcher(self.cluster, self.zone) as watcher:
            token = watcher.response()["resume_token"]
        self.set_record(self.zone, "www", "A", "192.0.2.4")
        with Watcher(self.cluster, self.zone, "--since", token, output="table") as watcher:
            lines = [watcher.line(), watcher.line()]
            code, errors = watcher.interrupt()
        self.assertEqual(code, 0, errors)
        self.assertRegex("".join(lines), rf"ACCEPTED  {self.zone}\. revision \d+: changed by quartet://admin/local  C")
        self.assertRegex("".join(lines), rf"INSYNC    {self.zone}\. revision \d+: safe after 20")
        self.assertRegex(errors, rf"To go on from here: quartet watch {self.zone} --since [A-Za-z0-9_-]+")

    def test_what_can_not_be_watched_is_refused(self):
        unknown = self.cluster.run_quartet("watch", "none.test")
        self.assertEqual(unknown.returncode, 1)
        self.assertIn("there is no zone", unknown.stderr)
        bad = self.cluster.run_quartet("watch", "--since", "nonsense")
        self.assertEqual(bad.returncode, 1)
        self.assertIn("resume_token", bad.stderr)


if __name__ == "__main__":
    unittest.main()
