"""What a process of ours serves at /metrics."""

import urllib.request


def read(address):
    """Values by name and labels, as Prometheus writes them, from ADDRESS:PORT."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=10) as page:
        lines = page.read().decode().splitlines()
    return {key: float(value) for key, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}
