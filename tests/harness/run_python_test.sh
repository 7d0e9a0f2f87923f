#!/usr/bin/env bash
# What a quartet_python_test runs: the unittest cases of the file named by its first argument.
set -eu
# Our own loopback must be up in the network namespace of the test.
if ! ip -brief link show lo 2>/dev/null | grep -qw UP; then ip link set lo up || true; fi
export PYTHONDONTWRITEBYTECODE=1
exec python3 tests/harness/run_unittest.py "$@"
