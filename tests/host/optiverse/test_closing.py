"""A window of the real host closes during a session: with a real server and the plugin as users have it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QObject, QSettings, QTimer
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.host.optiverse.launch import attach
from optiverse_collab.host.plugins import installed_plugins
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_user import events, wait_until
from tests.helpers.optiverse_window import open_window
from tests.helpers.server_process import ServerProcess

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

BUTTON = QMessageBox.StandardButton
STOCK = "WebSocket already invalid, not closing"
"""Messages from any window of the host that closes."""

closed_windows: list[Any] = []


class Desk:
    """One person's window, with the plugin in it.

    Attributes:
        window: the host's main window.
        user: operates it.
        asked: how often it asked about unsaved changes.
    """

    def __init__(self) -> None:
        self.window = open_window()
        # Kept until the end: Python would delete a window whenever it next collects garbage.
        closed_windows.append(self.window)
        self._before = list(
            self.window.log_service.get_messages()
        )  # of other tests: all windows share one log
        self.user = Drawing(self.window)
        self.asked = 0
        attach(self.window, installed_plugins())
        controller = attachment_for(self.window)
        assert isinstance(controller, CollaborationController)
        self.controller = controller

    def join(self, server: ServerProcess, session: str, name: str) -> None:
        """Join a session, and wait until its bench shows."""
        self.controller.manager.join_session(server.url, session, name)
        wait_until(lambda: self.controller.manager.status is ConnectionState.CONNECTED)

    def ids(self) -> list[str]:
        """The ids of the items on the bench."""
        return [item.item_uuid for item in self.user.items()]

    def answer(self, button: BUTTON, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answer the question about unsaved changes, which the host doesn't ask without a screen."""

        def question(*_: object) -> BUTTON:
            self.asked += 1
            return button

        monkeypatch.setenv("QT_QPA_PLATFORM", "")
        monkeypatch.setattr("optiverse.ui.theme_manager.question", question)

    def troubles(self) -> list[str]:
        """Warnings and errors in the log of all windows since this one opened, in any category."""
        levels = ("WARNING", "ERROR", "CRITICAL")
        before = {id(message) for message in self._before}
        messages = [one for one in self.window.log_service.get_messages() if id(one) not in before]
        return [one.message for one in messages if one.level.name in levels and one.message != STOCK]


@pytest.fixture(scope="module")
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that logs how connections end."""
    with ServerProcess(tmp_path_factory.mktemp("data"), "--debug") as process:
        yield process


@pytest.fixture
def desks(
    windows: list[Any], tmp_path: Path, talkative: ServerProcess, session_id: str
) -> Iterator[tuple[Desk, Desk]]:
    """Ann's and Bob's windows in one session, with a lens on the bench."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    windows[0].log_service.clear()
    ann, bob = Desk(), Desk()
    ann.join(talkative, session_id, "ann")
    bob.join(talkative, session_id, "bob")
    ann.user.place("lens", 0.0, 0.0)
    wait_until(lambda: len(bob.ids()) == 1)
    yield ann, bob
    for desk in (ann, bob):
        desk.window.file_controller.mark_clean()
        desk.window.close()
    events()


def left_cleanly(desk: Desk, other: Desk, server: ServerProcess, name: str) -> bool:
    """Wait until everybody knows that somebody left; returns whether the connection ended with code 1000."""
    wait_until(lambda: other.controller.status.text() == "1 user")
    end = f"Connection of {name} closed: "

    def ends() -> list[str]:
        return [line for line in server.log if end in line]

    wait_until(lambda: bool(ends()))
    return "received 1000" in ends()[-1]


def remains(window: Any) -> list[object]:
    """What is still active in a window."""
    of_a_session = (
        "optiverse_collab.host.",
        "optiverse_collab.drivers.qt.connection",
        "optiverse_collab.particip",
    )
    ours = [
        child for child in window.findChildren(QObject) if type(child).__module__.startswith(of_a_session)
    ]
    return ours + [timer for timer in window.findChildren(QTimer) if timer.isActive()]


