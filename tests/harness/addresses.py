"""Addresses and ports of this machine: what is free, and who has what is not."""

import errno
import glob
import os
import socket


class PortTaken(Exception):
    """An address and port that somebody else listens on. The message says who and what to do."""


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def join(address, port):
    """ADDRESS:PORT as gRPC and our command lines take it."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _try_bind(address, port, kind):
    with socket.socket(family_of(address), kind) as probe:
        if kind == socket.SOCK_STREAM:
            # As servers do: connections in TIME_WAIT do not take a port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, port))
        return probe.getsockname()[1]


def is_free(address, port):
    """Whether a server could listen there, on UDP and TCP. Errors other than "in use" are raised."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        try:
            _try_bind(address, port, kind)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def may_bind_low_ports(address="127.0.0.1"):
    """Whether this process may listen below port 1024."""
    try:
        _try_bind(address, 53, socket.SOCK_DGRAM)
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return True


def free_port(address="127.0.0.1"):
    """A port free now on UDP and TCP, of the kernel's choice."""
    for _ in range(100):
        port = _try_bind(address, 0, socket.SOCK_STREAM)
        if is_free(address, port):
            return port
    raise PortTaken(f"no port of {address} is free for both UDP and TCP")


def common_free_port(addresses, first=5300, last=5999):
    """The first port free on all the addresses."""
    for port in range(first, last + 1):
        if all(is_free(address, port) for address in addresses):
            return port
    raise PortTaken(f"no port from {first} to {last} is free on all of {', '.join(addresses)}")


def require_free(addresses, port):
    """Raises PortTaken unless the port is free on every address."""
    for address in addresses:
        if not is_free(address, port):
            holder = holder_of(address, port)
            by = f" by {holder}" if holder else ""
            raise PortTaken(
                f"port {port} of {address} is taken{by}: stop that, or choose another port with --port"
            )


def holder_of(address, port):
    """"NAME (pid N)" of a process listening on the port of this address or of all, or None where we may not look."""
    inodes = set()
    for table in ("udp", "tcp", "udp6", "tcp6"):
        inodes |= _socket_inodes(f"/proc/net/{table}", address, port)
    if not inodes:
        return None
    links = {f"socket:[{inode}]" for inode in inodes}
    for link in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            if os.readlink(link) not in links:
                continue
            pid = link.split("/")[2]
            with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
                return f"{comm.read().strip()} (pid {pid})"
        except OSError:
            continue
    return None


def _socket_inodes(table, address, port):
    wanted = {_kernel_form(address), "0" * 8, "0" * 32}
    inodes = set()
    try:
        with open(table, encoding="ascii") as lines:
            next(lines)
            for line in lines:
                fields = line.split()
                local_address, local_port = fields[1].split(":")
                listens = fields[3] in ("07", "0A")  # UDP unconnected, TCP LISTEN
                if listens and int(local_port, 16) == port and local_address in wanted:
                    inodes.add(fields[9])
    except OSError:
        pass
    return inodes


def _kernel_form(address):
    """The address as /proc/net prints it: words of 32 bits in the machine's byte order."""
    packed = socket.inet_pton(family_of(address), address)
    return "".join(packed[i : i + 4][::-1].hex().upper() for i in range(0, len(packed), 4))
