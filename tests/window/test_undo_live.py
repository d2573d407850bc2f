"""Undo in two real windows on a real server."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from tests.helpers.demo_window import KEYS
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk


def test_undo_leaves_a_later_move_alone(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    """SEEN-5: and reverts what nobody else has edited."""
    ann, bob = pair
    for name, desk in (("Ann", ann), ("Bob", bob)):
        desk.join(server.url, session_id, name)
    lens, mirror = ann.window.insert(KEYS["lens"]), ann.window.insert(KEYS["mirror"])
    qtbot.waitUntil(lambda: mirror in bob.window.bench.items, timeout=SOON)
    ann.window.editor.change("Move", {id: {"pos": [10.0, 0.0]} for id in (lens, mirror)})
    ann.until_same(bob)
    bob.window.editor.change("Move", {lens: {"pos": [50.0, 0.0]}})
    ann.until_same(bob)
    ann.window.editor.undo()
    ann.until_same(bob)
    assert bob.window.bench.items[lens].props["pos"] == [50.0, 0.0]
    assert bob.window.bench.items[mirror].props["pos"] != [10.0, 0.0]
    [text] = ann.log("WARNING")
    assert text.startswith("Bob moved ")
    assert text.endswith(" to (50.0, 0.0) mm since; your undo left it there.")
    assert [toast.text for toast in ann.controller.reports.toasts.shown] == [text]
    assert bob.controller.reports.toasts.shown == []


def test_undo_of_an_edit_made_away_that_was_held(
    qtbot: QtBot, pair: tuple[Desk, Desk], tmp_path: Path, session_id: str
) -> None:
    """SEEN-5: the user who returns reads whose value stands; the other's undo is an ordinary one."""
    with ServerProcess(tmp_path) as own:
        for desk, name in zip(pair, ("Ann", "Bob"), strict=True):
            desk.join(own.url, session_id, name)
        lens = pair[0].window.insert(KEYS["lens"])
        qtbot.waitUntil(lambda: lens in pair[1].window.bench.items, timeout=SOON)
        before = pair[0].window.bench.items[lens].props["pos"]
        own.kill()
        for desk in pair:
            qtbot.waitUntil(lambda: desk.controller.status.text() == "Reconnecting…", timeout=SOON)  # noqa: B023
        for desk, x in zip(pair, (10.0, 50.0), strict=True):
            desk.window.editor.change("Move", {lens: {"pos": [x, 0.0]}})
        own.start()
        for desk in pair:
            desk.until_connected()
        pair[0].until_same(pair[1])
        [held] = [desk for desk in pair if any("was not applied" in text for text in desk.log())]
        [other] = {*pair} - {held}
        theirs = held.content()[lens]
        held.window.editor.undo()
        assert held.content()[lens] == theirs
        assert held.log("WARNING")[-1].endswith("since; your undo left it there.")
        other.window.editor.undo()
        qtbot.waitUntil(lambda: held.window.bench.items[lens].props["pos"] == before, timeout=SOON)


def test_undo_goes_back_to_a_value_that_was_not_seen(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    """SEEN-3: what Bob does while Ann drags does not show on her screen."""
    ann, bob = pair
    for name, desk in (("Ann", ann), ("Bob", bob)):
        desk.join(server.url, session_id, name)
    lens = ann.window.insert(KEYS["lens"])
    qtbot.waitUntil(lambda: lens in bob.window.bench.items, timeout=SOON)
    editor = ann.window.editor
    editor.start_drag([lens])
    editor.drag(5.0, 0.0)
    ann.until_same(bob)
    bob.window.editor.change("Move", {lens: {"pos": [50.0, 0.0]}})
    qtbot.waitUntil(lambda: ann.session_records()[lens].props["pos"] == [50.0, 0.0], timeout=SOON)
    editor.drag(7.0, 0.0)
    editor.end_drag()
    ann.until_same(bob)
    mine = ann.window.bench.items[lens].props["pos"]
    assert mine != [50.0, 0.0]
    qtbot.waitUntil(lambda: any("that you had not seen" in text for text in ann.log()), timeout=SOON)
    editor.undo()
    qtbot.waitUntil(lambda: bob.window.bench.items[lens].props["pos"] == [50.0, 0.0], timeout=SOON)
    ann.until_same(bob)
    editor.redo()
    qtbot.waitUntil(lambda: bob.window.bench.items[lens].props["pos"] == mine, timeout=SOON)
