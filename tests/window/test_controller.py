"""The plugin in a window, as its user meets it: menu, dialog, status bar, log; against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QGuiApplication, QKeySequence
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from optiverse_collab.convert import read_bench, write_bench
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.host.menus import menu_titled
from optiverse_collab.wording import dialogs
from tests.drivers.aio.test_connection import free_port
from tests.helpers.demo_window import KEYS, add
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk, desks

EMPTY = {"version": "2.0", "items": [], "groups": []}
SOURCE = {"_type": "source", "item_uuid": "source", "x_mm": 0.0, "y_mm": 0.0, "angle_deg": 0.0}


@pytest.fixture
def pair(qtbot: QtBot) -> Iterator[tuple[Desk, Desk]]:
    with desks(qtbot, 2) as (ann, bob):
        yield ann, bob


def menu(desk: Desk) -> dict[str, QAction]:
    """The entries of the Collaboration menu by their texts without mnemonics."""
    found = menu_titled(desk.window.menuBar(), "Collaboration")
    assert isinstance(found, QMenu)
    return {action.text().replace("&", ""): action for action in found.actions()}


def enabled(desk: Desk) -> set[str]:
    return {text for text, action in menu(desk).items() if action.isEnabled()}


def ask_to_join(qtbot: QtBot, desk: Desk, url: str, session_id: str, name: str) -> None:
    """Fill in the dialog and press Join."""
    menu(desk)["Connect…"].trigger()
    dialog = desk.controller.open_connect_dialog()
    page = dialog.join_page
    for field, text in ((page.server, url), (page.session, session_id), (page.user, name)):
        field.set_text(text)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)


def test_menu_is_that_of_the_manifest(pair: tuple[Desk, Desk]) -> None:
    entries = menu(pair[0])
    assert list(entries) == ["Connect…", "Disconnect", "Copy invite link", "Participants"]
    assert entries["Connect…"].shortcut() == QKeySequence("Ctrl+Shift+C")
    assert enabled(pair[0]) == {"Connect…"}
    assert pair[0].controller.status.text() == "Not connected"
    assert "Collaboration" in pair[0].window.log.categories


def test_from_the_dialog_into_a_session_and_out_again(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    ask_to_join(qtbot, ann, server.url, session_id, "Ann")
    dialog = ann.controller.open_connect_dialog()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=SOON)
    assert ann.controller.status.text() == "1 user"
    assert enabled(ann) == {"Disconnect", "Copy invite link", "Participants"}
    bob.join(server.url, session_id, "Bob")
    qtbot.waitUntil(lambda: ann.controller.status.text() == "2 users", timeout=SOON)
    tip = ann.controller.status.toolTip()
    assert f"Session: {session_id}" in tip
    assert f"Server: {server.url}" in tip
    assert " ms\nConnection: good" in tip
    menu(ann)["Disconnect"].trigger()
    assert ann.controller.status.text() == "Not connected"
    assert enabled(ann) == {"Connect…"}
    qtbot.waitUntil(lambda: bob.controller.status.text() == "1 user", timeout=SOON)
    assert ann.log("INFO") == [
        f"→ Connecting to: {server.url}/ws/{session_id}/Ann",
        f"✓ Connected to session '{session_id}' as 'Ann'",
        "Connection acknowledged with 1 user(s)",
        "Synchronised: received 0 record(s)",
        "User joined: Bob",
        f"✓ Disconnected from session '{session_id}' - Normal closure",
    ]
    assert ann.log("WARNING") == ann.log("ERROR") == []


def test_what_goes_wrong_is_said_in_the_dialog_and_the_log_and_a_second_try_works(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, _ = pair
    ask_to_join(qtbot, ann, f"ws://127.0.0.1:{free_port()}", session_id, "Ann")
    dialog = ann.controller.open_connect_dialog()
    qtbot.waitUntil(lambda: not dialog.busy, timeout=SOON)
    assert dialog.message.startswith("Nothing answers at 127.0.0.1")
    assert f"✗ {dialog.message}" in ann.log("ERROR")
    assert ann.controller.status.text() == "Connection failed"
    assert ann.controller.status.toolTip() == dialog.message
    assert enabled(ann) == {"Connect…"}
    ask_to_join(qtbot, ann, server.url, session_id, "Ann")
    ann.until_connected()
    assert not dialog.isVisible()


def test_an_attempt_can_be_cancelled(qtbot: QtBot, pair: tuple[Desk, Desk]) -> None:
    ann, _ = pair
    ask_to_join(qtbot, ann, "ws://192.0.2.1:8765", "default", "Ann")
    dialog = ann.controller.open_connect_dialog()
    qtbot.mouseClick(dialog.cancel, Qt.MouseButton.LeftButton)
    assert dialog.message == dialogs.CANCELLED
    assert ann.manager.status is ConnectionState.OFFLINE


@pytest.mark.parametrize("button", ["bring", "replace", "cancel"])
def test_two_benches_meet(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str, button: str
) -> None:
    """Nothing is changed before the user has chosen, and what goes is saved."""
    ann, bob = pair
    theirs, mine = add(ann.window, "lens"), add(bob.window, "mirror", (50.0, 0.0))
    ann.manager.choice_needed.connect(lambda *_: ann.manager.choose("bring"))
    ann.join(server.url, session_id, "Ann")
    ask_to_join(qtbot, bob, server.url, session_id, "Bob")
    qtbot.waitUntil(lambda: bob.controller.question is not None, timeout=SOON)
    question = bob.controller.question
    assert question is not None
    assert set(bob.window.bench.items) == {mine}
    qtbot.mouseClick(question.buttons[button], Qt.MouseButton.LeftButton)
    dialog = bob.controller.open_connect_dialog()
    qtbot.waitUntil(lambda: not dialog.busy, timeout=SOON)
    if button == "cancel":
        assert set(bob.window.bench.items) == {mine}
        assert bob.manager.status is ConnectionState.OFFLINE
        assert dialog.message == dialogs.NOT_JOINED
        return
    bob.until_connected()
    ann.until_same(bob)
    assert set(bob.window.bench.items) == ({theirs, mine} if button == "bring" else {theirs})
    saved = [line for line in bob.log("INFO") if "copy of your bench" in line]
    assert len(saved) == (button == "replace")
    if saved:
        path = Path(saved[0].partition(": ")[2])
        bob.manager.leave()
        bob.window.open_path(path)
        assert set(bob.window.bench.items) - {"assembly"} == {mine}
        path.unlink()


def test_a_question_without_a_session_goes_away(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, _ = pair
    add(ann.window, "lens")
    ask_to_join(qtbot, ann, server.url, session_id, "Ann")
    qtbot.waitUntil(lambda: ann.controller.question is not None, timeout=SOON)
    question = ann.controller.question
    assert question is not None
    ann.manager.leave()
    assert not question.isVisible()
    assert ann.manager.status is ConnectionState.OFFLINE


@pytest.mark.parametrize("button", ["leave", "everybody", "back"])
def test_opening_another_bench_while_in_a_session(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str, tmp_path: Path, button: str
) -> None:
    """Nobody else sees it before the user said so, and a bench that goes is saved."""
    ann, bob = pair
    lens = add(ann.window, "lens")
    ann.manager.choice_needed.connect(lambda *_: ann.manager.choose("bring"))
    ann.join(server.url, session_id, "Ann")
    bob.join(server.url, session_id, "Bob")
    other = tmp_path / "other.json"
    write_bench(other, EMPTY | {"items": [SOURCE]})
    ann.window.open_path(other)
    question = ann.controller.question
    assert question is not None
    mirror = bob.window.insert(KEYS["mirror"])
    qtbot.waitUntil(lambda: mirror in ann.manager.service.session.replica.view, timeout=SOON)  # type: ignore[union-attr]
    assert set(bob.window.bench.items) == {lens, mirror}
    assert lens not in ann.window.bench.items
    qtbot.mouseClick(question.buttons[button], Qt.MouseButton.LeftButton)
    if button == "leave":
        assert ann.manager.status is ConnectionState.OFFLINE
        assert set(bob.window.bench.items) == {lens, mirror}
        assert "source" in ann.window.bench.items
        return
    ann.until_same(bob)
    qtbot.waitUntil(lambda: (lens in bob.window.bench.items) == (button == "back"), timeout=SOON)
    ann.until_same(bob)
    assert ("source" in bob.window.bench.items) == (button == "everybody")
    saved = [line for line in ann.log("INFO") if "copy of the session's bench" in line]
    assert len(saved) == (button == "everybody")
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


def test_participants_and_invite(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    ann.join(server.url, session_id, "Ann")
    qtbot.mouseClick(ann.controller.status, Qt.MouseButton.LeftButton)
    dialog = ann.controller.open_participants()
    assert dialog.isVisible()
    bob.join(server.url, session_id, "Ann")
    qtbot.waitUntil(lambda: dialog.names.count() == 2, timeout=SOON)
    assert [dialog.names.item(n).text() for n in range(2)] == ["Ann (you)", "Ann (2)"]
    menu(ann)["Copy invite link"].trigger()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    bob.manager.leave()
    joining = bob.controller.open_connect_dialog()
    joining.join_page.server.edit.clear()
    joining.join_page.server.edit.paste()
    page = joining.join_page
    assert (page.server.text, page.session.text) == (server.url, session_id)


def test_status_offers_to_connect_while_there_is_no_session(qtbot: QtBot, pair: tuple[Desk, Desk]) -> None:
    ann, _ = pair
    qtbot.mouseClick(ann.controller.status, Qt.MouseButton.LeftButton)
    assert ann.controller.open_connect_dialog().isVisible()


def test_hosting_starts_a_server_and_shares_the_bench(
    qtbot: QtBot, pair: tuple[Desk, Desk], session_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    ann, bob = pair
    lens, port = add(ann.window, "lens"), free_port()
    dialog = ann.controller.open_connect_dialog()
    host = dialog.host_page
    dialog.pages.setCurrentWidget(host)
    host.port.setValue(port)
    host.session.set_text(session_id)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    ann.until_connected()
    assert not dialog.isVisible()
    assert ann.manager.invite == f"ws://localhost:{port}/ws/{session_id}"
    bob.join(f"ws://127.0.0.1:{port}", session_id, "Bob")
    assert set(bob.window.bench.items) == {lens}
    assert any("Starting Optiverse Collaboration Server" in line for line in ann.log("DEBUG"))


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
    # The server stores the edit before it tells of it, and tells at once who left.
    qtbot.waitUntil(lambda: bob.window.bench.items[lens].props["pos"] == [10.0, 20.0], timeout=SOON)


def test_a_lost_server_comes_back_and_nothing_is_lost(
    qtbot: QtBot, pair: tuple[Desk, Desk], tmp_path: Path, session_id: str
) -> None:
    """REP-7: both go on editing without a server, and end equal."""
    ann, bob = pair
    with ServerProcess(tmp_path) as own:
        for name, desk in (("Ann", ann), ("Bob", bob)):
            desk.join(own.url, session_id, name)
        lens = ann.window.insert(KEYS["lens"])
        qtbot.waitUntil(lambda: lens in bob.window.bench.items, timeout=SOON)
        own.kill()
        qtbot.waitUntil(lambda: ann.controller.status.text() == "Reconnecting…", timeout=SOON)
        assert enabled(ann) == {"Disconnect", "Copy invite link", "Participants"}
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
