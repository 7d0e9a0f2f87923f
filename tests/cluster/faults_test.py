"""Bad input and bad luck: the message says what to do, and whoever can go on serving goes on."""

import contextlib
import socket
import subprocess
import unittest

from harness.certificates import Authority
from harness.cluster_case import ClusterCase
from harness.processes import Process, ProcessError

ZONE = "faults.test"


class Faults(ClusterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = cls.create_zone(cls(), ZONE, "www 60 IN A 192.0.2.1\n")
        cls.four = cls.cluster.nodes_of_zone(cls.zone)

    def tearDown(self):
        # Whatever a test did to one node: all four serve after it.
        for node in self.four:
            self.assertTrue(self.values(node, f"www.{ZONE}", "A"), node.name)

    def refuses_to_start(self, process, pattern):
        """Starts it, and checks that it ends with an error and says in its log what the pattern wants."""
        before = len(process.log_text())
        process.start()
        try:
            with self.assertRaisesRegex(ProcessError, r"ended \(exit code [1-9]"):
                process.wait_ready(20)
        finally:
            process.kill()
        self.assertRegex(process.log_text()[before:], pattern)

    def variant(self, node, **options):
        """The node's process with other options."""
        argv = list(node.process.argv)
        for name, value in options.items():
            argv[argv.index(f"--{name}") + 1] = str(value)
        return Process(f"{node.name}-variant", argv, self.folder / "variant.log")

    # Zone files and requests

    def test_all_faults_of_a_zone_file_are_told_with_line_and_column(self):
        path = self.folder / "bad.zone"
        path.write_text("@ 60 IN MX ten mail\nwww 60 IN A 192.0.2.1\nwww 60 IN A 300.0.2.1\nalias 60 IN CNAME\n")
        before = self.cluster.zones()
        result = self.cluster.run_quartet("zone", "create", "bad.test", "--file", path)
        self.assertEqual(result.returncode, 1)
        for place in (r"bad\.zone:1:\d+: ", r"bad\.zone:3:\d+: ", r"bad\.zone:4:\d+: "):
            self.assertRegex(result.stderr, place)
        self.assertEqual(self.cluster.zones(), before)

    def test_an_unknown_zone_is_told_by_name(self):
        result = self.cluster.run_quartet("record", "set", "nowhere.test", "www", "A", "60", "192.0.2.1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("nowhere.test", result.stderr)

    def test_an_unreachable_controller_is_told_with_its_address(self):
        self.cluster.controller.stop()
        try:
            result = self.cluster.run_quartet("status")
            self.assertEqual(result.returncode, 3)
            self.assertIn(self.cluster.controller_endpoint, result.stderr)
            self.assertIn("running", result.stderr)
        finally:
            self.cluster.start_controller()
        self.cluster.wait_counted()

    # Ports and certificates

    def test_a_taken_port_is_named(self):
        node = self.four[0]
        node.process.stop()
        with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as squatter:
            squatter.bind((node.address, self.cluster.port))
            self.refuses_to_start(node.process, rf"{node.address}.{self.cluster.port}.*(?i:in use|taken)")
        self.cluster.start_nodes([node])

    def test_a_taken_port_of_the_controller_is_named(self):
        argv = list(self.cluster.controller.argv)
        data = self.folder / "second-controller"
        argv[argv.index("--data") + 1] = str(data)
        subprocess.run([argv[0], "init", "--name", "controller-1", "--data", data], check=True, stderr=subprocess.DEVNULL)
        second = Process("second controller", argv, self.folder / "second.log")
        self.refuses_to_start(second, rf"{self.cluster.controller_endpoint}")

    def test_a_missing_certificate_is_named(self):
        missing = self.folder / "missing.pem"
        self.refuses_to_start(self.variant(self.four[0], certificate=missing, data=self.folder / "d1"), str(missing))

    def test_a_certificate_of_another_kind_is_refused(self):
        admin = self.cluster.admin
        wrong = self.variant(self.four[0], certificate=admin.certificate, key=admin.key, data=self.folder / "d2")
        self.refuses_to_start(wrong, r"quartet://nameserver/")

    def test_a_node_of_another_authority_goes_on_answering_from_its_disk(self):
        node = self.four[1]
        identity = f"quartet://nameserver/{node.nameserver.name}/node/{node.name}"
        strange = Authority(self.folder / "strange").issue("node", identity)
        node.process.stop()
        process = self.variant(node, ca=strange.ca, certificate=strange.certificate, key=strange.key)
        process.start().wait_ready()
        try:
            self.assertEqual(self.values(node, f"www.{ZONE}", "A"), self.values(self.four[2], f"www.{ZONE}", "A"))
        finally:
            process.stop()
        self.cluster.start_nodes([node])
        self.cluster.wait_counted([node])

    def test_a_command_with_a_certificate_of_another_authority_is_refused(self):
        strange = Authority(self.folder / "strange-admin").issue("admin", "quartet://admin/stranger")
        result = self.cluster.run_quartet("status", *strange.arguments())
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("certificate", result.stderr)


if __name__ == "__main__":
    unittest.main()
