"""A server loses its disk; the windows give back what its backup lacks (BACK)."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from optiverse_collab.scripting import Bench
from optiverse_collab_server.cli.main import main
from optiverse_collab_server.storage.lock import HOLDER_NAME
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.server_process import ServerProcess
from tests.helpers.window_process import Window, is_in, until_carried

pytestmark = [
    pytest.mark.own_store,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that ends a program cleanly"),
]

CHANGES = 500


@pytest.fixture(params=["demo", pytest.param("optiverse", marks=pytest.mark.optiverse)])
def open_window(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Window]]:
    """Open the window of somebody with a computer of their own."""
    made: list[Window] = []

    def open_one(name: str) -> Window:
        home = tmp_path / f"home of {name}"
        home.mkdir()
        made.append(Window(str(request.param), home))
        return made[-1]

    yield open_one
    for window in made:
        window.kill()


def together(open_window: Callable[[str], Window], server: ServerProcess) -> tuple[Window, Window, str]:
    """Ana's and Ben's windows in a session, and the id of the lens in it."""
    ana, ben = open_window("Ana"), open_window("Ben")
    for name, window in (("Ana", ana), ("Ben", ben)):
        window.do(join=[server.url, "lab", name])
        window.until(is_in)
    ana.do(add=[0.0, 0.0])
    [lens] = ben.until(lambda state: is_in(state) and bool(state["places"]))["places"]
    return ana, ben, lens


@pytest.mark.parametrize("is_copied", [False, True], ids=["restored", "copied"])
def test_the_windows_bring_500_changes_back(
    open_window: Callable[[str], Window], tmp_path: Path, is_copied: bool
) -> None:
    """BACK-5 to BACK-10: kill -9, an empty disk, an old backup; then all go on as if nothing had happened."""
    data, backup = tmp_path / "data", tmp_path / "backup"
    with ServerProcess(data) as server:
        ana, ben, lens = together(open_window, server)
        assert main(["backup", str(backup), "--data", str(data)]) == 0
        with Bench(server.url, "lab", "script") as bench:
            there = bench.clock
            for number in range(CHANGES - 1):
                bench[lens].move(float(number), 5.0)
                bench.flush()
            assert bench.clock == there + CHANGES - 1
        ben.do(move=[lens, 7.0, 8.0])
        ana.until(lambda state: is_in(state) and state["places"] == {lens: [7.0, 8.0]})
        for name in ("Ana", "Ben"):
            until_carried(tmp_path / f"home of {name}", there + CHANGES)
        server.kill()
        for file in data.glob(f"{FILE_NAME}*"):
            file.unlink()
        if is_copied:
            shutil.copy(backup / FILE_NAME, data / FILE_NAME)
            (data / HOLDER_NAME).unlink(missing_ok=True)
        else:
            assert main(["restore", str(backup), "--data", str(data)]) == 0
        server.start()
        for window in (ana, ben):
            state = window.until(is_in)
            assert state["places"] == {lens: [7.0, 8.0]}
        assert any(
            f"Session lab: {CHANGES} change(s) that it had lost came back" in one for one in server.log
        )
        ana.do(move=[lens, 9.0, 9.0])
        ben.until(lambda state: is_in(state) and state["places"] == {lens: [9.0, 9.0]})
        with Bench(server.url, "lab", "auditor") as bench:
            assert bench.clock == there + CHANGES + 1
            assert [step.author for step in bench.history(after=there)] == ["script", "Ben", "Ana"]


def test_the_last_moment_comes_back_as_edits(open_window: Callable[[str], Window], tmp_path: Path) -> None:
    """BACK-11 to BACK-13: it was in no parcel yet, and the restored server accepts something else first."""
    data, backup = tmp_path / "data", tmp_path / "backup"
    with ServerProcess(data) as server:
        ana, ben, lens = together(open_window, server)
        assert main(["backup", str(backup), "--data", str(data)]) == 0
        ben.do(move=[lens, 7.0, 8.0])
        ana.until(lambda state: is_in(state) and state["places"] == {lens: [7.0, 8.0]})
        server.kill()
        assert main(["restore", str(backup), "--data", str(data)]) == 0
        server.start()
        with Bench(server.url, "lab", "script") as bench:
            bench[lens]["name"] = "renamed"
            bench.flush()
        ana.do(move=[lens, 9.0, 9.0])
        for window in (ana, ben):
            window.until(lambda state: is_in(state) and state["places"] == {lens: [9.0, 9.0]})
        with Bench(server.url, "lab", "auditor") as bench:
            assert bench[lens]["name"] == "renamed"
            assert list(bench[lens]["pos"]) == [9.0, 9.0]
