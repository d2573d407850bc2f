"""A host without a window, and the manager of its sessions."""

from __future__ import annotations

from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.host.api import Host
from optiverse_collab.window.manager import CollaborationManager
from tests.helpers.dict_host import DictHost

SOON = 10_000  # ms


class Closing(DictHost):
    """A host that counts how often it was closed."""

    closed = 0

    def close(self) -> None:
        """Count the call."""
        super().close()
        self.closed += 1


class ManagedHost:
    """A host and its manager.

    Attributes:
        states: one after the other.
        failures: the messages of its failures.
    """

    def __init__(self, parent: QObject) -> None:
        self.host = Closing()
        self.manager = CollaborationManager(self.attach, parent)
        self.states: list[ConnectionState] = []
        self.failures: list[str] = []
        self.manager.status_changed.connect(self.states.append)
        self.manager.failed.connect(self.failures.append)

    def attach(self) -> Host:
        """Return the host whenever a session is joined."""
        return self.host

    def texts(self, level: str) -> list[str]:
        """The messages logged at a level."""
        return [text for at, text in self.host.lines if at == level]


def join(qtbot: QtBot, window: ManagedHost, url: str, session_id: str, name: str = "ann") -> None:
    """Join, and wait until the window shows the session's bench."""
    with qtbot.waitSignal(window.manager.joined, timeout=SOON):
        window.manager.join_session(url, session_id, name)


def until_stored(qtbot: QtBot, window: ManagedHost, id: str = "lens") -> Replica:
    """Wait until the server has a record and all other edits of the window; returns the window's replica."""
    session = window.manager.service.session
    assert session is not None
    replica = session.replica
    qtbot.waitUntil(lambda: id in replica.view and not replica.pending, timeout=SOON)
    return replica
