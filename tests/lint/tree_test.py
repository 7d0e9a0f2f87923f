"""Rules about the tree that no compiler checks: who may include what, and what must not be in a file."""

import re
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# Which folders our own code may include headers of (the dependency rule of ARCHITECTURE.md).
MAY_INCLUDE = {
    "proto": {"proto"},
    "dns": {"dns"},
    "replication": {"replication", "dns", "proto"},
    "nameserver": {"nameserver", "replication", "dns", "proto"},
    "config": {"config"},
    "controller": {"controller", "replication", "dns", "proto", "config"},
    "admin": {"admin", "dns", "proto", "config"},
}

# Headers of libraries, and the files (by path) that may include them. Tests beside a file count as the file.
ROOMS = [
    ("RocksDB", re.compile(r"^rocksdb/"), re.compile(r"(^|/)(rocks_\w+|rocksdb_\w+)\.(cc|h)$|^tests/")),
    (
        "gRPC",
        re.compile(r"^(grpc|grpcpp|grpc\+\+)/|\.grpc\.pb\.h$"),
        re.compile(r"(_service|_client|/main|_main)\.(cc|h)$|^(admin|controller/services|proto/transport|tests)/"),
    ),
    ("libyaml", re.compile(r"^yaml\.h$"), re.compile(r"^(config/yaml_reader|admin/(yaml|zone_files/record_sets_file))\.cc$")),
    ("ldns", re.compile(r"^ldns/"), re.compile(r"^dns/rdata/|^tests/")),
    ("spdlog", re.compile(r"^spdlog/"), re.compile(r"^replication/base/log\.(cc|h)$")),
    ("liburcu", re.compile(r"^urcu"), re.compile(r"^nameserver/\w+/(rcu|qsbr)\w*\.(cc|h)$")),
    ("CLI11", re.compile(r"^CLI/"), re.compile(r"(^|/)(main\.cc|\w+_options\.(cc|h))$|^(admin|tests)/")),
]

# A type defined at the outermost level of a header, and the namespace that is open there.
NAMESPACE = re.compile(r"^namespace ([\w:]+) \{", re.MULTILINE)
DEFINED_TYPE = re.compile(r"^(?:class|struct) (\w+)(?: final)?(?: : [^;{]*)? \{", re.MULTILINE)

# A rule's name, as faults and warnings have it, in the folders that make them.
RULE_SOURCES = ("controller/zones/*.cc", "controller/zones/*.h", "controller/imports/*.cc", "dns/zonefile/*.cc")
RULE_NAME = re.compile(r'"([a-z]+(?:-[a-z]+)+)"')

# Paths that exist on one machine only: homes, and this checkout.
MACHINE_PATHS = re.compile(r"(?<![/\w])(?:/home/\w|/root/\w|" + re.escape(str(ROOT)) + r"\b)")


