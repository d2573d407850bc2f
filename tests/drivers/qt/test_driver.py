"""The driver beyond the traces: leaving at odd moments, and work that outlives it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtNetwork import QTcpSocket
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import connector as connector_module
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.effects import Acknowledged, Synced
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.ways import Way, Ways
from optiverse_collab.core.records import Put
from optiverse_collab.drivers.qt.driver import QtDriver
from tests.helpers.attempt import DEADLINE_MS
from tests.helpers.qt_servers import TcpServer
from tests.helpers.server_process import ServerProcess

Make = Callable[[str], "Driven"]


class Driven(QtDriver):
    """A driver that records its reports.

    Attributes:
        session: the endpoint.
        effects: the reported effects.
        states: the reported states, in order.
        sentences: why it ended.
        lines: the log.
    """

    def __init__(
        self,
        url: str,
        parent: QObject,
        session_id: str = "default",
        user: str = "ann",
        standby: str | None = None,
    ) -> None:
        self.session = SessionClient(user, Replica(f"client of {user}"))
        super().__init__(
            self.session,
            session_id,
            Ways(Way(one) for one in (url, standby) if one is not None),
            lambda: 0.0,
            parent,
        )
        self.effects: list[object] = []
        self.states: list[ConnectionState] = []
        self.sentences: list[str] = []
        self.lines: list[str] = []
        self.happened.connect(self.effects.append)
        self.state_changed.connect(self.states.append)
        self.failed.connect(self.sentences.append)
        self.logged.connect(lambda level, text: self.lines.append(text))

    @property
    def ticks(self) -> bool:
        """Whether any of its timers is running."""
        return any(timer.isActive() for timer in self.findChildren(QTimer))


def breaking_off_once(owner: QObject) -> TcpServer:
    """A server that drops the first connection, and stays silent on later ones."""
    hang_up_first = iter([QTcpSocket.disconnectFromHost])
    return TcpServer(owner, lambda connection: next(hang_up_first, lambda _: None)(connection))


def test_leaving_while_a_server_is_asked_for_tls(qtbot: QtBot, owner: QObject) -> None:
    """CONN-5: the question is dropped, and nobody gets its answer."""
    server = breaking_off_once(owner)
    driver = Driven(server.url, owner)
    driver.join()
    qtbot.waitUntil(lambda: len(server.sockets) == 2, timeout=DEADLINE_MS)
    driver.leave()
    gone = QTcpSocket.SocketState.UnconnectedState
    qtbot.waitUntil(lambda: server.sockets[1].state() is gone, timeout=DEADLINE_MS)
    assert driver.states == [ConnectionState.CONNECTING, ConnectionState.OFFLINE]
    assert driver.sentences == []
    assert not driver.ticks


def test_a_server_that_does_not_answer_whether_it_wants_tls(
    qtbot: QtBot, owner: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CONN-5: the driver does not wait for the answer."""
    monkeypatch.setattr(connector_module, "PROBE_S", 0.05)
    driver = Driven(breaking_off_once(owner).url, owner)
    driver.join()
    qtbot.waitUntil(lambda: driver.outage is not None, timeout=DEADLINE_MS)
    assert driver.outage is not None
    assert driver.outage.latest == Failure(FailureKind.BROKEN_OFF)
    driver.leave()
    assert not driver.ticks


def test_a_standby_is_tried_at_once(
    qtbot: QtBot, owner: QObject, server: ServerProcess, session_id: str
) -> None:
    """STAND-7: the log says where."""
    path = f"/ws/{session_id}/ann"
    gone = f"ws://127.0.0.1:1{path}"  # no server listens on this port
    driver = Driven(gone, owner, session_id, standby=server.url + path)
    driver.join()
    qtbot.waitUntil(lambda: driver.state is ConnectionState.CONNECTED, timeout=DEADLINE_MS)
    places = [line.removeprefix("→ Connecting to: ") for line in driver.lines if "Connecting" in line]
    assert places == [gone, server.url + path]
    assert not any("Trying again" in line for line in driver.lines)
    driver.leave()


def test_whoever_hears_of_an_effect_may_leave(
    qtbot: QtBot, owner: QObject, server: ServerProcess, session_id: str
) -> None:
    """Afterwards, nothing is sent or reported."""
    driver = Driven(f"{server.url}/ws/{session_id}/ann", owner, session_id)
    driver.happened.connect(lambda effect: driver.leave())
    driver.join()
    with qtbot.waitSignal(driver.disconnected, timeout=DEADLINE_MS):
        pass
    [acknowledged] = driver.effects
    assert isinstance(acknowledged, Acknowledged)
    assert not any("SyncRequest" in line for line in driver.lines)
    assert not driver.ticks
    assert driver.states == [ConnectionState.CONNECTING, ConnectionState.SYNCING, ConnectionState.OFFLINE]


def test_a_message_upon_which_it_is_left_is_not_read(
    qtbot: QtBot, owner: QObject, server: ServerProcess, session_id: str
) -> None:
    driver = Driven(f"{server.url}/ws/{session_id}/ann", owner, session_id)
    driver.received.connect(lambda text: driver.leave())
    driver.join()
    qtbot.waitUntil(lambda: driver.state is ConnectionState.OFFLINE, timeout=DEADLINE_MS)
    assert driver.effects == []


def test_a_goodbye_outlives_its_driver(
    qtbot: QtBot, owner: QObject, server: ServerProcess, session_id: str
) -> None:
    """A window that joins another session at once loses no sent edit."""
    first, second = (
        Driven(f"{server.url}/ws/{session_id}/{user}", owner, session_id, user) for user in ("ann", "bob")
    )
    first.join()
    qtbot.waitUntil(lambda: first.session.replica.synced, timeout=DEADLINE_MS)
    notes = [Put(f"note {n}", "text", {"text": "long " * 100_000}) for n in range(5)]
    for note in notes:
        first.session.replica.edit([note])
    first.leave()
    sip.delete(first)
    second.join()
    qtbot.waitUntil(lambda: len(second.session.replica.view) == len(notes), timeout=DEADLINE_MS)
    assert any(isinstance(effect, Synced) for effect in second.effects)
    second.leave()
