"""clang-tidy on the sources changed since a commit, for so many minutes at most; names what it did not come to.

    tidy.py --base COMMIT [--minutes 5]

Compiler flags come from Bazel's own actions (`bazel aquery`), generated headers from an optimised build before.
"""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from runner import bazel  # noqa: E402 (the path must be set first)

# Flags that say what the code means; warnings and code generation are the compiler's business.
_KEPT = ("-I", "-D", "-std", "-iquote", "-isystem")
# A source with gRPC or protobuf takes ten times as long: those come last.
_SLOW = ("admin/", "_service.cc", "_client.cc", "main.cc", "proto/")


def changed_sources(base):
    """Changed .cc files, and those beside changed headers."""
    listed = subprocess.run(
        ["git", "diff", "--name-only", "--diff-filter=d", base, "--", "*.cc", "*.h"], check=True,
        stdout=subprocess.PIPE, text=True,
    ).stdout.split()
    sources = {path if path.endswith(".cc") else path[:-2] + ".cc" for path in listed}
    return {path for path in sources if Path(path).is_file()}


def compile_flags(sources):
    """Flags by source, of the compile actions Bazel has for them."""
    folders = {os.path.dirname(path) for path in sources}
    packages = sorted(f"//{folder}:all" for folder in folders if Path(folder, "BUILD").is_file())
    if not packages:
        return {}
    result = subprocess.run(
        [*bazel.command(), "aquery", "--keep_going", "--noshow_progress", "--output=jsonproto",
         f'mnemonic("CppCompile", {" + ".join(packages)})'],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    )
    outputs = subprocess.run(
        [*bazel.command(), "info", "output_path"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        check=True,
    ).stdout.strip()
    flags = {}
    for action in json.loads(result.stdout or "{}").get("actions", []):
        arguments = action["arguments"]
        source = arguments[arguments.index("-c") + 1] if "-c" in arguments else ""
        if source in sources:
            flags[source] = from_here(_kept(arguments), outputs)
    return flags


def from_here(flags, outputs):
    """Generated headers lie below bazel-out, which is no folder of the tree; nobody mends them, so they count as the system's."""
    found = []
    for flag in flags:
        if flag.startswith("bazel-out/"):
            found[-1:] = ["-isystem", outputs + flag.removeprefix("bazel-out")]
        else:
            found.append(flag)
    return found


def _kept(arguments):
    kept, position = [], 1
    while position < len(arguments):
        argument = arguments[position]
        if argument in ("-iquote", "-isystem", "-I", "-D"):
            kept += arguments[position : position + 2]
            position += 1
        elif argument.startswith(_KEPT):
            kept.append(argument)
        position += 1
    return kept


def tidy(source, flags, deadline):
    """None: the time was over; else whether it is clean, and what was said."""
    left = deadline - time.monotonic()
    if left <= 0:
        return None
    command = ["clang-tidy", "--quiet", source, "--", *flags]
    try:
        result = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=left, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return result.returncode == 0, result.stdout + (result.stderr if result.returncode else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True)
    parser.add_argument("--minutes", type=float, default=5)
    arguments = parser.parse_args()
    deadline = time.monotonic() + arguments.minutes * 60
    sources = changed_sources(arguments.base)
    if not sources:
        print(f"clang-tidy: no source changed since {arguments.base}")
        return
    flags = compile_flags(sources)
    order = sorted(flags, key=lambda path: (any(part in path for part in _SLOW), path))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = dict(zip(order, pool.map(lambda path: tidy(path, flags[path], deadline), order)))
    for path in order:
        if results[path] and not results[path][0]:
            print(results[path][1])
    skipped = [path for path in order if results[path] is None] + sorted(sources - flags.keys())
    if skipped:
        print(f"clang-tidy did not come to, or found no target for: {' '.join(skipped)}")
    wrong = [path for path in order if results[path] and not results[path][0]]
    print(f"clang-tidy: {len(order) - len(wrong)} of {len(order)} sources not found fault with since {arguments.base}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
