"""The measured processes: on a core of their own, apart from the load generator."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

START_SECONDS = 20.0
"""How long a process may take to start listening."""

_PORT = re.compile(r"^(\d+)$|Starting Optiverse Collaboration Server on \S+:(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Target:
    """A process that listens on this machine.

    Attributes:
        name: for the table.
        pid: of the process.
        port: where it listens.
        syncs: whether it speaks the protocol, with ``connection:ack`` and ``sync:request``.
        tls: whether it encrypts connections.
    """

    name: str
    pid: int
    port: int
    syncs: bool
    tls: bool = False

    def cpu_s(self) -> float:
        """CPU time of all its threads so far, user and system, in s; 0 if unknown."""
        if not sys.platform.startswith("linux"):
            return 0.0
        # The clock of another process: see clock_getcpuclockid(3). /proc/PID/stat counts in 10 ms.
        return time.clock_gettime(~self.pid << 3 | 2)

    def resident_mb(self) -> float:
        """Its resident memory, in MB of 10^6 bytes; 0 if unknown."""
        return resident_mb(self.pid)


def resident_mb(pid: int) -> float:
    """The resident memory of a process, in MB of 10^6 bytes; 0 if unknown."""
    if not sys.platform.startswith("linux"):
        return 0.0
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6


@contextlib.contextmanager
def relay(tls: bool = False) -> Iterator[Target]:
    """A bare relay."""
    with _process("relay", ["-m", "benchmarks.relay"], syncs=False, tls=tls) as target:
        yield target


@contextlib.contextmanager
def server(tls: bool = False, data: Path | None = None) -> Iterator[Target]:
    """The server as users start it, with its database in a folder of its own, or in `data`."""
    with TemporaryDirectory() as own:
        command = ["-m", "optiverse_collab_server", "--port", "0", "--data", str(data or own)]
        with _process("server", command, syncs=True, tls=tls) as target:
            yield target


@contextlib.contextmanager
def _process(name: str, command: list[str], syncs: bool, tls: bool) -> Iterator[Target]:
    """Run Python on the first core; the load generator keeps to the others meanwhile."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with TemporaryDirectory() as folder, _cores() as cores:
        output = Path(folder) / "output"
        _keep_to(cores[:1])  # a process inherits its parent's
        with output.open("wb") as file:  # a full pipe that nobody reads would block it
            arguments = [sys.executable, *command, *(["--tls"] if tls else [])]
            process = subprocess.Popen(arguments, env=environment, stdout=file, stderr=file)
        _keep_to(cores[1:])
        with process, _stopped(process):
            yield Target(name, process.pid, _port(process, output), syncs, tls)


@contextlib.contextmanager
def _stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _port(process: subprocess.Popen[bytes], output: Path) -> int:
    """Wait until the process prints its port."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = _PORT.search(output.read_text(errors="replace"))
        if found:
            return int(found[1] or found[2])
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} does not listen: {output.read_text(errors='replace')}")


@contextlib.contextmanager
def _cores() -> Iterator[list[int]]:
    """The cores to divide, restored at the end; none if there is only one."""
    if sys.platform.startswith("linux") and len(cores := sorted(os.sched_getaffinity(0))) > 1:
        try:
            yield cores
        finally:
            _keep_to(cores)
    else:
        yield []


def _keep_to(cores: list[int]) -> None:
    if sys.platform.startswith("linux") and cores:
        os.sched_setaffinity(0, cores)
