"""Real processes: started, awaited by event, broken on purpose, and never left behind.

A process tells that it is ready as systemd's services do: one datagram READY=1 to the socket named by NOTIFY_SOCKET.
Attached processes die with us (PR_SET_PDEATHSIG); detached ones outlive us and are found again by process id and start
time, so that a process id given to somebody else is never killed.
"""

import atexit
import ctypes
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import weakref
from dataclasses import dataclass

READY_SECONDS = 30.0
STOP_SECONDS = 15.0


class ProcessError(Exception):
    """A process that did not start, not get ready, or not stop. The message holds the end of its log."""


@dataclass(frozen=True)
class Identity:
    """A process for all time: process ids are used again, but not together with their start time."""

    pid: int
    start_time: int

    @staticmethod
    def of(pid):
        fields = _stat(pid)
        if fields is None:
            raise ProcessError(f"process {pid} is gone")
        return Identity(pid, int(fields[19]))

    def is_alive(self):
        fields = _stat(self.pid)
        return fields is not None and int(fields[19]) == self.start_time and fields[0] not in ("Z", "X")


def _stat(pid):
    """Fields of /proc/PID/stat from the state on (proc(5)), or None."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rpartition(")")[2].split()
    except OSError:
        return None


class Notifier:
    """The receiving end of NOTIFY_SOCKET (sd_notify(3))."""

    def __init__(self):
        # Unix socket paths are at most 107 bytes.
        base = tempfile.gettempdir()
        self._folder = tempfile.mkdtemp(prefix="quartet-", dir=base if len(base) < 60 else "/tmp")
        self.path = os.path.join(self._folder, "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        self.status = ""

    def fileno(self):
        return self._socket.fileno()

    def receive(self):
        """Reads one message; returns whether it said READY=1."""
        lines = self._socket.recv(65536).decode(errors="replace").splitlines()
        for line in lines:
            if line.startswith("STATUS="):
                self.status = line.removeprefix("STATUS=")
        return "READY=1" in lines

    def close(self):
        self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)


_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _die_with(parent):
    """In the child, before it becomes the program: SIGKILL it when the thread that started it ends."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # Too late: the parent is gone.
        os._exit(127)


_attached = weakref.WeakSet()


@atexit.register
def _kill_attached():
    for process in list(_attached):
        process.kill()


class Process:
    """One program with one command line, which may be started again after it ended."""

    def __init__(self, name, argv, log, detached=False, environment=None):
        self.name = name
        self.argv = [str(part) for part in argv]
        self.log = str(log)
        self.detached = detached
        self.identity = None
        self._environment = environment or {}
        self._child = None
        self._notifier = None

    def attach(self, identity):
        """Takes over a process that another one of us started."""
        self.identity = identity
        return self

    # Starting

    def start(self):
        """Starts it and returns at once."""
        if self.is_running():
            raise ProcessError(f"{self.name} is running already (pid {self.identity.pid})")
        self._notifier = Notifier()
        environment = {**os.environ, "NOTIFY_SOCKET": self._notifier.path, **self._environment}
        parent = os.getpid()
        with open(self.log, "ab") as log:
            try:
                self._child = subprocess.Popen(
                    self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                    start_new_session=self.detached,
                    preexec_fn=None if self.detached else lambda: _die_with(parent),
                )
            except OSError as error:
                self._drop_notifier()
                raise ProcessError(f"{self.name} can't be started: {self.argv[0]}: {error.strerror}") from error
        self.identity = Identity.of(self._child.pid)
        if not self.detached:
            _attached.add(self)
        return self

    def wait_ready(self, timeout=READY_SECONDS):
        """Waits for READY=1. ProcessError: it ended first, or said nothing in time."""
        try:
            self._await_notification(timeout)
        finally:
            self._drop_notifier()
        return self

    def is_ready(self):
        """Whether it has said READY=1 by now. ProcessError: it ended first. For those who wait for more than one."""
        if self._notifier is None:
            return True
        while select.select([self._notifier], [], [], 0)[0]:
            if self._notifier.receive():
                self._drop_notifier()
                return True
        if self.is_running():
            return False
        self._drop_notifier()
        raise ProcessError(f"{self.name} ended ({self._exit_text()}) before it was ready{self.log_tail()}")

    def notification(self):
        """What can be waited for (select) until is_ready is worth asking; None: it has been said."""
        return self._notifier

    def _await_notification(self, timeout):
        deadline = time.monotonic() + timeout
        ended = os.pidfd_open(self.identity.pid)
        try:
            poller = select.poll()
            poller.register(self._notifier, select.POLLIN)
            poller.register(ended, select.POLLIN)
            while True:
                events = dict(poller.poll(max(0.0, deadline - time.monotonic()) * 1000))
                if self._notifier.fileno() in events and self._notifier.receive():
                    return
                if events.keys() == {ended}:
                    raise ProcessError(f"{self.name} ended ({self._exit_text()}) before it was ready{self.log_tail()}")
                if not events:
                    raise ProcessError(
                        f"{self.name} was not ready after {timeout:g} s (last status:"
                        f" {self._notifier.status or 'none'}){self.log_tail()}"
                    )
        finally:
            os.close(ended)

    def _drop_notifier(self):
        if self._notifier:
            self._notifier.close()
            self._notifier = None

    # Ending and breaking

    def stop(self, timeout=STOP_SECONDS):
        """Asks it to end (SIGTERM) and waits. ProcessError: it did not; it is killed then."""
        if not self.is_running():
            return self._reap()
        self.resume()
        self._signal(signal.SIGTERM)
        if not self._wait_end(timeout):
            self.kill()
            raise ProcessError(f"{self.name} did not stop within {timeout:g} s of SIGTERM{self.log_tail()}")
        return self._reap()

    def kill(self):
        """SIGKILL: as a power cut, but that the kernel keeps what was written."""
        self._drop_notifier()
        if self.is_running():
            self._signal(signal.SIGKILL)
            self._wait_end(STOP_SECONDS)
        return self._reap()

    def pause(self):
        """Freezes it: it holds its sockets and says nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self):
        self._signal(signal.SIGCONT)

    def wait_end(self, timeout):
        """Waits until it ended of itself and returns its exit code (None if we did not start it)."""
        if not self._wait_end(timeout):
            raise ProcessError(f"{self.name} had not ended after {timeout:g} s{self.log_tail()}")
        self._reap()
        self._drop_notifier()
        return self._child.returncode if self._child else None

    def _signal(self, number):
        if self.is_running():
            os.kill(self.identity.pid, number)

    def _wait_end(self, timeout):
        try:
            ended = os.pidfd_open(self.identity.pid)
        except ProcessLookupError:
            return True
        try:
            return not self.identity.is_alive() or bool(select.select([ended], [], [], timeout)[0])
        finally:
            os.close(ended)

    def _reap(self):
        if self._child:
            self._child.wait()
        return self

    # Looking

    def is_running(self):
        return self.identity is not None and self.identity.is_alive()

    def is_paused(self):
        fields = _stat(self.identity.pid) if self.is_running() else None
        return fields is not None and fields[0] == "T"

    def log_text(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                return log.read()
        except OSError:
            return ""

    def log_tail(self, lines=20):
        """The end of its log as the rest of a message."""
        tail = self.log_text().splitlines()[-lines:]
        if not tail:
            return f"; its log {self.log} is empty"
        return f"; the end of {self.log}:\n" + "\n".join("  | " + line for line in tail)

    def _exit_text(self):
        if not self._child:
            return "exit code unknown"
        code = self._child.wait()
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
