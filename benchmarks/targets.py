"""The measured processes: on a core of their own, apart from the load generator."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.dialects import OURS, PLAIN, Dialect

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
        dialect: what participants say to it.
        tls: whether it encrypts connections.
    """

    name: str
    pid: int
    port: int
    dialect: Dialect
    tls: bool = False

    def cpu_s(self) -> float:
        """CPU time of it and its children so far, all threads, user and system, in s; 0 if unknown."""
        return sum(map(cpu_s, _with_children(self.pid)))

    def resident_mb(self) -> float:
        """Its resident memory and that of its children, in MB of 10^6 bytes; 0 if unknown."""
        return sum(map(resident_mb, _with_children(self.pid)))


def _with_children(pid: int) -> list[int]:
    """A process and those that it has started, which a server with workers does."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *map(int, children.read_text().split())] if children.exists() else [pid]


def cpu_s(pid: int) -> float:
    """CPU time of all threads of a process so far, user and system, in s; 0 if unknown."""
    if not sys.platform.startswith("linux"):
        return 0.0
    # The clock of another process: see clock_getcpuclockid(3). /proc/PID/stat counts in 10 ms.
    return time.clock_gettime(~pid << 3 | 2)


def resident_mb(pid: int) -> float:
    """The resident memory of a process, in MB of 10^6 bytes; 0 if unknown."""
    if not sys.platform.startswith("linux"):
        return 0.0
    status = Path(f"/proc/{pid}/status").read_text()
    _, found, rest = status.partition("VmRSS:")  # not there once the process has ended
    return int(rest.split()[0]) * 1024 / 1e6 if found else 0.0


@contextlib.contextmanager
def relay(tls: bool = False) -> Iterator[Target]:
    """A bare relay."""
    with process("relay", [*_python("benchmarks.relay"), *_tls(tls)], PLAIN, tls) as target:
        yield target


@contextlib.contextmanager
def server(
    tls: bool = False,
    data: Path | None = None,
    tick_ms: float | None = None,
    options: Sequence[str] = (),
    apart: bool = True,
) -> Iterator[Target]:
    """The server as users start it.

    Args:
        tls: whether it encrypts.
        data: where its database is; by default in a folder of its own.
        tick_ms: how long it gathers edits, if not as usual.
        options: more of its command.
        apart: whether it has the first core, and the load generator the others; otherwise they share all.
    """
    started = _python("optiverse_collab_server")
    if tick_ms is not None:
        started = [*_python("benchmarks.ticking"), str(tick_ms)]
    with TemporaryDirectory() as own:
        command = [*started, "--port", "0", "--data", str(data or own), *_tls(tls), *options]
        with process("server", command, OURS, tls, apart) as target:
            yield target


@contextlib.contextmanager
def process(
    name: str, command: list[str], dialect: Dialect, tls: bool = False, apart: bool = True
) -> Iterator[Target]:
    """Run a command, on the first core; the load generator keeps to the others meanwhile.

    Args:
        name: for the table.
        command: it prints its port when it listens, on a line of its own.
        dialect: what participants say to it.
        tls: whether it encrypts connections.
        apart: whether the cores are divided so; otherwise both share all.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with TemporaryDirectory() as folder, _cores(apart) as cores:
        output = Path(folder) / "output"
        _keep_to(cores[:1])  # a process inherits its parent's
        with output.open("wb") as file:  # a full pipe that nobody reads would block it
            running = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
        _keep_to(cores[1:])
        with running, _stopped(running):
            target = Target(name, running.pid, _port(running, output), dialect, tls)
            try:
                yield target
            except (OSError, RuntimeError):
                if running.poll() is None:
                    raise
            if running.poll() is not None:
                last = output.read_text(errors="replace").strip().splitlines()[-1]
                raise RuntimeError(f"{name} ended under load with exit code {running.returncode}: {last}")


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _tls(tls: bool) -> list[str]:
    return ["--tls"] if tls else []


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
def _cores(apart: bool) -> Iterator[list[int]]:
    """The cores to divide, restored at the end; none if there is only one, or they are not divided."""
    if apart and sys.platform.startswith("linux") and len(cores := sorted(os.sched_getaffinity(0))) > 1:
        try:
            yield cores
        finally:
            _keep_to(cores)
    else:
        yield []


def _keep_to(cores: list[int]) -> None:
    if sys.platform.startswith("linux") and cores:
        os.sched_setaffinity(0, cores)
