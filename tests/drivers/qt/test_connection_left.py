"""Closing or dropping a connection ends it once, at any moment, whatever the other side does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QTcpSocket
from pytestqt.qtbot import QtBot

from optiverse_collab.drivers.qt.connection import Connection
from tests.helpers.attempt import DEADLINE_MS, FLOOD, Attempt, Open, closed
from tests.helpers.qt_servers import TcpServer, WebSocketServer


def test_leaving_says_goodbye_and_tells_nobody(qtbot: QtBot, opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    attempt.connection.close()
    attempt.vanishes()
    qtbot.waitUntil(lambda: peer.said_goodbye, timeout=DEADLINE_MS)
    assert attempt.failures == []


def test_what_was_sent_before_leaving_arrives(qtbot: QtBot, opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    for _ in range(8):
        attempt.connection.send(FLOOD)
    attempt.connection.close()
    qtbot.waitUntil(lambda: peer.said_goodbye, timeout=DEADLINE_MS)
    assert len(peer.text) == 8 * len(FLOOD)
    attempt.vanishes()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", [False, True])
def test_what_was_sent_arrives_when_the_window_closes_at_once(
    qtbot: QtBot, owner: QObject, tls: bool
) -> None:
    server, window = WebSocketServer(owner, tls=tls), QObject()
    attempt = Attempt(qtbot, server.url, window)
    peer = attempt.meets(server)
    attempt.connection.send("the last edit")
    attempt.connection.close()
    sip.delete(window)
    qtbot.waitUntil(lambda: peer.said_goodbye, timeout=DEADLINE_MS)
    assert peer.text == "the last edit"


@pytest.mark.usefixtures("short_goodbye")
def test_leaving_a_server_that_does_not_read_comes_to_an_end(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server).stop_reading()
    for _ in range(32):
        attempt.connection.send(FLOOD)
    attempt.connection.close()
    attempt.vanishes()
    assert attempt.failures == []


def test_leaving_twice_is_leaving_once(qtbot: QtBot, opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    attempt.connection.close()
    attempt.connection.close()
    attempt.vanishes()
    qtbot.waitUntil(lambda: peer.said_goodbye, timeout=DEADLINE_MS)
    assert len(peer.frames) == 1
    assert attempt.failures == []


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_leaving_while_connecting_ends_it_without_a_word(
    qtbot: QtBot, opens: Open, owner: QObject, scheme: str
) -> None:
    """To the server, a close frame before the handshake would be garbage."""
    server = TcpServer(owner)
    attempt = opens(f"{scheme}://{server.place}/ws/default/ann")
    attempt.connection.close()
    attempt.vanishes()
    assert attempt.failures == []
    # The server accepts a later connection after the first one, if there was any.
    marker = QTcpSocket(owner)
    marker.connectToHost("127.0.0.1", int(server.place.split(":")[1]))
    qtbot.waitUntil(
        lambda: marker.localPort() in [connection.peerPort() for connection in server.sockets],
        timeout=DEADLINE_MS,
    )
    assert [connection.readAll().data() for connection in server.sockets if connection.bytesAvailable()] == []


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_leaving_in_the_midst_of_a_handshake_hangs_up(
    qtbot: QtBot, opens: Open, owner: QObject, scheme: str
) -> None:
    server = TcpServer(owner)
    attempt = opens(f"{scheme}://{server.place}/ws/default/ann")
    qtbot.waitUntil(
        lambda: bool(server.sockets) and server.sockets[0].bytesAvailable() > 0, timeout=DEADLINE_MS
    )
    [connection] = server.sockets
    before = connection.readAll().data()
    attempt.connection.close()
    attempt.vanishes()
    qtbot.waitUntil(
        lambda: connection.state() is QTcpSocket.SocketState.UnconnectedState, timeout=DEADLINE_MS
    )
    assert before.startswith(b"GET " if scheme == "ws" else b"\x16\x03")
    assert connection.readAll().data() == b""
    assert attempt.failures == []


@pytest.mark.parametrize("host", ["nosuch.invalid", "a..b"])
def test_leaving_while_a_host_is_looked_for_tells_nobody(opens: Open, host: str) -> None:
    attempt = opens(f"ws://{host}:8765/ws/default/ann")
    attempt.connection.close()
    attempt.vanishes()
    assert attempt.failures == []


def test_a_connection_that_was_never_opened_can_be_left(qtbot: QtBot, owner: QObject) -> None:
    connection = Connection("ws://127.0.0.1:8765/ws/default/ann", owner)
    with qtbot.waitSignal(connection.destroyed, timeout=DEADLINE_MS):
        connection.close()


def test_dropping_cuts_the_connection_and_tells_nobody(qtbot: QtBot, opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    attempt.connection.drop()
    attempt.vanishes()
    qtbot.waitUntil(
        lambda: server.sockets[0].state() is QTcpSocket.SocketState.UnconnectedState, timeout=DEADLINE_MS
    )
    assert not peer.said_goodbye
    assert attempt.failures == []


@pytest.mark.parametrize("ends", [(Connection.drop, Connection.close), (Connection.close, Connection.drop)])
def test_there_is_one_end_however_often_it_comes(
    opens: Open, owner: QObject, ends: list[Callable[[Connection], None]]
) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server)
    for end in ends:
        end(attempt.connection)
    attempt.vanishes()
    assert attempt.failures == []


def test_dropping_when_told_of_the_end_is_harmless(opens: Open, owner: QObject) -> None:
    """`QtDriver` does that."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.connection.over.connect(lambda failure: attempt.connection.drop())
    attempt.meets(server).close(1001)
    assert attempt.end() == closed(1001)


@pytest.mark.parametrize("end", [Connection.close, Connection.drop])
def test_a_message_upon_which_it_ends_is_the_last_that_is_heard(
    opens: Open, owner: QObject, end: Callable[[Connection], None]
) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.connection.received.connect(lambda text: end(attempt.connection))
    attempt.meets(server).send("one", "two", "three")
    attempt.vanishes()
    assert attempt.received == ["one"]
    assert attempt.failures == []
