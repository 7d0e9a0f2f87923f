"""What tests/run and tests/soak do."""
