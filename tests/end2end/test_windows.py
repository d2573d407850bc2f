"""Windows in processes of their own, a real server, and what happens to each of them on a bad day."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.server_process import ServerProcess

DEADLINE_S = 60.0


class Window:
    """A window in another process."""

    def __init__(self, host: str) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.window_program", host],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def do(self, **command: Any) -> dict[str, Any]:
        """Let the window do something; returns how it stands then."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        patience = threading.Timer(DEADLINE_S, self._process.kill)
        patience.start()
        try:
            for line in self._process.stdout:
                if line.startswith('{"status"'):
                    return dict(json.loads(line))
        finally:
            patience.cancel()
        raise AssertionError("the window ended")

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Ask how it stands until it is so."""
        deadline = time.monotonic() + DEADLINE_S
        while not condition(state := self.do(tell=[])):
            assert time.monotonic() < deadline, state
        return state

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture(params=["demo", pytest.param("optiverse", marks=pytest.mark.optiverse)])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def windows(host: str) -> Iterator[Callable[[], Window]]:
    made: list[Window] = []

    def open_window() -> Window:
        made.append(Window(host))
        return made[-1]

    yield open_window
    for window in made:
        window.kill()


def is_in(state: dict[str, Any]) -> bool:
    return state["status"] == "connected" and not state["pending"]


def test_a_crash_of_a_window_or_of_the_server_loses_nothing(
    windows: Callable[[], Window], tmp_path: Path
) -> None:
    with ServerProcess(tmp_path) as server:
        ann, bob = windows(), windows()
        for name, window in (("Ann", ann), ("Bob", bob)):
            window.do(join=[server.url, "default", name])
            window.until(is_in)
        ann.do(add=[10.0, 20.0])
        [lens] = bob.until(lambda state: len(state["places"]) == 1)["places"]
        bob.do(move=[lens, 30.0, 40.0])
        ann.until(lambda state: state["places"] == {lens: [30.0, 40.0]})
        bob.kill()
        assert ann.until(lambda state: state["text"] == "1 user")["status"] == "connected"
        server.kill()
        ann.until(lambda state: state["status"] == "reconnecting")
        ann.do(move=[lens, 50.0, 60.0])
        server.start()
        ann.until(is_in)
        again = windows()
        again.do(join=[server.url, "default", "Bob"])
        assert again.until(is_in)["places"] == {lens: [50.0, 60.0]}
        ann.do(undo=[])
        ann.until(is_in)


def test_a_window_that_is_closed_takes_nothing_with_it(windows: Callable[[], Window], tmp_path: Path) -> None:
    """A host takes its scene apart when it closes; that is no edit. The last one still counts."""
    with ServerProcess(tmp_path) as server:
        ann, bob = windows(), windows()
        for name, window in (("Ann", ann), ("Bob", bob)):
            window.do(join=[server.url, "default", name])
            window.until(is_in)
        for x in (0.0, 100.0):
            ann.do(add=[x, 0.0])
        lens = next(iter(bob.until(lambda state: len(state["places"]) == 2)["places"]))
        bob.do(move=[lens, 30.0, 40.0], close_window=[])
        state = ann.until(lambda state: state["text"] == "1 user")
        assert len(state["places"]) == 2
        assert ann.until(lambda state: state["places"][lens] == [30.0, 40.0])["status"] == "connected"
