"""A participant over a real QWebSocket that remembers its signals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.quality import Grade
from optiverse_collab.drivers.qt.service import CollaborationService

SOON = 10_000  # ms; a machine under load is slow


class Participant(CollaborationService):
    """A service that remembers its signals.

    Attributes:
        lines: level and text of each logged message.
        effects: what happened.
        states: one after the other.
    """

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent, lambda: 0.0)
        self.name = name
        self.lines: list[tuple[int, str]] = []
        self.effects: list[fx.SessionEffect] = []
        self.states: list[ConnectionState] = []
        self.logged.connect(lambda level, text: self.lines.append((level, text)))
        self.happened.connect(self.effects.append)
        self.state_changed.connect(self.states.append)

    def join(self, qtbot: QtBot, url: str, session_id: str) -> None:
        """Join a session and wait until its document is here."""
        self.connect_to_session(url, session_id, self.name)
        qtbot.waitUntil(lambda: self.state is ConnectionState.CONNECTED, timeout=SOON)

    def shows(self, state: ConnectionState) -> bool:
        """Whether a window shows this text."""
        return self.state is state

    def does(self, grade: Grade) -> bool:
        """Whether the connection's state is this good."""
        return self.quality.grade is grade

    def lose_connection(self) -> None:
        """Break the connection."""
        assert self._driver is not None
        self._driver._on_over(Failure(FailureKind.CLOSED, 1006))

    def wake_up(self) -> None:
        """Wake the machine up."""
        assert self._driver is not None
        self._driver._on_woke()

    def said(self, part: str) -> list[tuple[int, str]]:
        """The lines that contain this text."""
        return [line for line in self.lines if part in line[1]]

    def edit(self, *ops: Any) -> None:
        """Edit as a window would."""
        assert self.session is not None
        self.session.replica.edit(ops)
        self.wake()

    @property
    def view(self) -> dict[str, Any]:
        """What the replica shows."""
        assert self.session is not None
        return self.session.replica.view


Make = Callable[[str], Participant]
