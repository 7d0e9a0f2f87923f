"""What tests on a cluster of real processes share."""

import os
import shutil
import tempfile
import unittest
from pathlib import Path

from harness import dns_query
from harness.cluster import Cluster
from harness.first_answer import FirstAnswer

PATIENCE_SECONDS = 30.0


class ClusterCase(unittest.TestCase):
    """A cluster for the whole class: four regions, two nameservers each. Logs are printed if a test failed."""

    regions = 4
    per_region = 2
    controller_options = ()
    # The zones of the stripes' domains, which the system makes, beside those of the tests.
    stripe_zones = False

    @classmethod
    def set_up_cluster(cls):
        """Before it is started."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="cluster-", dir=os.environ.get("TEST_TMPDIR")))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.cluster = Cluster.create(cls.folder / "cluster", cls.regions, cls.per_region)
        cls.addClassCleanup(cls.cluster.kill)
        cls.cluster.controller.argv += map(str, cls.controller_options)
        cls.cluster.controller.argv += () if cls.stripe_zones else ("--no-stripe-zones",)
        cls.set_up_cluster()
        cls.cluster.up()

    def run(self, result=None):
        result = self.defaultTestResult() if result is None else result
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(self.cluster.run_quartet("-o", "table", "--timeout", 5, "node", "list").stdout)
            for process in self.cluster.processes():
                print(f"{process.name}{process.log_tail(30)}")

    # Asking

    def ask(self, node, name, type_name, **options):
        return dns_query.ask(node.address, name, type_name, self.cluster.port, **options)

    def values(self, node, name, type_name):
        """Texts of the answer's records of that type; AssertionError if it is no authoritative answer."""
        answer = self.ask(node, name, type_name)
        self.assertEqual(answer.rcode, "NOERROR", f"{name} {type_name} at {node.name}")
        self.assertTrue(answer.authoritative, f"{name} {type_name} at {node.name}")
        return sorted(record.text() for record in answer.answers if record.type == type_name)

    def await_answer(self, nodes, name, type_name, accept, timeout=PATIENCE_SECONDS):
        """Waits until each of the nodes has given an answer that `accept` takes."""
        servers = [(node.address, self.cluster.port) for node in nodes]
        with FirstAnswer(servers, name, type_name, accept) as first:
            if not first.wait(len(servers), timeout):
                late = [node.name for node in nodes if (node.address, self.cluster.port) not in first.times]
                self.fail(f"no such answer to {name} {type_name} after {timeout:g} s: {', '.join(late)}")

    # Making

    def create_zone(self, name, text=None):
        """Makes a zone and waits until it is INSYNC; the Zone message."""
        arguments = ["zone", "create", name, "--wait"]
        if text is not None:
            path = self.folder / f"{name}.zone"
            path.write_text(text, encoding="utf-8")
            arguments += ["--file", path]
        response = self.cluster.quartet_json(*arguments)
        self.assertEqual(response["change"]["state"], "STATE_INSYNC")
        return response["zone"]

    def set_record(self, zone, owner, type_name, *values, wait=True):
        """Sets a record set; the Change message."""
        arguments = ["record", "set", zone, owner, type_name, 60, *values]
        return self.cluster.quartet_json(*arguments, *(["--wait"] if wait else []))
