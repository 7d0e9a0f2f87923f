"""The sandbox registry's RDAP as anybody's HTTP client sees it."""

import http.client
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness.binaries import Binaries
from harness.certificates import Authority
from harness.registry import ROOT, Registry

SCRIPT = Path(__file__).with_name("net_epp_register.pl")


class RdapHttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.registry = Registry(
            Binaries.find(), Path(folder.name, "registry"), Authority(Path(folder.name, "ca")), ["test:thick"]
        ).start()
        cls.addClassCleanup(cls.registry.kill)
        client = cls.registry.client
        subprocess.run(
            ["perl", SCRIPT, ROOT, str(cls.registry.epp_port), client.ca, client.certificate, client.key, "example.test",
             "ns.example.test", "192.0.2.1"], check=True, timeout=60,
        )

    def ask(self, path, method="GET"):
        """Status, headers, body."""
        connection = http.client.HTTPConnection(ROOT, self.registry.rdap_port, timeout=20)
        try:
            connection.request(method, path, headers={"Accept": "application/rdap+json"})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def test_a_domain_is_told_as_rdap(self):
        status, headers, body = self.ask("/domain/example.test")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/rdap+json"))
        self.assertEqual(headers["Access-Control-Allow-Origin"], "*")
        domain = json.loads(body)
        self.assertEqual(domain["rdapConformance"], ["rdap_level_0"])
        self.assertEqual((domain["objectClassName"], domain["ldhName"]), ("domain", "example.test"))
        self.assertEqual(domain["status"], ["active"])
        self.assertEqual([host["ldhName"] for host in domain["nameservers"]], ["ns.example.test"])
        self.assertEqual(domain["nameservers"][0]["ipAddresses"], {"v4": ["192.0.2.1"]})
        self.assertEqual(domain["secureDNS"], {"delegationSigned": False})
        roles = {role: entity["handle"] for entity in domain["entities"] for role in entity["roles"]}
        self.assertEqual(roles, {
            "registrar": "ours", "registrant": "c-1", "administrative": "c-1", "technical": "c-1", "billing": "c-1"})

    def test_a_nameserver_is_told(self):
        status, _, body = self.ask("/nameserver/NS.example.TEST")
        self.assertEqual((status, json.loads(body)["ldhName"]), (200, "ns.example.test"))

    def test_what_is_not_there_is_404_with_an_error_object(self):
        status, headers, body = self.ask("/domain/free.test")
        self.assertEqual((status, headers["Content-Type"]), (404, "application/rdap+json"))
        self.assertEqual(json.loads(body)["errorCode"], 404)

    def test_questions_that_are_none_are_400(self):
        for path in ("/", "/etc/passwd", "/domain/..%2f..%2fetc%2fpasswd", "/domain/%00", "/domain/m%C3%BCller.test"):
            with self.subTest(path):
                self.assertEqual(self.ask(path)[0], 400)

    def test_head_has_no_body_and_nothing_is_written(self):
        status, headers, body = self.ask("/domain/example.test", "HEAD")
        self.assertEqual((status, body), (200, b""))
        self.assertEqual(int(headers["Content-Length"]), len(self.ask("/domain/example.test")[2]))
        for method in ("POST", "PUT", "DELETE"):
            with self.subTest(method):
                self.assertEqual(self.ask("/domain/example.test", method)[0], 405)
        self.assertEqual(self.ask("/domain/example.test")[0], 200)

    def test_a_request_without_end_is_refused(self):
        self.assertGreaterEqual(self.ask("/domain/" + "a" * 100_000)[0], 400)
        self.assertEqual(self.ask("/help")[0], 200)


if __name__ == "__main__":
    unittest.main()
