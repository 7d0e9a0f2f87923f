"""A client of registries (RFC 5730 to 5734), just enough to ask what is there and to be another registrar.

Written from the RFCs and on its own, so that it shares no mistake with the client that is tested.
"""

import socket
import ssl
import struct
import xml.etree.ElementTree as ET

from harness.registry import CLIENTS, ROOT

_EPP = "urn:ietf:params:xml:ns:epp-1.0"
_DOMAIN = "urn:ietf:params:xml:ns:domain-1.0"
_NAMES = {"e": _EPP, "d": _DOMAIN}
_LOGIN = """\
<login><clID>{client}</clID><pw>{password}</pw><options><version>1.0</version><lang>en</lang></options><svcs>
<objURI>urn:ietf:params:xml:ns:domain-1.0</objURI><objURI>urn:ietf:params:xml:ns:host-1.0</objURI>
<objURI>urn:ietf:params:xml:ns:contact-1.0</objURI></svcs></login>"""


class EppClient:
    """From `with` to its end: a session of one of the registry's clients, "ours" or "theirs"."""

    def __init__(self, registry, client="ours"):
        self._registry, self._client, self._sent = registry, client, 0

    def __enter__(self):
        credentials = self._registry.client
        context = ssl.create_default_context(cafile=credentials.ca)
        context.load_cert_chain(credentials.certificate, credentials.key)
        plain = socket.create_connection((ROOT, self._registry.epp_port), timeout=20)
        self._stream = context.wrap_socket(plain, server_hostname=ROOT)
        self._read()
        code, _ = self.run(_LOGIN.format(client=self._client, password=CLIENTS[self._client]))
        if code != 1000:
            raise AssertionError(f"{self._client} can't log in: {code}")
        return self

    def __exit__(self, *exception):
        self._stream.close()

    def run(self, command):
        """The result's code, and the response."""
        self._sent += 1
        text = f'<epp xmlns="{_EPP}"><command>{command}<clTRID>test-{self._sent}</clTRID></command></epp>'.encode()
        self._stream.sendall(struct.pack(">I", len(text) + 4) + text)
        response = ET.fromstring(self._read())
        return int(response.find(".//e:result", _NAMES).get("code")), response

    def is_free(self, domain):
        _, response = self._domain("check", domain)
        return response.find(".//d:cd/d:name", _NAMES).get("avail") in ("1", "true")

    def nameservers_of(self, domain):
        """Host names, sorted; None: it is not registered."""
        code, response = self._domain("info", domain)
        if code == 2303:
            return None
        return sorted(host.text for host in response.iterfind(".//d:ns/d:hostObj", _NAMES))

    def sponsor_of(self, domain):
        _, response = self._domain("info", domain)
        return response.find(".//d:clID", _NAMES).text

    def create(self, domain):
        """At a thin registry, without nameservers; the code."""
        return self._domain("create", domain, "<d:authInfo><d:pw>auth-test</d:pw></d:authInfo>")[0]

    def delete(self, domain):
        return self._domain("delete", domain)[0]

    def _domain(self, verb, domain, more=""):
        return self.run(f'<{verb}><d:{verb} xmlns:d="{_DOMAIN}"><d:name>{domain}</d:name>{more}</d:{verb}></{verb}>')

    def _read(self):
        (size,) = struct.unpack(">I", self._exactly(4))
        return self._exactly(size - 4)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            part = self._stream.recv(count - len(data))
            if not part:
                raise ConnectionError("the registry has ended the session")
            data += part
        return data
