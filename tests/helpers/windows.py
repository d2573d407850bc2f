"""Demo windows with the plugin, in sessions on a real server."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings, QStandardPaths
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.people import Introduction
from optiverse_collab.core.records import Record
from optiverse_collab.host.menus import menu_titled
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from optiverse_collab.window.ui.connect_dialog import ConnectDialog
from optiverse_collab.window.ui.keep_server import KeepServerQuestion
from optiverse_collab.window.ui.people_dock import PeopleDock
from optiverse_collab.window.ui.unsent_notice import UnsentNotice
from optiverse_collab_demo.plugins import attach_plugins
from optiverse_collab_demo.templates import TEMPLATES
from optiverse_collab_demo.window import DemoWindow
from tests.helpers.demo_window import new_window
from tests.helpers.user_input import click

SOON = 10_000  # ms; a machine under load is slow

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has no other

ALWAYS_ENABLED = {
    "People",
    "Timeline",
    "Privacy",
    "Pointing",
    "Quiet: only notices of conflicts",
    "Show log files",
}
"""Entries of the Collaboration menu that have nothing to do with a session."""


class Desk:
    """One person's demo window with the plugin in it.

    Attributes:
        window: the host's window.
        controller: what the plugin made for it.
    """

    def __init__(self, qtbot: QtBot, window: DemoWindow) -> None:
        self.window = window
        self._qtbot = qtbot
        controller = attachment_for(window)
        assert isinstance(controller, CollaborationController)
        self.controller = controller
        self.manager = controller.manager

    def be(self, person: str, colour: int) -> None:
        """Be a separate person in the next session: all windows of one computer belong to one person."""
        self.manager.service.introduction = Introduction(person, colour)

    @property
    def menu(self) -> dict[str, QAction]:
        """The entries of the Collaboration menu by their texts without mnemonics."""
        found = menu_titled(self.window.menuBar(), "Collaboration")
        assert isinstance(found, QMenu)
        return {action.text().replace("&", ""): action for action in found.actions()}

    @property
    def enabled(self) -> set[str]:
        """The enabled entries of that menu, without those that always are."""
        return {text for text, action in self.menu.items() if action.isEnabled()} - ALWAYS_ENABLED

    def ask_to_join(self, url: str, session_id: str, name: str) -> ConnectDialog:
        """Fill in the dialog and press Join; returns the dialog."""
        self.menu["Connect…"].trigger()
        dialog = self.controller.open_connect_dialog()
        page = dialog.join_page
        for field, text in ((page.server, url), (page.session, session_id), (page.user, name)):
            field.set_text(text)
        click(dialog.go)
        return dialog

    def join(self, url: str, session_id: str, name: str) -> None:
        """Join a session, and wait until its bench shows."""
        self.manager.join_session(url, session_id, name)
        self.until_connected()

    def until_connected(self) -> None:
        """Wait until the session's bench shows."""
        self._qtbot.waitUntil(lambda: self.manager.status is ConnectionState.CONNECTED, timeout=SOON)

    def until_same(self, other: Desk) -> None:
        """Wait until both windows show the same."""
        self._qtbot.waitUntil(lambda: self.content() == other.content(), timeout=SOON)

    def content(self) -> dict[str, tuple[str, dict[str, object]]]:
        """The records on the bench: id → kind and properties."""
        return {id: (item.kind, item.props) for id, item in self.window.bench.items.items()}

    def session_records(self) -> dict[str, Record]:
        """The session's records, as this window's client knows them."""
        session = self.manager.service.session
        assert session is not None
        return session.replica.view

    def log(self, level: str = "") -> list[str]:
        """The messages about collaboration in the log; of one level, if given."""
        lines = [line for line in self.window.log.lines if line.category == "Collaboration"]
        return [line.text for line in lines if not level or line.level == level]


def names_in(dock: PeopleDock) -> list[str]:
    """The people in the dock's list, without their activity."""
    rows = (dock.people.item(row) for row in range(dock.people.count()))
    return [row.text().splitlines()[0] for row in rows if row is not None]


@contextmanager
def desks(qtbot: QtBot, count: int) -> Iterator[list[Desk]]:
    """The windows of one program, with empty settings and documents; servers end with them."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(KeepServerQuestion, "exec", lambda question: question.end.click())
        patch.setattr(UnsentNotice, "exec", lambda notice: notice.accept())
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(Path(folder)))
        QStandardPaths.setTestModeEnabled(True)
        windows = [new_window() for _ in range(count)]
        try:
            for window in windows:
                attach_plugins(window)
            yield [Desk(qtbot, window) for window in windows]
        finally:
            for window in windows:
                window.setWindowModified(False)
                window.close()
                window.deleteLater()
            QStandardPaths.setTestModeEnabled(False)


@contextmanager
def hosted_desks(qtbot: QtBot, port: int) -> Iterator[list[Desk]]:
    """Ana, who hosts a session with one item on a port, and her guests Ben and Carl."""
    with desks(qtbot, 3) as people:
        ana, *guests = people
        ana.manager.create_session(port, "127.0.0.1", "lab", "Ana")
        ana.until_connected()
        ana.window.insert(TEMPLATES[0])
        for desk, name in zip(guests, ("Ben", "Carl"), strict=True):
            desk.join(f"ws://127.0.0.1:{port}", "lab", name)
            desk.until_same(ana)
        yield people


def kill_server(host: Desk) -> None:
    """A host's computer dies, as far as the others know."""
    pid = host.manager.hosting.pid
    assert pid is not None
    os.kill(pid, KILL)
