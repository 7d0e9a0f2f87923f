"""Starts, breaks and asks real Quartet clusters. The local cluster and all tests of many nodes stand on it."""
