"""A certificate authority of its own for every cluster, made with the `openssl` command.

Who a certificate belongs to is its URI SAN: quartet://admin/NAME, quartet://controller/NAME or
quartet://nameserver/NS/node/NODE.
"""

import ipaddress
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

DAYS = 3650

_CONFIGURATION = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {common_name}
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth,clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {subject_alternative_names}
"""


class CertificateError(Exception):
    """`openssl` refused."""


@dataclass(frozen=True)
class Credentials:
    """Files one party shows: the authority's certificate, its own, its key."""

    ca: Path
    certificate: Path
    key: Path

    def arguments(self):
        return ["--ca", self.ca, "--certificate", self.certificate, "--key", self.key]


class Authority:
    """The authority whose files lie in a folder. Made there if the folder has none."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.certificate = self.folder / "ca.pem"
        self._key = self.folder / "ca.key"
        if not self.certificate.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._make("Quartet local CA", self.certificate, self._key, "authority", "DNS:invalid")

    def issue(self, file_name, uri, hosts=()):
        """Credentials for `uri`, good as a server's for the hosts (names and addresses)."""
        credentials = Credentials(
            self.certificate, self.folder / f"{file_name}.pem", self.folder / f"{file_name}.key"
        )
        names = [f"URI:{uri}"] + [f"{_kind(host)}:{host}" for host in hosts]
        self._make(
            file_name, credentials.certificate, credentials.key, "leaf", ",".join(names),
            "-CA", self.certificate, "-CAkey", self._key,
        )
        return credentials

    def find(self, file_name):
        """Credentials that were issued before, or None."""
        found = Credentials(self.certificate, self.folder / f"{file_name}.pem", self.folder / f"{file_name}.key")
        return found if found.certificate.exists() else None

    def _make(self, common_name, certificate, key, extensions, names, *signer):
        configuration = self.folder / f"{certificate.stem}.cnf"
        configuration.write_text(
            _CONFIGURATION.format(common_name=common_name, subject_alternative_names=names), encoding="ascii"
        )
        # openssl creates keys with mode 0600 of itself.
        command = [
            "openssl", "req", "-x509", "-config", configuration, "-extensions", extensions, "-days", DAYS,
            "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
            *signer,
        ]
        try:
            result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise CertificateError("the command openssl is missing: run deploy/local/install build") from error
        if result.returncode != 0:
            raise CertificateError(f"openssl could not make {certificate}: {result.stderr.strip()}")
        os.chmod(key, 0o600)
        configuration.unlink()


def _kind(host):
    try:
        ipaddress.ip_address(host)
        return "IP"
    except ValueError:
        return "DNS"
