"""Demo windows with the plugin, in sessions on a real server."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PyQt6.QtCore import QSettings, QStandardPaths
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.demo.plugins import attach_plugins
from optiverse_collab.demo.window import DemoWindow
from optiverse_collab.window import attachment
from optiverse_collab.window.controller import CollaborationController
from tests.helpers.demo_window import new_window

SOON = 10_000  # ms; a machine under load takes its time


class Desk:
    """One person's demo window with the plugin in it.

    Attributes:
        window: the host's window.
        controller: what the plugin made for it.
    """

    def __init__(self, qtbot: QtBot, window: DemoWindow) -> None:
        self.window = window
        self._qtbot = qtbot
        controller = attachment.of(window)
        assert isinstance(controller, CollaborationController)
        self.controller = controller
        self.manager = controller.manager

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
        """What is on the bench: id → kind and properties."""
        return {id: (item.kind, item.props) for id, item in self.window.bench.items.items()}

    def log(self, level: str = "") -> list[str]:
        """What was logged about collaboration; of one level, if given."""
        lines = [line for line in self.window.log.lines if line.category == "Collaboration"]
        return [line.text for line in lines if not level or line.level == level]


@contextmanager
def desks(qtbot: QtBot, count: int) -> Iterator[list[Desk]]:
    """So many windows of one program, with settings and documents of nobody."""
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(Path(folder)))
        QStandardPaths.setTestModeEnabled(True)
        windows = [new_window() for _ in range(count)]
        try:
            for window in windows:
                attach_plugins(window)
            yield [Desk(qtbot, window) for window in windows]
        finally:
            for window in windows:
                window.editor.undo_stack.clear()
                window.setWindowModified(False)
                window.close()
                window.deleteLater()
            QStandardPaths.setTestModeEnabled(False)
