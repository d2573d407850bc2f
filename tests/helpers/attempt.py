"""One connection of a window, with all its events."""

from __future__ import annotations

import json
from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSlot
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.drivers.qt.connection import Connection
from tests.helpers.aio import DEADLINE_S
from tests.helpers.qt_servers import Peer, WebSocketServer
from tests.helpers.server_process import ServerProcess

DEADLINE_MS = round(DEADLINE_S * 1000)

FLOOD = "x" * 2**20
"""A few dozen of these exceed the buffers of both sides."""


class Attempt(QObject):
    """A `Connection` that was opened.

    Attributes:
        connection: the real connection; it deletes itself when it ends.
        received: its messages, oldest first.
        failures: why it ended; at most one.
        gone: whether the connection has been deleted.
    """

    def __init__(
        self, qtbot: QtBot, url: str, parent: QObject, token: str | None = None, pin: str | None = None
    ) -> None:
        super().__init__(parent)
        self.received: list[str] = []
        self.failures: list[Failure] = []
        self.gone = False
        self.connection = Connection(url, parent, token, pin)
        self.connection.received.connect(self._on_received)
        self.connection.over.connect(self._on_over)
        self.connection.destroyed.connect(self._on_destroyed)
        self._qtbot = qtbot
        self.connection.open()

    def meets(self, server: WebSocketServer) -> Peer:
        """Wait until the WebSocket is open; returns the server's end of it."""
        self._qtbot.waitUntil(lambda: self.connection.speaks_ours, timeout=DEADLINE_MS)
        return server.peers[-1]

    def hears(self, count: int) -> list[str]:
        """Wait for `count` messages; returns them all."""
        self._qtbot.waitUntil(lambda: len(self.received) >= count, timeout=DEADLINE_MS)
        return self.received

    def end(self) -> Failure:
        """Wait until the connection has ended and is deleted; returns the one failure."""
        self.vanishes()
        [failure] = self.failures
        return failure

    def vanishes(self) -> None:
        """Wait until the connection is deleted."""
        self._qtbot.waitUntil(lambda: self.gone, timeout=DEADLINE_MS)

    @pyqtSlot(str)
    def _on_received(self, text: str) -> None:
        self.received.append(text)

    @pyqtSlot(object)
    def _on_over(self, failure: Failure) -> None:
        self.failures.append(failure)

    @pyqtSlot()
    def _on_destroyed(self) -> None:
        self.gone = True


Open = Callable[[str], Attempt]
"""Opens a connection to a URL."""


def join(opens: Open, server: ServerProcess, session: str) -> Attempt:
    """Connect as ann, and synchronise."""
    attempt = opens(f"{server.url}/ws/{session}/ann")
    [greeting] = attempt.hears(1)
    assert json.loads(greeting)["type"] == "connection:ack"
    return attempt


def closed(code: int) -> Failure:
    """The failure for a close code."""
    return Failure(FailureKind.CLOSED, code)