def tracked(*patterns):
    """Files known to git, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns], cwd=ROOT, check=True,
        stdout=subprocess.PIPE, text=True,
    )
    return sorted(path for path in set(listed.stdout.splitlines()) if (ROOT / path).is_file())


def text(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def includes(path):
    return INCLUDE.findall(text(path))


def without_test_suffix(path):
    return re.sub(r"_test\.cc$", ".cc", path)


def rules_page():
    """Rules in the tables of docs/rules.md, each with the files, without their ".cc", that its row says test it."""
    for line in text("docs/rules.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| `"):
            continue
        tests = [test.strip(" `") for test in cells[-1].split(",")]
        for rule in re.findall(r"`([a-z-]+)`", cells[0]):
            yield rule, [test if "/" in test else f"controller/zones/{test}" for test in tests if test]


class Tree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sources = tracked("*.cc", "*.h")
        if not cls.sources:
            raise AssertionError("git names no sources")

    def none(self, faults):
        faults = list(faults)
        self.assertFalse(faults, "\n" + "\n".join(faults))

    def test_folders_include_only_those_below_them(self):
        self.none(
            f"{path} includes {header}: {path.split('/')[0]} may include {', '.join(sorted(allowed))}"
            for path in self.sources
            if (allowed := MAY_INCLUDE.get(path.split("/")[0]))
            for header in includes(path)
            if header.split("/")[0] in {*MAY_INCLUDE, "tests"} and header.split("/")[0] not in allowed
            # Test helpers serve unit tests too.
            and not (path.endswith("_test.cc") and header.startswith("tests/"))
        )

    def test_libraries_stay_in_their_rooms(self):
        self.none(
            f"{path} includes {header}: {library} belongs into files matching {room.pattern}"
            for path in self.sources
            for header in includes(path)
            for library, headers, room in ROOMS
            if headers.search(header) and not room.search(without_test_suffix(path))
        )

    def test_nothing_names_one_machine(self):
        self.none(
            f"{path}:{number}: {line.strip()}"
            for path in tracked()
            if path != "tests/lint/tree_test.py"
            for number, line in enumerate(text(path).splitlines(), 1)
            if MACHINE_PATHS.search(line)
        )

    def test_every_rule_of_a_zone_is_in_its_page(self):
        listed = {rule for rule, _ in rules_page()}
        self.none(
            f"{path}: docs/rules.md does not have {rule}"
            for path in tracked(*RULE_SOURCES)
            if not re.search(r"_test\.cc$|/batch_model\.cc$", path)
            for rule in sorted(set(RULE_NAME.findall(text(path))) - listed)
        )

    def test_every_rule_of_a_zone_has_its_test(self):
        self.none(
            f"docs/rules.md: {path}.cc does not test {rule}"
            for rule, tests in rules_page()
            for path in tests or ["(no file)"]
            # Named in it, or in the name of a case.
            if not (ROOT / f"{path}.cc").is_file()
            or not re.search(rf"\b{rule}\b|\w*{rule.replace('-', '')}\w*\b", text(f"{path}.cc"), re.IGNORECASE)
        )

    def test_headers_are_included_once(self):
        self.none(f"{path} has no #pragma once" for path in self.sources if path.endswith(".h") and "#pragma once" not in text(path))

    def test_no_two_headers_of_a_namespace_define_one_type(self):
        # The linker would take either of two in one program, without a word (ODR). Test helpers are in programs of their own.
        places = {}
        for path in self.sources:
            namespace = NAMESPACE.search(text(path)) if path.endswith(".h") and not path.startswith("tests/") else None
            if namespace:
                for name in DEFINED_TYPE.findall(text(path)):
                    places.setdefault(f"{namespace[1]}::{name}", []).append(path)
        self.assertTrue(places)
        self.none(f"{name} is defined in {' and in '.join(paths)}" for name, paths in places.items() if len(paths) > 1)

    def test_lock_files_name_no_registry_but_npms(self):
        addresses = re.findall(r'"resolved":\s*"([^"]*)"', text("package-lock.json"))
        self.none(address for address in addresses if not address.startswith("https://registry.npmjs.org/"))

    def test_files_have_one_subject(self):
        limit = 600
        self.none(
            f"{path} has {count} lines, over {limit}"
            for path in tracked("*.cc", "*.h", "*.py", "*.proto", "*.sh")
            if (count := text(path).count("\n")) > limit
        )


class Scripts(unittest.TestCase):
    def test_shell_scripts_parse(self):
        faults = []
        for path in tracked():
            if (ROOT / path).stat().st_mode & 0o100 and text(path).startswith("#!/usr/bin/env bash"):
                result = subprocess.run(["bash", "-n", ROOT / path], capture_output=True, text=True, check=False)
                faults += [result.stderr] if result.returncode else []
        self.assertFalse(faults, "\n".join(faults))

    def test_python_files_compile(self):
        for path in tracked("*.py"):
            with self.subTest(path):
                compile(text(path), path, "exec")


if __name__ == "__main__":
    unittest.main()
