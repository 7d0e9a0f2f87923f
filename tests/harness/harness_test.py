"""The harness itself: addresses, processes, certificates, layout."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

from harness import addresses, junit, layout
from harness.certificates import Authority
from harness.processes import Identity, Process, ProcessError

SAYS_READY = """
import os, signal, socket
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.sendto(b"STATUS=starting", os.environ["NOTIFY_SOCKET"])
notify.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
signal.pause()
"""
SAYS_NOTHING = "import signal; print('I am here', flush=True); signal.pause()"


class Addresses(unittest.TestCase):
    def test_a_listened_port_is_not_free_and_its_holder_is_named(self):
        port = addresses.free_port("127.77.9.1")
        with socket.socket() as server:
            server.bind(("127.77.9.1", port))
            server.listen()
            self.assertFalse(addresses.is_free("127.77.9.1", port))
            self.assertTrue(addresses.is_free("127.77.9.2", port))
            with self.assertRaisesRegex(addresses.PortTaken, rf"port {port} of 127.77.9.1 .*\(pid {os.getpid()}\)"):
                addresses.require_free(["127.77.9.2", "127.77.9.1"], port)
        self.assertTrue(addresses.is_free("127.77.9.1", port))

    def test_a_common_port_is_free_on_all_addresses(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.77.9.2", 5300))
            port = addresses.common_free_port(["127.77.9.1", "127.77.9.2"])
            self.assertGreater(port, 5300)

    def test_ipv6_endpoints_have_brackets(self):
        self.assertEqual(addresses.join("::1", 53), "[::1]:53")
        self.assertEqual(addresses.join("127.0.0.1", 53), "127.0.0.1:53")


class Processes(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def process(self, program, **options):
        log = os.path.join(self.folder.name, "log")
        process = Process("stand-in", [sys.executable, "-c", program], log, **options)
        self.addCleanup(process.kill)
        return process

    def test_readiness_is_an_event(self):
        process = self.process(SAYS_READY).start().wait_ready(20)
        self.assertTrue(process.is_running())
        process.stop()
        self.assertFalse(process.is_running())

    def test_an_early_end_is_told_with_the_log(self):
        process = self.process("print('no such disk'); raise SystemExit(4)").start()
        with self.assertRaisesRegex(ProcessError, r"ended \(exit code 4\)[^$]*no such disk"):
            process.wait_ready(20)

    def test_readiness_that_never_comes_is_bounded(self):
        process = self.process(SAYS_NOTHING).start()
        with self.assertRaisesRegex(ProcessError, "not ready after 1 s"):
            process.wait_ready(1)

    def test_a_paused_process_goes_on_when_resumed(self):
        process = self.process(SAYS_READY).start().wait_ready(20)
        process.pause()
        os.waitid(os.P_PID, process.identity.pid, os.WSTOPPED | os.WNOWAIT)
        self.assertTrue(process.is_paused())
        process.resume()
        process.stop()

    def test_another_process_under_the_same_id_is_left_alone(self):
        process = self.process(SAYS_READY).start().wait_ready(20)
        stranger = self.process("").attach(Identity(process.identity.pid, process.identity.start_time - 1))
        self.assertFalse(stranger.is_running())
        stranger.kill()
        self.assertTrue(process.is_running())

    def test_attached_processes_die_with_their_parent(self):
        log = os.path.join(self.folder.name, "log")
        parent = (
            "import sys, os, signal\n"
            "from harness.processes import Process\n"
            f"process = Process('child', [sys.executable, '-c', {SAYS_NOTHING!r}], {log!r}).start()\n"
            "print(process.identity.pid, process.identity.start_time, flush=True)\n"
            "signal.pause()\n"
        )
        # What a killed parent leaves behind goes with the test's folder.
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path), TMPDIR=self.folder.name)
        with subprocess.Popen(
            [sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, env=environment
        ) as running:
            child = Identity(*map(int, running.stdout.readline().split()))
            ended = os.pidfd_open(child.pid)
            self.addCleanup(os.close, ended)
            self.assertTrue(child.is_alive())
            running.send_signal(signal.SIGKILL)
        self.assertTrue(Process("child", [], log).attach(child).wait_end(10) is None)

    def test_a_missing_program_is_told(self):
        log = os.path.join(self.folder.name, "log")
        with self.assertRaisesRegex(ProcessError, "no/such/program"):
            Process("stand-in", ["/no/such/program"], log).start().wait_ready(10)


class Certificates(unittest.TestCase):
    def test_leaves_verify_against_the_authority_and_keys_are_private(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            made = authority.issue("node", "quartet://nameserver/ns-1/node/ns-1-a", ("127.0.0.1", "localhost"))
            subprocess.run(["openssl", "verify", "-CAfile", made.ca, made.certificate], check=True, capture_output=True)
            text = subprocess.run(
                ["openssl", "x509", "-in", made.certificate, "-noout", "-ext", "subjectAltName"],
                check=True, capture_output=True, text=True,
            ).stdout
            self.assertIn("URI:quartet://nameserver/ns-1/node/ns-1-a, IP Address:127.0.0.1, DNS:localhost", text)
            for key in ("ca.key", "node.key"):
                self.assertEqual(os.stat(os.path.join(folder, key)).st_mode & 0o777, 0o600)


class Layout(unittest.TestCase):
    def test_every_layout_has_all_four_stripes_and_unique_slots(self):
        for regions, per_region in ((4, 1), (4, 2), (3, 2), (2, 2), (1, 4), (4, 3)):
            with self.subTest(regions=regions, per_region=per_region):
                servers = layout.nameservers(regions, per_region)
                self.assertEqual(len(servers), regions * per_region)
                self.assertEqual({server.stripe for server in servers}, set("abcd"))
                self.assertEqual(len({(server.stripe, server.slot) for server in servers}), len(servers))
                self.assertEqual(len({server.address for server in servers}), len(servers))

    def test_with_four_regions_each_is_one_stripe(self):
        stripes = {}
        for server in layout.nameservers(4, 3):
            stripes.setdefault(server.region, set()).add(server.stripe)
        self.assertEqual(sorted(map(sorted, stripes.values())), [["a"], ["b"], ["c"], ["d"]])

    def test_too_few_nameservers_for_a_set_are_refused(self):
        for regions, per_region in ((1, 3), (2, 1), (0, 2), (5, 2), (4, 0)):
            with self.subTest(regions=regions, per_region=per_region), self.assertRaises(ValueError):
                layout.nameservers(regions, per_region)


class Junit(unittest.TestCase):
    def test_what_is_written_is_counted(self):
        with tempfile.NamedTemporaryFile(suffix=".xml") as file:
            cases = [("C", "a", 0.1, "passed", ""), ("C", "b", 0.1, "failed", "line\x00s"), ("C", "c", 0, "skipped", "why")]
            junit.write(file.name, "suite", cases)
            self.assertEqual(junit.count(file.name), junit.Counts(1, 1, 1))
        self.assertEqual(junit.Counts(3, 0, 0).line(), "3 passed, 0 failed")
        self.assertEqual(junit.Counts(3, 1, 2).line(), "3 passed, 1 failed, 2 skipped")
