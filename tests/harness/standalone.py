"""A nameserver on its own, without a controller: `quartet-nameserver serve` from `with` to its end."""

from pathlib import Path

from harness import addresses, dns_query
from harness.binaries import Binaries
from harness.processes import Process


class Standalone:
    """Serves `zones`, a dict of names to zone files, on `port` (none: any that is free). Its own lies in `folder`."""

    name = "quartet"

    def __init__(self, zones, folder, hosts=("127.78.0.9",), workers=1, options=(), port=None):
        self.address, self.port = hosts[0], port or addresses.common_free_port(hosts)
        self.zone_list = Path(folder, "zones.txt")
        self.zone_list.write_text(
            "".join(f"{name} {Path(file).absolute()}\n" for name, file in zones.items()), encoding="utf-8"
        )
        argv = [Binaries.find().path("quartet-nameserver"), "serve", "--zone-list", self.zone_list]
        for host in hosts:
            argv += ["--listen", addresses.join(host, self.port)]
        argv += ["--workers", str(workers), *options]
        self.process = Process("quartet", argv, Path(folder, "quartet.log"))

    def __enter__(self):
        self.process.start().wait_ready()
        return self

    def __exit__(self, *exception):
        self.process.kill()

    @property
    def pid(self):
        return self.process.identity.pid

    def ask(self, name, type_name, tcp=False, host=None):
        return dns_query.ask(host or self.address, name, type_name, self.port, tcp)
