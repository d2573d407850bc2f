"""Python processes for tests: each has a deadline, and its child processes end with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

Process = subprocess.Popen[str]


class Ended(NamedTuple):
    """How a process ended."""

    code: int
    output: str
    errors: str


def start(
    *arguments: str,
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    ignores_sigint: bool = False,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Process:
    """Start a Python process that finds the same modules. The caller ends it with `kill`.

    Args:
        arguments: arguments for Python.
        stdin, stdout, stderr: as `subprocess.Popen` takes them.
        ignores_sigint: whether it starts like a shell's background job. Otherwise SIGINT ends
            it, even where this process ignores it.
        environment: variables that differ from this process's.
        folder: its working directory; None for this process's.
    """
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(
        _command(arguments, ignores_sigint),
        env={**os.environ, "PYTHONPATH": path, **(environment or {})},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        cwd=folder,
    )


def start_program(*command: str) -> Process:
    """Start another program, without its output. The caller ends it with `kill`."""
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=nowhere, stderr=nowhere, encoding="utf-8", start_new_session=True)


def kill(process: Process) -> None:
    """End a process and all its children."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def ends_well(work: Callable[[], None]) -> bool:
    """Whether a fork of this process finishes `work`. Both must run under a `python` block."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    try:
        work()
    finally:
        os._exit(0)


@contextlib.contextmanager
def python(
    *arguments: str,
    deadline: float = 60,
    stdin: int | None = None,
    stderr: int | None = None,
    ignores_sigint: bool = False,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[Process]:
    """Start a Python process whose output is read; killed at the end, or after `deadline` seconds.

    So a test that reads from it or waits for it never waits longer. For the rest see `start`.
    """
    process = start(
        *arguments,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=stderr,
        ignores_sigint=ignores_sigint,
        environment=environment,
        folder=folder,
    )
    with process:
        timer = threading.Timer(deadline, kill, [process])
        timer.start()
        try:
            yield process
        finally:
            timer.cancel()
            kill(process)


def run_python(
    *arguments: str,
    deadline: float = 60,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Ended:
    """Run Python to its end. For the rest see `python`."""
    with python(
        *arguments, deadline=deadline, stderr=subprocess.PIPE, environment=environment, folder=folder
    ) as process:
        output, errors = process.communicate()
    return Ended(process.returncode, output, errors)


def _command(arguments: Sequence[str], ignores_sigint: bool) -> list[str]:
    """The command of a Python process; if it would inherit the wrong handling, a wrapper goes before it.

    The wrapper then becomes the wanted process. Only the main thread could call `signal.signal` here.
    """
    command = [sys.executable, *arguments]
    if (signal.getsignal(signal.SIGINT) is signal.SIG_IGN) is ignores_sigint:
        return command
    handling = "SIG_IGN" if ignores_sigint else "SIG_DFL"
    become = f"signal.signal(signal.SIGINT, signal.{handling}); os.execv(sys.argv[1], sys.argv[1:])"
    return [sys.executable, "-ISc", f"import os, signal, sys; {become}", *command]
