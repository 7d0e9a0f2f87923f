"""A network of one's own (network_namespaces(7)), where port 53 of the machine's is not to be had.

Resolvers ask on port 53 and no other. Who may not listen there, or finds somebody there already, goes on in a network
namespace that has nothing but a loopback: as another user than root, in a user namespace too.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys

from harness import addresses

_MARK = "QUARTET_OWN_NETWORK"
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


def is_own():
    """Whether `ensure` has made the network that we are in."""
    return _MARK in os.environ


def ensure(wanted):
    """Returns where port 53 is free on all these addresses: here, or, by starting this program anew, in a network of its own.

    Where neither can be, returns too: then it isn't.
    """
    if is_own():
        _bring_up_loopback()
    elif not _is_free(wanted):
        argv = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
        if subprocess.run([*argv, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            os.execvpe(argv[0], [*argv, sys.executable, *sys.argv], dict(os.environ, **{_MARK: "1"}))


def join(pid):
    """Goes on in the network of that process, by starting this program anew there if we are in another."""
    if _is_same("net", pid):
        return
    argv = ["nsenter", "--target", str(pid), "--net"]
    if not _is_same("user", pid):
        argv += ["--user", "--preserve-credentials"]
    os.execvp(argv[0], [*argv, sys.executable, *sys.argv])


def is_ours(pid):
    """Whether the process has the network that we have."""
    return _is_same("net", pid)


def _is_free(wanted):
    return addresses.may_bind_low_ports(wanted[0]) and all(addresses.is_free(address, 53) for address in wanted)


def _is_same(kind, pid):
    return os.stat(f"/proc/self/ns/{kind}").st_ino == os.stat(f"/proc/{pid}/ns/{kind}").st_ino


def _bring_up_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = fcntl.ioctl(control, _SIOCGIFFLAGS, struct.pack("16sH22x", b"lo", 0))
        (flags,) = struct.unpack_from("H", request, 16)
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", flags | _IFF_UP))
