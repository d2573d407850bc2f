"""The first connection, step by step, as the documentation promises it to users (docs/users.md)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.server_process import ServerProcess
from tests.helpers.window_process import DEADLINE_S, Window

Open = Callable[[], Window]
STAMPED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (DEBUG|INFO|WARNING|ERROR)")
"""Date, time and level of a line in the server's terminal."""

IN_THE_EDITOR = (
    "✓ Connected to session 'default' as 'DESKTOP-X'",
    "Connection acknowledged with 1 user(s)",
)
IN_THE_TERMINAL = (
    "Created new session: default",
    "User DESKTOP-X joined session default",
    "Sending connection acknowledgment to DESKTOP-X",
    "Broadcasting user joined for DESKTOP-X",
    "Entering message loop for DESKTOP-X",
)


@pytest.fixture(params=["demo", pytest.param("optiverse", marks=pytest.mark.optiverse)])
def open_window(request: pytest.FixtureRequest) -> Iterator[Open]:
    made: list[Window] = []

    def open_one() -> Window:
        made.append(Window(str(request.param)))
        return made[-1]

    yield open_one
    for window in made:
        window.kill()


def times(lines: list[str], text: str) -> int:
    """How many lines end with a text."""
    return sum(line.endswith(text) for line in lines)


def once(lines: Callable[[], list[str]], *texts: str) -> None:
    """Wait until there is a line for each text; each must appear only once."""
    deadline = time.monotonic() + DEADLINE_S
    for text in texts:
        while not times(lines(), text):
            assert time.monotonic() < deadline, (text, lines())
            time.sleep(0.02)
        assert times(lines(), text) == 1, text


def log(window: Window) -> list[str]:
    """The text in the log window."""
    return list(window.do(log=[])["log"])


def test_first_connection(open_window: Open, tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        # 1. Start the server.
        here = f"127.0.0.1:{server.port}"
        once(lambda: server.log, f"Starting Optiverse Collaboration Server on {here}", "Press Ctrl+C to stop")
        # 2. Start the editor. 3. Open the log window before anything else.
        ann = open_window()
        assert "Collaboration" in ann.do(open_log=["Collaboration"])["open_log"]
        assert log(ann) == []
        # 4. Connect. 5. See, once each:
        ann.do(connect=[server.url, "default", "DESKTOP-X"])
        ann.until(lambda state: state["text"] == "1 user")
        once(lambda: log(ann), f"→ Connecting to: ws://{here}/ws/default/DESKTOP-X", *IN_THE_EDITOR)
        once(lambda: server.log, *IN_THE_TERMINAL)
        assert [line for line in server.log if not STAMPED.match(line)] == []
        # 6. A second editor joins the same session.
        bob = open_window()
        bob.do(connect=[server.url, "default", "Bob"])
        for window in (ann, bob):
            window.until(lambda state: state["text"] == "2 users")
        once(lambda: log(ann), "User joined: Bob")
        ann.do(add=[10.0, 20.0])
        [lens] = bob.until(lambda state: len(state["places"]) == 1)["places"]
        bob.do(move=[lens, 30.0, 40.0])
        ann.until(lambda state: state["places"] == {lens: [30.0, 40.0]})
        # 7. Level DEBUG; pings that come sooner than every 30 s are left out of the log.
        ann.until(lambda _: any("← Received heartbeat pong" in line for line in log(ann)))
        once(lambda: log(ann), "→ Sending heartbeat ping")
        # The connection stays up. Its end is reported in words, from the close code, without a traceback.
        assert ann.do(tell=[])["text"] == "2 users"
        assert [line for line in log(ann) if re.search("WARNING|ERROR", line)] == []
        server.terminate()
        ann.until(lambda state: state["status"] == "reconnecting")
        why = "The server is restarting or going away."
        once(lambda: log(ann), f"✗ Disconnected from session 'default' - {why}")
        assert not any("Traceback" in line for line in (*log(ann), *server.log))
