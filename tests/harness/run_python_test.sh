#!/usr/bin/env bash
# What a quartet_python_test runs: the unittest cases of the file named by its first argument.
set -eu
export PYTHONDONTWRITEBYTECODE=1
exec python3 tests/harness/run_unittest.py "$@"
