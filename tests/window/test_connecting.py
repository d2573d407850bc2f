"""The connect dialog: what it remembers, and what it shows while a session is open."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from optiverse_collab.window.checking import Checking
from optiverse_collab.window.settings import RecentSession
from optiverse_collab.window.ui.check_dialog import CheckDialog
from optiverse_collab.window.ui.fields import Sentence
from tests.drivers.aio.test_connection import free_port
from tests.helpers.demo_window import add
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk


def present(desk: Desk) -> str:
    """What the open dialog says about the current session."""
    dialog = desk.controller.connecting.dialog
    assert dialog is not None
    sentence = dialog.findChild(Sentence, "present")
    assert sentence is not None
    assert sentence.isVisible() == bool(sentence.text())
    return sentence.text()


def test_only_a_server_that_let_us_in_is_remembered(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, _ = pair
    settings = ann.controller.connecting.settings
    before = settings.recent
    dialog = ann.ask_to_join(f"ws://127.0.0.1:{free_port()}", session_id, "Ann")
    qtbot.waitUntil(lambda: any("Nothing answers" in line for line in ann.log("WARNING")), timeout=SOON)
    click(dialog.cancel)
    ann.ask_to_join("ws://192.0.2.1:8765", session_id, "Ann")
    click(dialog.cancel)
    assert settings.recent == before
    ann.ask_to_join(server.url, session_id, "Ann")
    ann.until_connected()
    assert settings.recent == [RecentSession(server.url, session_id), *before]
    assert (settings.server_url, settings.user) == (server.url, "Ann")
    ann.manager.leave()
    ann.join(server.url, "joined by another way", "Ann")
    assert settings.recent == [RecentSession(server.url, session_id), *before]


def test_dialog_in_a_session_says_so_and_leads_to_another(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    ann.controller.open_connect_dialog()
    assert present(ann) == ""
    ann.join(server.url, session_id, "Ann")
    assert present(ann) == (
        f"You are in session '{session_id}' at {server.url}. Joining another session leaves it."
    )
    assert "Connect…" in ann.enabled
    ann.menu["Connect…"].trigger()
    lens = add(ann.window, "lens")
    ann.window.bench.change({lens: {"name": "L9"}})  # and joined another session before it was pushed
    ann.manager.join_session(server.url, f"{session_id} 2", "Ann")
    bob.join(server.url, session_id, "Bob")
    assert bob.window.bench.items[lens].props["name"] == "L9"


def test_dialog_counts_the_edits_that_wait(qtbot: QtBot, pair: tuple[Desk, Desk], tmp_path: Path) -> None:
    ann, _ = pair
    with ServerProcess(tmp_path) as server:
        ann.join(server.url, "lab", "Ann")
    ann.menu["Connect…"].trigger()
    add(ann.window, "lens")
    qtbot.waitUntil(lambda: " 1 edit waits for the server," in present(ann), timeout=SOON)
    with server:
        qtbot.waitUntil(lambda: "wait" not in present(ann), timeout=SOON)
        assert "You are in session" in present(ann)


def test_the_connection_can_be_checked_from_the_dialog(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    """Whether or not an attempt is under way; the fields stay unchanged."""
    ann, _ = pair
    dialog = ann.controller.open_connect_dialog()
    page = dialog.join_page
    page.server.set_text("")
    assert not dialog.check.isEnabled()
    for field, text in ((page.server, server.url), (page.session, session_id), (page.user, "Ann")):
        field.set_text(text)
    click(dialog.check)
    [shown] = dialog.findChildren(CheckDialog)
    qtbot.waitUntil(lambda: "✓ session: " in shown.text, timeout=3 * SOON)
    shown.close()
    click(dialog.check)
    [shown] = [one for one in dialog.findChildren(CheckDialog) if one.isVisible()]
    shown.close()
    qtbot.waitUntil(lambda: not ann.controller.connecting.findChildren(Checking), timeout=SOON)
    dialog.pages.setCurrentWidget(dialog.server_page)
    assert not dialog.check.isVisible()
