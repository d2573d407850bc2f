"""The server as users run it: a process with a log and a data folder, which can be killed and restarted."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from tests.helpers.aio import DEADLINE_S
from tests.helpers.processes import Process, kill, start

STARTED = re.compile(r"Starting Optiverse Collaboration Server on (.+):(\d+)$")
PIN = re.compile(r"#pin=([\w-]{43})$")


class ServerProcess:
    """``python -m optiverse_collab_server`` on a free port of this machine; ends with the ``with`` block.

    Args:
        data: the data folder.
        options: options for the command.
        ignores_sigint: whether it starts like a shell's background job.
        module: the module to run.

    Attributes:
        port: its port, which stays the same over restarts.
        log: the lines that all its processes wrote.
    """

    def __init__(
        self,
        data: Path,
        *options: str,
        ignores_sigint: bool = False,
        module: str = "optiverse_collab_server",
    ) -> None:
        self.port = 0
        self.log: list[str] = []
        self._command = [
            "-m",
            module,
            "--host",
            "127.0.0.1",
            "--data",
            str(data),
            *options,
        ]
        self._ignores_sigint = ignores_sigint
        self._process: Process | None = None
        self._reader: threading.Thread | None = None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether its process has not ended yet."""
        return self._process is not None and self._process.poll() is None

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"{'wss' if '--tls' in self._command else 'ws'}://127.0.0.1:{self.port}"

    @property
    def pin(self) -> str:
        """The hash of its key, as logged, if it has TLS."""
        return self.until_says(PIN)[1]

    @property
    def address(self) -> str:
        """The same as `url`, with the pin."""
        return f"{self.url}#pin={self.pin}"

    def start(self) -> None:
        """Start the server, and wait until it listens."""
        assert self._process is None, "the server is already running"
        before = len(self.log)
        self._process = start(
            *self._command,
            "--port",
            str(self.port),
            stderr=subprocess.PIPE,
            ignores_sigint=self._ignores_sigint,
        )
        listening = threading.Event()
        assert self._process.stderr is not None
        self._reader = threading.Thread(target=self._read, args=(self._process.stderr, listening))
        self._reader.start()
        listening.wait(DEADLINE_S)
        if not any(STARTED.search(line) for line in self.log[before:]):
            self.kill()
            raise AssertionError("the server did not start:\n" + "\n".join(self.log))

    def until_says(self, pattern: str | re.Pattern[str]) -> re.Match[str]:
        """Wait until a line of its log matches a pattern; returns the match."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            for line in list(self.log):
                if found := re.search(pattern, line):
                    return found
            time.sleep(0.01)
        raise AssertionError(f"the server did not say {pattern!r}:\n" + "\n".join(self.log))

    def kill(self) -> None:
        """End the process as a power cut would (``kill -9``)."""
        if self._process is not None:
            kill(self._process)
        self._reap()

    def terminate(self) -> int:
        """Ask the process to end (SIGTERM); returns its exit code."""
        self.send(signal.SIGTERM)
        return self.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        assert self._process is not None, "the server is not running"
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait until the process has ended; returns its exit code."""
        assert self._process is not None, "the server is not running"
        return self._reap()

    def __enter__(self) -> ServerProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()

    def _reap(self) -> int:
        process, reader, self._process = self._process, self._reader, None
        if process is None or reader is None:
            return 0
        try:
            return process.wait(DEADLINE_S)
        finally:
            kill(process)
            reader.join(DEADLINE_S)

    def _read(self, stderr: IO[str], listening: threading.Event) -> None:
        """Collect the log; the line that names the port comes when the server listens."""
        with stderr:
            for line in stderr:
                self.log.append(line.rstrip("\n"))
                started = STARTED.search(self.log[-1])
                if started:
                    self.port = int(started[2])
                    listening.set()
        listening.set()
