"""The sandbox registry as a process of a test."""

from harness import addresses
from harness.binaries import Binaries
from harness.processes import Process

ADDRESS = "127.0.0.1"
# By name.
CLIENTS = {"ours": "secret-1", "theirs": "secret-2"}


class RegistryProcess:
    """From `with` to its end. Everything of it lies in `folder`; `client` are the credentials of its clients."""

    def __init__(self, authority, folder, tlds, options=()):
        self.client = authority.issue("client", "quartet://admin/registrar")
        server = authority.issue("registry", "quartet://controller/registry", [ADDRESS])
        self.port = addresses.common_free_port([ADDRESS])
        argv = [Binaries.find().path("sandbox-registry"), "--listen", f"{ADDRESS}:{self.port}", "--data", folder / "data"]
        for tld in tlds:
            argv += ["--tld", tld]
        for name, password in CLIENTS.items():
            argv += ["--client", f"{name}:{password}"]
        self.process = Process("sandbox-registry", [*argv, *server.arguments(), *options], folder / "registry.log")

    def __enter__(self):
        self.process.start().wait_ready()
        return self

    def __exit__(self, *exception):
        self.process.kill()

    def perl_arguments(self):
        """What our scripts for Net::EPP want first."""
        return [str(self.port), self.client.ca, self.client.certificate, self.client.key]
