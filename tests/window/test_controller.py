"""The plugin in a window, as its user sees it: menu, dialog, status bar, log; on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtGui import QGuiApplication, QKeySequence
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.wording import dialogs
from tests.drivers.aio.test_connection import free_port
from tests.helpers.demo_window import add
from tests.helpers.scripted_server import scripted_server
from tests.helpers.server_acts import answer_http
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import ALWAYS_ENABLED, SOON, Desk, names_in

IN_SESSION = {
    "Connect…",
    "Disconnect",
    "Copy invite link",
    "Bring everyone here",
    "People and links…",
    "Import edits…",
}
"""The entries that an owner can choose in a new session."""


def test_menu_is_that_of_the_manifest(pair: tuple[Desk, Desk]) -> None:
    entries = pair[0].menu
    assert list(entries) == [
        "Connect…",
        "Disconnect",
        "Retry now",
        "Copy invite link",
        "People",
        "Timeline",
        "Bring everyone here",
        "People and links…",
        "Unsent edits…",
        "Changes while you were away",
        "Import edits…",
        "Show the bench before it was replaced",
        "Bring that bench back",
        "Quiet: only notices of conflicts",
        "Privacy",
        "Ask to hand over selected item",
        "Ask to edit",
        "Keep a standby copy on this computer",
        "Host now",
        "Pointing",
        "Go to the newest notice",
        "Show log files",
    ]
    assert all(entries[text].isEnabled() for text in ALWAYS_ENABLED)
    assert entries["Connect…"].shortcut() == QKeySequence("Ctrl+Shift+C")
    assert pair[0].enabled == {"Connect…"}
    assert pair[0].controller.status.text() == "Not connected"
    assert "Collaboration" in pair[0].window.log.categories


def test_from_the_dialog_into_a_session_and_out_again(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    dialog = ann.ask_to_join(server.url, session_id, "Ann")
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=SOON)
    assert ann.controller.status.text() == "1 user"
    assert ann.enabled == IN_SESSION
    bob.join(server.url, session_id, "Bob")
    qtbot.waitUntil(lambda: ann.controller.status.text() == "2 users", timeout=SOON)
    qtbot.waitUntil(lambda: " ms\nConnection: " in ann.controller.status.toolTip(), timeout=SOON)
    tip = ann.controller.status.toolTip()
    assert f"Session: {session_id}" in tip
    assert f"Server: {server.url}" in tip
    ann.menu["Disconnect"].trigger()
    assert ann.controller.status.text() == "Not connected"
    assert ann.enabled == {"Connect…"}
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


def test_failure_shows_in_dialog_and_log_and_a_retry_works(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, _ = pair
    with scripted_server(answer_http("404 Not Found")) as other:
        dialog = ann.ask_to_join(f"ws://{other.place}", session_id, "Ann")
        qtbot.waitUntil(lambda: not dialog.busy, timeout=SOON)
    assert dialog.message.startswith(f"{other.place} is not a collaboration server")
    assert ann.log("ERROR") == [f"✗ {dialog.message}"]
    assert ann.controller.status.text() == "Connection failed"
    assert ann.controller.status.toolTip() == dialog.message
    assert ann.enabled == {"Connect…"}
    ann.ask_to_join(server.url, session_id, "Ann")
    ann.until_connected()
    assert not dialog.isVisible()


def test_first_attempts_are_repeated_and_say_why(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    """CONN-2: until the user cancels."""
    ann, _ = pair
    dialog = ann.ask_to_join(f"ws://127.0.0.1:{free_port()}", session_id, "Ann")
    qtbot.waitUntil(lambda: "Trying again…" in dialog.message, timeout=SOON)
    assert dialog.message.startswith("Nothing answers at 127.0.0.1")
    [warning] = ann.log("WARNING")
    assert warning in f"✗ {dialog.message}"
    qtbot.waitUntil(lambda: warning in ann.log("INFO"), timeout=SOON)
    assert (ann.log("WARNING"), ann.log("ERROR")) == ([warning], [])
    assert dialog.busy
    assert ann.controller.status.text() == "Connecting…"
    click(dialog.cancel)
    assert dialog.message == dialogs.CANCELLED
    ann.ask_to_join(server.url, session_id, "Ann")
    ann.until_connected()


def test_an_attempt_can_be_cancelled(qtbot: QtBot, pair: tuple[Desk, Desk]) -> None:
    ann, _ = pair
    dialog = ann.ask_to_join("ws://192.0.2.1:8765", "default", "Ann")
    click(dialog.cancel)
    assert dialog.message == dialogs.CANCELLED
    assert ann.manager.status is ConnectionState.OFFLINE


def test_people_and_invite(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    ann.join(server.url, session_id, "Ann")
    click(ann.controller.status)
    dock = ann.controller.people.open()
    assert dock.isVisible()
    bob.join(server.url, session_id, "Ann")
    qtbot.waitUntil(lambda: names_in(dock) == ["Ann (you), 2 windows"], timeout=SOON)
    ann.menu["Copy invite link"].trigger()
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
    click(ann.controller.status)
    assert ann.controller.open_connect_dialog().isVisible()


def test_hosting_starts_a_server_and_shares_the_bench(
    qtbot: QtBot, pair: tuple[Desk, Desk], session_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    ann, bob = pair
    lens, port = add(ann.window, "lens"), free_port()
    dialog = ann.controller.open_connect_dialog()
    page = dialog.server_page
    dialog.pages.setCurrentWidget(page)
    page.port.setValue(port)
    page.session.set_text(session_id)
    click(dialog.go)
    ann.until_connected()
    assert not dialog.isVisible()
    assert ann.manager.invite == f"ws://localhost:{port}/ws/{session_id}"
    bob.join(f"ws://127.0.0.1:{port}", session_id, "Bob")
    assert set(bob.window.bench.items) == {lens}
    assert any("Starting Optiverse Collaboration Server" in line for line in ann.log("DEBUG"))
