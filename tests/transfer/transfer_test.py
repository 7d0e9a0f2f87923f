"""Zones out and in through the command: exported files are read by other servers, plans are shown, asked for and done."""

import json
import os
import pty
import shutil
import subprocess
import unittest

from harness.cluster_case import ClusterCase

ZONE = """$TTL 300
@ MX 10 mail
mail A 192.0.2.25
mail AAAA 2001:db8::25
www A 192.0.2.1
www A 192.0.2.2
*.shop CNAME www
long TXT "v=DKIM1; k=rsa" "a \\"quoted\\" part; with \\\\ and \\200"
sub NS ns.sub
ns.sub A 192.0.2.53
_sip._tcp SRV 0 5 5060 sip.example.net.
@ CAA 0 issue "ca.example.net; policy=ev"
x TYPE65280 \\# 3 010203
@ HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1
""" + f'dkim TXT "{"k" * 255}" "{"l" * 145}"\n'


class Transfer(ClusterCase):
    per_region = 1

    def setUp(self):
        self.name = f"{self._testMethodName.removeprefix('test_').replace('_', '-')[:40].strip('-')}.test"

    def make(self, text=ZONE):
        self.zone = self.create_zone(self.name, text)
        return self.zone

    def file(self, text, end="zone"):
        path = self.folder / f"{self.name}.{end}"
        path.write_text(text, encoding="utf-8")
        return path

    def export(self, *options):
        return self.cluster.quartet("zone", "export", self.name, *options)

    def show(self):
        return self.cluster.quartet_json("zone", "show", self.name)

    def run_table(self, *arguments):
        return self.cluster.run_quartet("-o", "table", *arguments)

    def at_terminal(self, answer, *arguments):
        """Runs the command with a terminal for its input, at which `answer` is typed; its exit status and output."""
        ours, theirs = pty.openpty()
        argv = [str(part) for part in (self.cluster.binaries.path("quartet"), "-o", "table", *arguments)]
        with os.fdopen(ours, "wb", buffering=0) as keyboard:
            keyboard.write(answer.encode())
            result = subprocess.run(
                argv, env=dict(os.environ, **self.cluster.environment()), stdin=theirs, capture_output=True, text=True,
                check=False, timeout=60,
            )
            os.close(theirs)
        return result

    def test_an_export_is_read_by_other_servers(self):
        self.make()
        path = self.folder / "exported.zone"
        self.export("--file", path)
        checkers = [["named-checkzone", "-k", "ignore", "-i", "none", self.name, path], ["kzonecheck", "-o", self.name, path],
                    ["nsd-checkzone", self.name, path]]
        found = [argv for argv in checkers if shutil.which(argv[0]) or shutil.which(f"/usr/sbin/{argv[0]}")]
        if not found:
            self.skipTest("no other server's checker is installed")
        for argv in found:
            argv[0] = shutil.which(argv[0]) or f"/usr/sbin/{argv[0]}"
            checked = subprocess.run([str(part) for part in argv], capture_output=True, text=True, check=False)
            self.assertEqual(checked.returncode, 0, f"{argv[0]}: {checked.stdout}{checked.stderr}")

    def test_an_export_comes_back_the_same(self):
        self.make()
        for number, form in enumerate(("zone", "yaml", "json")):
            text = self.export("--format", form)
            diff = self.run_table("zone", "diff", self.name, self.file(text, form), "--exit-code")
            self.assertEqual(diff.returncode, 0, diff.stdout + diff.stderr)
            self.assertIn("0 to be added, 0 changed, 0 removed", diff.stdout)
            copy = f"copy-{number}.test"
            made = self.cluster.quartet_json("zone", "create", copy, "--file", self.file(text.replace(f"{self.name}.", f"{copy}."), form))
            self.assertEqual(made["zone"]["record_sets"], self.show()["record_sets"])

    def test_a_diff_tells_what_differs_and_changes_nothing(self):
        self.make("$TTL 300\nwww A 192.0.2.1\nold A 192.0.2.2\nttl A 192.0.2.3\n")
        path = self.file("$TTL 300\nwww A 192.0.2.1\nwww A 192.0.2.9\nnew TXT hello\nttl 60 A 192.0.2.3\n")
        diff = self.run_table("zone", "diff", self.name, path)
        self.assertEqual(diff.returncode, 0, diff.stderr)
        self.assertEqual(
            diff.stdout.splitlines(),
            [
                f'+ new.{self.name}. 300 TXT "hello"', f"- old.{self.name}. 300 A 192.0.2.2",
                f"~ ttl.{self.name}. A, TTL 300 -> 60", f"~ www.{self.name}. A", "    + 192.0.2.9",
                "1 to be added, 2 changed, 1 removed.",
            ],
        )
        self.assertEqual(self.cluster.run_quartet("zone", "diff", self.name, path, "--exit-code").returncode, 4)
        effects = self.cluster.quartet_json("zone", "diff", self.name, path)["effects"]
        self.assertEqual([("before" in one and one["before"] is not None, "after" in one and one["after"] is not None) for one in effects],
                         [(False, True), (True, False), (True, True), (True, True)])
        self.assertEqual(int(self.show()["revision"]), 1)
        wrong = self.run_table("zone", "diff", self.name, self.file("$TTL 300\nwww A 192.0.2.1\nwww CNAME x\n"), "--exit-code")
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("cname-beside-other-types", wrong.stderr)

    def test_apply_shows_asks_and_does(self):
        self.make("$TTL 300\nwww A 192.0.2.1\nold A 192.0.2.2\n")
        path = self.file("record_sets:\n- {owner: www, type: A, ttl: 300, values: [192.0.2.7], writer: me}\n", "yaml")
        refused = self.cluster.run_quartet("zone", "apply", self.name, path)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--yes", refused.stderr)
        no = self.at_terminal("n\n", "zone", "apply", self.name, path)
        self.assertEqual(no.returncode, 1, no.stderr)
        self.assertIn(f"- old.{self.name}. 300 A 192.0.2.2", no.stdout)
        self.assertEqual(int(self.show()["revision"]), 1)
        yes = self.at_terminal("yes\n", "zone", "apply", self.name, path, "--wait")
        self.assertEqual(yes.returncode, 0, yes.stderr)
        self.assertIn("is INSYNC", yes.stdout)
        self.assertEqual(int(self.show()["revision"]), 2)
        for node in self.cluster.nodes_of_zone(self.show()):
            self.assertEqual(self.values(node, f"www.{self.name}", "A"), ["192.0.2.7"])
        self.assertIn('writer: "me"', self.export("--format", "yaml"))
        again = self.run_table("zone", "apply", self.name, path)
        self.assertEqual((again.returncode, again.stdout.splitlines()[-1]), (0, "The zone is so already: nothing was changed."))

    def test_apply_is_held_up_by_a_guard_once_the_plan_was_shown(self):
        self.make("$TTL 300\n" + "".join(f"h{number} A 192.0.2.{number}\n" for number in range(20)))
        path = self.file("$TTL 300\nh0 A 192.0.2.0\n")
        refused = self.run_table("zone", "apply", self.name, path, "--yes")
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"- h9.{self.name}. 300 A 192.0.2.9", refused.stdout)
        self.assertIn("mass-deletion", refused.stderr)
        self.assertEqual(int(self.show()["revision"]), 1)
        self.cluster.quartet("zone", "apply", self.name, path, "--yes", "--allow", "mass-deletion", "--wait")
        self.assertEqual(int(self.show()["record_sets"]), 3)

    def test_apply_makes_a_zone_if_asked_to(self):
        path = self.file(ZONE)
        self.assertEqual(self.cluster.run_quartet("zone", "apply", self.name, path, "--yes").returncode, 1)
        self.cluster.quartet("zone", "apply", self.name, path, "--create", "--yes", "--wait")
        self.assertEqual(int(self.show()["record_sets"]), 15)
        self.assertEqual(self.cluster.run_quartet("zone", "diff", self.name, path, "--exit-code").returncode, 0)

    def test_faults_have_their_places_in_yaml_and_in_included_files(self):
        self.make("$TTL 300\nwww A 192.0.2.1\n")
        path = self.file("record_sets:\n- owner: www\n  type: A\n  ttl: 60\n  values: [nonsense]\n", "yaml")
        refused = self.cluster.run_quartet("zone", "import", self.name, path)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"{path}:2:3: ", refused.stderr)
        includes = self.folder / f"{self.name}.includes"
        includes.mkdir()
        (includes / "hosts").write_text("a A 192.0.2.3\nb A nonsense\n", encoding="utf-8")
        path = self.file("$TTL 60\n$INCLUDE hosts sub\nx A 192.0.2.4\n")
        refused = self.cluster.run_quartet("zone", "import", self.name, path)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"{path}:2:1: ", refused.stderr)
        refused = self.cluster.run_quartet("zone", "import", self.name, path, "--include-dir", includes)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"{includes}/hosts:2:5: ", refused.stderr)
        (includes / "hosts").write_text("a A 192.0.2.3\nb A 192.0.2.5\n", encoding="utf-8")
        self.cluster.quartet("zone", "import", self.name, path, "--include-dir", includes, "--wait")
        for node in self.cluster.nodes_of_zone(self.show()):
            self.assertEqual(self.values(node, f"b.sub.{self.name}", "A"), ["192.0.2.5"])
            self.assertEqual(self.values(node, f"x.{self.name}", "A"), ["192.0.2.4"])

    def test_what_cant_be_stored_is_listed(self):
        path = self.file(ZONE + "".join(f"n{number} NSEC n{number + 1} A\n" for number in range(1100)))
        refused = self.cluster.run_quartet("zone", "create", self.name, "--file", path)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("1,100 NSEC", refused.stderr)
        made = self.cluster.run_quartet("zone", "create", self.name, "--file", path, "--skip-unsupported")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("left out: 1,100 NSEC", made.stderr)
        self.assertEqual(json.loads(made.stdout)["skipped"], [{"type": "NSEC", "records": "1100"}])

    def test_the_root_can_be_a_zone(self):
        text = "$TTL 60\ncom NS a.gtld-servers.net.\na.gtld-servers.net A 192.0.2.53\nnet NS a.gtld-servers.net.\nhello A 192.0.2.1\n"
        zone = self.cluster.quartet_json("zone", "create", ".", "--file", self.file(text), "--wait")["zone"]
        self.addCleanup(self.cluster.quartet, "zone", "delete", ".", "--force", "--wait")
        for node in self.cluster.nodes_of_zone(zone):
            self.assertEqual(self.values(node, "hello.", "A"), ["192.0.2.1"])
            self.assertEqual(self.ask(node, "nothing.", "A").rcode, "NXDOMAIN")
        self.assertIn("com                      60      IN NS     a.gtld-servers.net.", self.cluster.quartet("zone", "export", "."))

    def test_many_zones_are_made_from_a_list(self):
        (self.folder / "shop.zone").write_text("$TTL 60\nwww A 192.0.2.1\n", encoding="utf-8")
        lines = [f"many-{number}.test shop.zone" for number in range(300)]
        lines[7] = "many-7..test"
        path = self.file("# all of them\n" + "\n".join(lines) + "\n", "list")
        made = self.cluster.run_quartet("zone", "create-many", path)
        self.assertEqual(made.returncode, 1, made.stderr)
        self.assertIn(f"{path}:9: many-7..test was not made", made.stderr)
        self.assertIn("299 zones made, 1 refused", made.stderr)
        self.assertEqual(len(made.stdout.splitlines()), 300)
        zone = self.cluster.quartet_json("zone", "show", "many-299.test")
        self.await_answer(self.cluster.nodes_of_zone(zone), "www.many-299.test", "A", lambda answer: answer.answers)


if __name__ == "__main__":
    unittest.main()
