"""DNS queries over UDP and TCP, and their answers taken apart: enough to look at a server from outside.

Written from the RFCs and on its own, so that it shares no mistake with the servers it looks at.
"""

import ipaddress
import secrets
import select
import socket
import struct
import time
from dataclasses import dataclass, field

TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "NAPTR": 35,
    "DNAME": 39, "DS": 43, "SSHFP": 44, "TLSA": 52, "SVCB": 64, "HTTPS": 65, "SPF": 99, "ANY": 255, "CAA": 257,
}
TYPE_NAMES = {number: name for name, number in TYPES.items()}
RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]
OPT = 41

# Record data that holds names: what stands before the names, and how many of them there are. Only these types may be
# compressed (RFC 3597 §4), NAPTR and DNAME never are, SRV sometimes against the rule.
_NAMES_IN_DATA = {"NS": (0, 1), "CNAME": (0, 1), "PTR": (0, 1), "DNAME": (0, 1), "SOA": (0, 2), "MX": (2, 1), "SRV": (6, 1)}


class DnsError(Exception):
    """Bytes that are no DNS message, or no answer to what was asked."""


@dataclass(frozen=True, order=True)
class Record:
    """One record. The owner is lower-case text with the final dot; names in the data are uncompressed, lower-case."""

    owner: str
    type: str
    data: bytes
    ttl: int = field(compare=False)

    def text(self):
        """The data for people; of types without a form here, as RFC 3597 §5 writes them."""
        if self.type == "A" or self.type == "AAAA":
            return str(ipaddress.ip_address(self.data))
        if self.type in ("NS", "CNAME", "PTR", "DNAME"):
            return read_name(self.data, 0)[0]
        if self.type == "MX":
            return f"{struct.unpack('>H', self.data[:2])[0]} {read_name(self.data, 2)[0]}"
        if self.type == "SOA":
            (primary, behind), numbers = read_name(self.data, 0), struct.unpack(">5I", self.data[-20:])
            return " ".join([primary, read_name(self.data, behind)[0], *map(str, numbers)])
        if self.type == "TXT" or self.type == "SPF":
            return " ".join(_strings(self.data))
        return f"\\# {len(self.data)} {self.data.hex()}"


@dataclass
class Message:
    id: int
    flags: int
    question: tuple
    answers: list
    authority: list
    additional: list
    edns_size: int | None
    size: int

    @property
    def rcode(self):
        code = self.flags & 0xF
        return RCODES[code] if code < len(RCODES) else f"RCODE{code}"

    @property
    def authoritative(self):
        return bool(self.flags & 0x0400)

    @property
    def truncated(self):
        return bool(self.flags & 0x0200)


def write_name(text):
    """Wire form of a name in presentation form (RFC 1035 §5.1 escapes)."""
    wire, label, position = b"", b"", 0
    if text == ".":
        return b"\0"
    text = text if text.endswith(".") else text + "."
    while position < len(text):
        character = text[position]
        if character == "\\" and text[position + 1 : position + 4].isdigit():
            label += bytes([int(text[position + 1 : position + 4])])
            position += 3
        elif character == "\\":
            position += 1
            label += text[position].encode()
        elif character == ".":
            if not 0 < len(label) < 64:
                raise DnsError(f"bad label in {text}")
            wire, label = wire + bytes([len(label)]) + label, b""
        else:
            label += character.encode()
        position += 1
    return wire + b"\0"


def read_name(data, position):
    """Name at a position as lower-case text with escapes, and the position behind it. Follows compression."""
    text, end, hops = "", None, 0
    while True:
        length = _byte(data, position)
        if length >= 0xC0:
            hops += 1
            if hops > 128:
                raise DnsError("compression loop")
            end = position + 2 if end is None else end
            position = (length & 0x3F) << 8 | _byte(data, position + 1)
        elif length == 0:
            return text or ".", position + 1 if end is None else end
        elif length < 64:
            label = data[position + 1 : position + 1 + length]
            if len(label) < length:
                raise DnsError("name runs over the end")
            text += "".join(_escaped(byte) for byte in label.lower()) + "."
            position += 1 + length
        else:
            raise DnsError("unknown label type")


def _byte(data, position):
    if position >= len(data):
        raise DnsError("message ends too soon")
    return data[position]


