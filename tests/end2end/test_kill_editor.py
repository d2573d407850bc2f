"""kill -9 of the editor: edits that the server never saw are there after a restart, each once (SYNC-8)."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.server_process import ServerProcess
from tests.helpers.window_process import DEADLINE_S, Window

Open = Callable[[], Window]
LAST = 88.25
"""Where the last edit moves an item [mm]: nothing else has that number."""


@pytest.fixture(params=["demo", pytest.param("optiverse", marks=pytest.mark.optiverse)])
def open_window(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Open windows of one user on one computer."""
    made: list[Window] = []

    def open_one() -> Window:
        made.append(Window(str(request.param), tmp_path / "home"))
        return made[-1]

    (tmp_path / "home").mkdir()
    yield open_one
    for window in made:
        window.kill()


def is_in(state: dict[str, Any]) -> bool:
    return state["status"] == "connected" and not state["pending"]


def is_on_disk(home: Path) -> bool:
    """Whether the last edit was written, in whichever file: numbers are stored as MessagePack there."""
    number = struct.pack(">d", LAST)
    return any(number in file.read_bytes() for file in home.rglob("*") if file.is_file())


def until_on_disk(home: Path) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_on_disk(home):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("has_server", [False, True], ids=["without a server", "on their way"])
def test_edits_outlive_the_editor(open_window: Open, tmp_path: Path, has_server: bool) -> None:
    """And neither they nor their items are duplicated."""
    with ServerProcess(tmp_path / "data") as server:
        ann = open_window()
        ann.do(join=[server.url, "lab", "Ann"])
        ann.until(is_in)
        ann.do(add=[0.0, 0.0])
        [lens] = ann.until(lambda state: is_in(state) and bool(state["places"]))["places"]
        if not has_server:
            server.kill()
            ann.until(lambda state: state["status"] == "reconnecting")
        ann.do(add=[50.0, 60.0])
        ann.do(move=[lens, 10.0, 20.0])
        places = ann.do(move=[lens, 30.0, LAST])["places"]
        assert (len(places), places[lens]) == (2, [30.0, LAST])
        until_on_disk(tmp_path / "home")
        ann.kill()
        if not has_server:
            server.start()
        again = open_window()
        again.do(join=[server.url, "lab", "Ann"])
        again.until(lambda state: is_in(state) and state["places"] == places)
        bob = open_window()
        bob.do(join=[server.url, "lab", "Bob"])
        bob.until(lambda state: is_in(state) and state["places"] == places)
        again.close()
        third = open_window()
        third.do(join=[server.url, "lab", "Ann"])
        third.until(lambda state: is_in(state) and state["places"] == places)
        assert bob.do(tell=[])["places"] == places


def test_an_editor_killed_during_a_preview(open_window: Open, tmp_path: Path) -> None:
    """The live bench outlives it, not the bench that was looked at; so does a file that was saved."""
    with ServerProcess(tmp_path / "data") as server:
        ann = open_window()
        ann.do(join=[server.url, "lab", "Ann"])
        ann.until(is_in)
        ann.do(add=[0.0, 0.0])
        [lens] = ann.until(lambda state: is_in(state) and bool(state["places"]))["places"]
        ann.do(move=[lens, 10.0, 20.0])
        ann.until(is_in)
        ann.do(preview=[1])
        ann.until(lambda state: bool(state["previews"]))
        ann.do(move=[lens, 30.0, 41.125], save=[str(tmp_path / "live.json")])
        saved = ann.until(is_in)
        assert saved["previews"]
        assert saved["places"][lens] == [30.0, 41.125]
        assert "41.125" in (tmp_path / "live.json").read_text("utf-8")
        ann.do(move=[lens, 40.0, LAST])
        until_on_disk(tmp_path / "home")
        ann.kill()
        again = open_window()
        again.do(join=[server.url, "lab", "Ann"])
        state = again.until(lambda state: is_in(state) and bool(state["places"]))
        assert state["places"] == {lens: [40.0, LAST]}
        assert not state["previews"]