def test_closing_leaves_and_leaves_nothing_behind(desks: tuple[Desk, Desk], talkative: ServerProcess) -> None:
    ann, bob = desks
    threads = set(threading.enumerate())
    bob.user.select(*bob.user.items())
    bob.window.file_controller.mark_clean()
    assert bob.window.close()
    assert not bob.window.isVisible()
    assert bob.controller.manager.status is ConnectionState.OFFLINE
    assert left_cleanly(bob, ann, talkative, "bob")
    wait_until(lambda: not remains(bob.window))
    assert set(threading.enumerate()) <= threads
    files = bob.window.file_controller
    assert {"open_file", "load_from_data"}.isdisjoint(vars(files.file_manager))
    assert "_clear_scene" not in vars(files)
    assert {"undo", "redo"}.isdisjoint(vars(bob.window.undo_stack))
    ann.user.place("mirror", 80.0, 0.0)
    ann.user.delete(ann.user.items()[0])
    session = ann.controller.manager.service.session
    assert session is not None
    wait_until(lambda: not session.replica.pending)
    assert len(ann.ids()) == 1
    assert ann.troubles() == []


def test_the_last_edits_before_closing_are_everybodys(
    desks: tuple[Desk, Desk], talkative: ServerProcess
) -> None:
    ann, bob = desks
    placed = [bob.user.place("mirror", 50.0 * number, 80.0).item_uuid for number in range(5)]
    bob.window.file_controller.mark_clean()
    assert bob.window.close()
    assert left_cleanly(bob, ann, talkative, "bob")
    wait_until(lambda: set(placed) < set(ann.ids()))
    assert len(ann.ids()) == 6  # deleting the scene counts as nobody's edit
    # Nobody waits until the server confirms them, or claims that it did.
    assert all("has not confirmed" in line for line in ann.troubles())


def test_a_close_that_is_cancelled_keeps_the_session(
    desks: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host also asks about what others did since the last save."""
    ann, bob = desks
    bob.window.file_controller.mark_clean()
    ann.user.drag(ann.user.items()[0], 30, 0)
    wait_until(lambda: bob.window.file_controller.is_modified)
    bob.answer(BUTTON.Cancel, monkeypatch)
    for _ in range(2):
        assert not bob.window.close()
        assert bob.window.isVisible()
    assert bob.asked == 2
    assert bob.controller.manager.status is ConnectionState.CONNECTED
    assert ann.controller.status.text() == bob.controller.status.text() == "2 users"
    mirror = bob.user.place("mirror", 80.0, 0.0).item_uuid
    wait_until(lambda: mirror in ann.ids())
    ann.user.delete(*ann.user.items())
    wait_until(lambda: bob.ids() == [])
    assert ann.troubles() == []


@pytest.mark.parametrize("button", [BUTTON.Discard, BUTTON.Save], ids=["Discard", "Save"])
def test_closing_with_unsaved_changes_asks_and_leaves(
    desks: tuple[Desk, Desk],
    talkative: ServerProcess,
    button: BUTTON,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ann, bob = desks
    path = tmp_path / "bench.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    assert bob.window.file_controller.is_modified
    bob.answer(button, monkeypatch)
    assert bob.window.close()
    assert bob.asked == 1
    assert left_cleanly(bob, ann, talkative, "bob")
    wait_until(lambda: not remains(bob.window))
    assert path.exists() is (button == BUTTON.Save)
    if path.exists():
        saved = json.loads(path.read_text("utf-8"))
        assert [item["item_uuid"] for item in saved["items"]] == ann.ids()
    assert len(ann.ids()) == 1
    assert ann.troubles() == []


def test_closing_while_a_bench_loads_or_a_question_is_open(
    desks: tuple[Desk, Desk], talkative: ServerProcess, session_id: str
) -> None:
    ann, bob = desks
    for number in range(40):
        ann.user.place("mirror", 10.0 * number, 90.0)
    bob.controller.manager.leave()
    wait_until(lambda: bob.controller.manager.status is ConnectionState.OFFLINE)
    late = Desk()
    late.controller.manager.join_session(talkative.url, session_id, "late")
    wait_until(lambda: late.controller.manager.status is ConnectionState.SYNCING)
    late.window.file_controller.mark_clean()
    assert late.window.close()
    stranger = Desk()  # whose bench never met the session's
    stranger.user.place("lens", -50.0, 0.0)
    stranger.controller.manager.join_session(talkative.url, session_id, "stranger")
    wait_until(lambda: stranger.controller.question is not None)
    stranger.window.file_controller.mark_clean()
    assert stranger.window.close()
    assert left_cleanly(stranger, ann, talkative, "stranger")
    assert stranger.controller.question is None or not stranger.controller.question.isVisible()
    for desk in (late, stranger):
        wait_until(lambda desk=desk: not remains(desk.window))  # type: ignore[misc]
    assert len(ann.ids()) == 41
    assert ann.troubles() == []