def _escaped(byte):
    if chr(byte) in '."\\();@$':
        return "\\" + chr(byte)
    return chr(byte) if 0x21 <= byte <= 0x7E else f"\\{byte:03d}"


def _strings(data):
    position = 0
    while position < len(data):
        length = data[position]
        yield '"' + data[position + 1 : position + 1 + length].decode(errors="backslashreplace") + '"'
        position += 1 + length


def build_query(name, type_name, message_id=None, edns_size=1232, recursion_desired=False):
    """A query, by default as a resolver sends it to an authoritative server: no RD. EDNS unless its size is None."""
    message_id = secrets.randbits(16) if message_id is None else message_id
    number = TYPES[type_name] if type_name in TYPES else int(type_name.removeprefix("TYPE"))
    flags = 0x0100 if recursion_desired else 0
    header = struct.pack(">6H", message_id, flags, 1, 0, 0, 0 if edns_size is None else 1)
    question = write_name(name) + struct.pack(">2H", number, 1)
    opt = b"" if edns_size is None else struct.pack(">BHHIH", 0, OPT, edns_size, 0, 0)
    return header + question + opt


def parse(data):
    """DnsError: the bytes are no whole message, or something stands behind its end."""
    if len(data) < 12:
        raise DnsError("message is shorter than a header")
    message_id, flags, questions, *counts = struct.unpack(">6H", data[:12])
    position, question = 12, ()
    if questions > 1:
        raise DnsError("more than one question")
    if questions == 1:
        name, position = read_name(data, position)
        type_number, _ = _unpack(">2H", data, position)
        question, position = (name, _type_name(type_number)), position + 4
    sections, edns_size = [], None
    for count in counts:
        records = []
        for _ in range(count):
            record, opt_size, position = _read_record(data, position)
            if opt_size is None:
                records.append(record)
            else:
                edns_size = opt_size
        sections.append(records)
    if position != len(data):
        raise DnsError(f"{len(data) - position} bytes behind the end")
    return Message(message_id, flags, question, *sections, edns_size, len(data))


def _unpack(form, data, position):
    try:
        return struct.unpack_from(form, data, position)
    except struct.error as error:
        raise DnsError("message ends too soon") from error


def _type_name(number):
    return TYPE_NAMES.get(number, f"TYPE{number}")


def _read_record(data, position):
    """A record, or for an OPT (RFC 6891) its payload size; and the position behind it."""
    owner, position = read_name(data, position)
    number, class_or_size, ttl, length = _unpack(">HHIH", data, position)
    position += 10
    end = position + length
    if end > len(data):
        raise DnsError("record data runs over the end")
    if number == OPT:
        return None, class_or_size, end
    type_name = _type_name(number)
    return Record(owner, type_name, _plain_data(data, position, end, type_name), ttl), None, end


def _plain_data(data, position, end, type_name):
    if type_name not in _NAMES_IN_DATA:
        return data[position:end]
    before, names = _NAMES_IN_DATA[type_name]
    plain, position = data[position : position + before], position + before
    for _ in range(names):
        name, position = read_name(data, position)
        plain += write_name(name)
    return plain + data[position:end]


def ask(address, name, type_name, port=53, tcp=False, timeout=2.0, edns_size=1232):
    """One query, its answer. TimeoutError: none came; ConnectionError: nobody listens (told by ICMP or RST)."""
    query = build_query(name, type_name, edns_size=edns_size)
    return parse(exchange(address, port, query, tcp, timeout))


def exchange(address, port, query, tcp=False, timeout=2.0):
    """Sends bytes, returns the bytes of the answer with the query's id."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
    with socket.socket(family, kind) as connection:
        connection.settimeout(timeout)
        connection.connect((address, port))
        if tcp:
            connection.sendall(struct.pack(">H", len(query)) + query)
            return _read_exactly(connection, struct.unpack(">H", _read_exactly(connection, 2))[0])
        connection.send(query)
        return _receive_answer(connection, query[:2], timeout)


def _receive_answer(connection, message_id, timeout):
    deadline = time.monotonic() + timeout
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([connection], [], [], left)[0]:
            raise TimeoutError(f"no answer within {timeout:g} s")
        data = connection.recv(65535)
        if data[:2] == message_id:
            return data


def _read_exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise ConnectionError("connection closed in the middle of an answer")
        data += part
    return data
