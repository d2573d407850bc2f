"""A window with the plugin, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from optiverse_collab.disk.parcels import places_in
from tests.helpers.processes import kill, start

DEADLINE_S = 60.0


class Window:
    """A window in another process.

    Args:
        host: ``demo`` or ``optiverse``.
        home: the user's home folder, where another window may have left something; None for this process's.

    Attributes:
        pid: the id of the process.
    """

    def __init__(self, host: str, home: Path | None = None) -> None:
        self._process = start(
            *("-m", "tests.helpers.window_program", host),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            environment={} if home is None else {"HOME": str(home)},
        )
        self.pid = self._process.pid

    def do(self, **command: Any) -> dict[str, Any]:
        """Let the window run a command; returns its state afterwards."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        patience = threading.Timer(DEADLINE_S, kill, [self._process])
        patience.start()
        try:
            for line in self._process.stdout:
                if line.startswith('{"status"'):
                    return dict(json.loads(line))
        finally:
            patience.cancel()
        raise AssertionError("the window ended")

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Poll the window until its state meets a condition."""
        deadline = time.monotonic() + DEADLINE_S
        while not condition(state := self.do(tell=[])):
            assert time.monotonic() < deadline, state
        return state

    def close(self) -> int:
        """Close the window, which ends the process; returns the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.write('{"close_window": []}\n')
        self._process.stdin.flush()
        return self._process.wait(DEADLINE_S)

    def kill(self) -> None:
        """End the process as a crash would."""
        kill(self._process)
        self._process.communicate()


def is_in(state: dict[str, Any]) -> bool:
    """Whether a window is in a session, and the server has all its edits."""
    return state["status"] == "connected" and not state["pending"]


def until_carried(home: Path, clock: int) -> None:
    """Wait until the parcels on a computer reach up to a clock."""
    deadline = time.monotonic() + DEADLINE_S
    while not any(place.clock >= clock for file in home.rglob("parcels/*") for place in places_in(file)):
        assert time.monotonic() < deadline
        time.sleep(0.1)
