"""Windows in processes of their own, a real server, and what can happen to each of them on a bad day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.convert import read_bench, records_from_bench, same_bench
from tests.helpers.benches import DATA
from tests.helpers.cli import succeed
from tests.helpers.server_process import ServerProcess
from tests.helpers.window_process import Window

pytestmark = pytest.mark.also_on_nats


@pytest.fixture(params=["demo", pytest.param("optiverse", marks=pytest.mark.optiverse)])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def windows(host: str, tmp_path: Path) -> Iterator[Callable[[], Window]]:
    made: list[Window] = []
    home = tmp_path / "home"
    home.mkdir()

    def open_window() -> Window:
        made.append(Window(host, home))
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
        again.until(lambda state: is_in(state) and state["places"] == {lens: [50.0, 60.0]})
        ann.do(undo=[])
        ann.until(is_in)


def test_a_window_that_is_closed_takes_nothing_with_it(windows: Callable[[], Window], tmp_path: Path) -> None:
    """A closing host deletes its scene; that is no edit. The last real edit still counts."""
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


def test_coming_back_with_a_file_is_no_question(windows: Callable[[], Window], tmp_path: Path) -> None:
    """Save, close, open that file tomorrow, edit it, join: both sides' edits stand."""
    file = tmp_path / "bench.json"
    with ServerProcess(tmp_path) as server:
        ann, bob = windows(), windows()
        for name, window in (("Ann", ann), ("Bob", bob)):
            window.do(join=[server.url, "default", name])
            window.until(is_in)
        for x in (0.0, 100.0, 200.0):
            ann.do(add=[x, 0.0])
        state = bob.until(lambda state: len(state["places"]) == 3)
        left, middle, right = sorted(state["places"], key=lambda id: float(state["places"][id][0]))
        bob.do(save=[str(file)])
        there = ["--server", server.url, "--session", "default"]
        assert "0 records added, 0 changed, 3 there already." in succeed("push", str(file), *there)
        bob.do(close_window=[])
        ann.do(move=[left, 0.0, 50.0])
        ann.until(is_in)
        again = windows()
        again.do(open=[str(file)])
        again.do(move=[right, 200.0, 70.0], add=[300.0, 0.0])
        again.do(join=[server.url, "default", "Bob"])
        again.until(is_in)
        expected = {left: [0.0, 50.0], middle: [100.0, 0.0], right: [200.0, 70.0]}
        for window in (ann, again):
            state = window.until(lambda state: len(state["places"]) == 4)
            assert {id: place for id, place in state["places"].items() if id in expected} == expected


def test_bench_appears_item_for_item_in_another_window(windows: Callable[[], Window], tmp_path: Path) -> None:
    """Exactly as the host loads it; 0.3 gives items other z values when it opens the file."""
    path = DATA / "bench_300.json"
    alone, ours, theirs = (tmp_path / f"{name}.json" for name in ("alone", "ann", "bob"))
    with ServerProcess(tmp_path) as server:
        ann, bob = windows(), windows()
        ann.do(open=[str(path)], save=[str(alone)], join=[server.url, "default", "Ann"])
        ann.until(is_in)
        bob.do(join=[server.url, "default", "Bob"])
        bob.until(is_in)
        for window, copy in ((ann, ours), (bob, theirs)):
            window.do(save=[str(copy)])
    for copy in (ours, theirs):
        found = same_bench(read_bench(alone), read_bench(copy))
        # A group in this file names an item that was deleted. Only 0.2 keeps that.
        assert [difference for difference in found if "'absent_items'" not in difference] == []
    original, copied = (records_from_bench(read_bench(one)).records for one in (path, theirs))
    assert len(original) >= 300
    assert original.keys() == copied.keys()
    for id, record in original.items():
        assert copied[id].kind == record.kind
        for name in ("pos", "angle_deg", "name", "points", "text"):
            assert copied[id].props.get(name) == record.props.get(name)
