"""``optiverse-collab``, as users run it: in a process."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator

from tests.helpers.aio import DEADLINE_S
from tests.helpers.benches import DATA
from tests.helpers.processes import Ended, Process, python, run_python

SMALL = str(DATA / "bench_small.json")
"""A bench of 27 records."""

UTF_8 = {"PYTHONIOENCODING": "utf-8"}


def command(*arguments: str, **environment: str) -> Ended:
    """Run the command to its end; its output is read as UTF-8."""
    return run_python("-m", "optiverse_collab", *arguments, deadline=DEADLINE_S, environment=environment)


def succeed(*arguments: str) -> str:
    """Run the command, which must succeed with nothing on standard error; returns its output."""
    ended = command(*arguments, **UTF_8)
    assert (ended.code, ended.errors) == (0, "")
    return ended.output


def fail(*arguments: str) -> str:
    """Run the command, which must fail with one sentence and no output; returns the sentence."""
    ended = command(*arguments, **UTF_8)
    assert (ended.code, ended.output) == (1, "")
    [line] = ended.errors.splitlines()
    assert line.startswith("optiverse-collab: ")
    assert line.endswith(".")
    return line


class Watcher:
    """A process that watches a session.

    Attributes:
        lines: what it printed.
    """

    def __init__(self, process: Process) -> None:
        self.lines: list[str] = []
        self._process = process
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for(self, text: str) -> None:
        """Wait for a line with `text` after its time."""
        deadline = time.monotonic() + DEADLINE_S
        while not any(text in line for line in self.lines):
            assert time.monotonic() < deadline, self.lines
            assert self._process.poll() is None, self.lines
            time.sleep(0.01)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it."""
        self._process.send_signal(number)

    def ended(self) -> tuple[int, str]:
        """Wait until it ends; returns the exit code and the standard error."""
        assert self._process.stderr is not None
        errors = self._process.stderr.read()
        return self._process.wait(), errors

    def texts(self) -> list[str]:
        """The lines without their times; complete once the process has ended."""
        self._reader.join()
        assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in self.lines)
        return [line[9:] for line in self.lines]

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            self.lines.extend(line.rstrip("\n") for line in iter(output.readline, ""))


@contextlib.contextmanager
def watching(*arguments: str, ignores_sigint: bool = False) -> Iterator[Watcher]:
    """Run ``optiverse-collab watch`` for at most two minutes."""
    with python(
        *("-m", "optiverse_collab", "watch", *arguments),
        deadline=4 * DEADLINE_S,
        stderr=subprocess.PIPE,
        ignores_sigint=ignores_sigint,
        environment=UTF_8,
    ) as process:
        yield Watcher(process)
