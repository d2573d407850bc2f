"""Two windows' benches when the plugin brings them into one session, on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.convert import read_bench, write_bench
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.window.ui.choice_dialog import JoiningChoice, ReplacementChoice
from optiverse_collab.wording import dialogs
from tests.helpers.demo_window import KEYS, add
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk

EMPTY = {"version": "2.0", "items": [], "groups": []}
SOURCE = {"_type": "source", "item_uuid": "source", "x_mm": 0.0, "y_mm": 0.0, "angle_deg": 0.0}


@pytest.mark.parametrize("button", [JoiningChoice.BRING, JoiningChoice.REPLACE, JoiningChoice.CANCEL])
def test_two_benches_meet(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str, button: JoiningChoice
) -> None:
    """Nothing changes before the user has chosen, and a bench that is replaced is saved first."""
    ann, bob = pair
    theirs, mine = add(ann.window, "lens"), add(bob.window, "mirror", (50.0, 0.0))
    ann.join(server.url, session_id, "Ann")
    bob.ask_to_join(server.url, session_id, "Bob")
    qtbot.waitUntil(lambda: bob.controller.question is not None, timeout=SOON)
    question = bob.controller.question
    assert question is not None
    assert set(bob.window.bench.items) == {mine}
    click(question.buttons[button])
    dialog = bob.controller.open_connect_dialog()
    qtbot.waitUntil(lambda: not dialog.busy, timeout=SOON)
    if button is JoiningChoice.CANCEL:
        assert set(bob.window.bench.items) == {mine}
        assert bob.manager.status is ConnectionState.OFFLINE
        assert dialog.message == dialogs.NOT_JOINED
        return
    bob.until_connected()
    ann.until_same(bob)
    assert set(bob.window.bench.items) == ({theirs, mine} if button is JoiningChoice.BRING else {theirs})
    saved = [line for line in bob.log("INFO") if "copy of your bench" in line]
    assert len(saved) == (button is JoiningChoice.REPLACE)
    if saved:
        path = Path(saved[0].partition(": ")[2])
        bob.manager.leave()
        bob.window.open_path(path)
        assert set(bob.window.bench.items) - {"assembly"} == {mine}
        path.unlink()


def test_a_question_without_a_session_goes_away(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    add(ann.window, "lens")
    add(bob.window, "mirror")
    ann.join(server.url, session_id, "Ann")
    bob.ask_to_join(server.url, session_id, "Bob")
    qtbot.waitUntil(lambda: bob.controller.question is not None, timeout=SOON)
    question = bob.controller.question
    assert question is not None
    bob.manager.leave()
    assert not question.isVisible()
    assert bob.manager.status is ConnectionState.OFFLINE


@pytest.mark.parametrize("button", ReplacementChoice)
def test_opening_another_bench_while_in_a_session(
    qtbot: QtBot,
    pair: tuple[Desk, Desk],
    server: ServerProcess,
    session_id: str,
    tmp_path: Path,
    button: ReplacementChoice,
) -> None:
    """Nobody else sees it until its user decides, and a bench that is replaced is saved first."""
    ann, bob = pair
    lens = add(ann.window, "lens")
    ann.join(server.url, session_id, "Ann")
    bob.join(server.url, session_id, "Bob")
    other = tmp_path / "other.json"
    write_bench(other, EMPTY | {"items": [SOURCE]})
    ann.window.open_path(other)
    question = ann.controller.question
    assert question is not None
    mirror = bob.window.insert(KEYS["mirror"])
    qtbot.waitUntil(lambda: mirror in ann.session_records(), timeout=SOON)
    assert set(bob.window.bench.items) == {lens, mirror}
    assert lens not in ann.window.bench.items
    click(question.buttons[button])
    if button is ReplacementChoice.LEAVE:
        assert ann.manager.status is ConnectionState.OFFLINE
        assert set(bob.window.bench.items) == {lens, mirror}
        assert "source" in ann.window.bench.items
        return
    ann.until_same(bob)
    qtbot.waitUntil(
        lambda: (lens in bob.window.bench.items) == (button is ReplacementChoice.BACK), timeout=SOON
    )
    ann.until_same(bob)
    assert ("source" in bob.window.bench.items) == (button is ReplacementChoice.EVERYBODY)
    saved = [line for line in ann.log("INFO") if "copy of the session's bench" in line]
    assert len(saved) == (button is ReplacementChoice.EVERYBODY)
    if saved:
        path = Path(saved[0].partition(": ")[2])
        items = {item["item_uuid"] for item in read_bench(path)["items"]}
        assert items == {lens, mirror}
        path.unlink()


def test_edits_of_every_kind_travel_both_ways(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    for name, desk in (("Ann", ann), ("Bob", bob)):
        desk.join(server.url, session_id, name)
    editor = ann.window.editor
    lens = ann.window.insert(KEYS["lens"])
    qtbot.waitUntil(lambda: lens in bob.window.bench.items, timeout=SOON)
    bob.window.editor.change("Move", {lens: {"pos": [10.0, 20.0]}})
    bob.window.editor.turn([lens], 15.0)
    ann.until_same(bob)
    editor.remove([lens])
    qtbot.waitUntil(lambda: lens not in bob.window.bench.items, timeout=SOON)
    editor.undo()
    qtbot.waitUntil(lambda: lens in bob.window.bench.items, timeout=SOON)
    ann.until_same(bob)
    bob.window.editor.undo()
    bob.window.editor.undo()
    ann.until_same(bob)
    assert ann.window.editor.undo_stack.count() == 2
    assert bob.window.editor.undo_stack.count() == 2


def test_closing_the_window_leaves_with_the_last_edit(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    for name, desk in (("Ann", ann), ("Bob", bob)):
        desk.join(server.url, session_id, name)
    lens = ann.window.insert(KEYS["lens"])
    qtbot.waitUntil(lambda: lens in bob.window.bench.items, timeout=SOON)
    ann.window.editor.change("Move", {lens: {"pos": [10.0, 20.0]}})
    ann.window.setWindowModified(False)
    ann.window.close()
    qtbot.waitUntil(lambda: bob.controller.status.text() == "1 user", timeout=SOON)
    # The server stores the edit before it reports it, but it reports at once who left.
    qtbot.waitUntil(lambda: bob.window.bench.items[lens].props["pos"] == [10.0, 20.0], timeout=SOON)


def test_a_lost_server_comes_back_and_nothing_is_lost(
    qtbot: QtBot, pair: tuple[Desk, Desk], tmp_path: Path, session_id: str
) -> None:
    """REP-7: both keep editing without a server, and end up with the same bench."""
    ann, bob = pair
    with ServerProcess(tmp_path) as own:
        for name, desk in (("Ann", ann), ("Bob", bob)):
            desk.join(own.url, session_id, name)
        lens = ann.window.insert(KEYS["lens"])
        qtbot.waitUntil(lambda: lens in bob.window.bench.items, timeout=SOON)
        own.kill()
        qtbot.waitUntil(lambda: ann.controller.status.text() == "Reconnecting…", timeout=SOON)
        assert ann.enabled >= {"Connect…", "Disconnect", "Copy invite link"}
        ann.window.editor.change("Move", {lens: {"pos": [10.0, 20.0]}})
        bob.window.editor.change("Rename", {lens: {"name": "Bob's"}})
        mirror = bob.window.insert(KEYS["mirror"])
        own.start()
        for desk in (ann, bob):
            desk.until_connected()
        qtbot.waitUntil(lambda: mirror in ann.window.bench.items, timeout=SOON)
        ann.until_same(bob)
        props = ann.window.bench.items[lens].props
        assert (props["pos"], props["name"]) == ([10.0, 20.0], "Bob's")
