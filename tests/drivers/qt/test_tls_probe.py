"""A probe finds out whether a server speaks TLS."""

from __future__ import annotations

from PyQt6.QtCore import QDateTime, QObject
from PyQt6.QtNetwork import QTcpSocket
from pytestqt.qtbot import QtBot

from optiverse_collab.drivers.qt.tls_probe import TlsProbe
from tests.drivers.aio.test_connection import free_port
from tests.helpers.attempt import DEADLINE_MS
from tests.helpers.qt_servers import TcpServer, certificate


def answers(qtbot: QtBot, url: str, owner: QObject) -> list[bool]:
    """All results of a probe."""
    heard: list[bool] = []
    asking = TlsProbe(url, owner)
    asking.answered.connect(heard.append)
    with qtbot.waitSignal(asking.answered, timeout=DEADLINE_MS):
        asking.start()
    return heard


def test_server_that_wants_tls_whoever_signed_its_certificate(qtbot: QtBot, owner: QObject) -> None:
    assert answers(qtbot, TcpServer(owner, tls=True).plain_url, owner) == [True]


def test_no_proxy_stands_between(qtbot: QtBot, owner: QObject, proxy: TcpServer) -> None:
    assert answers(qtbot, "ws://nosuch.invalid:8765/ws/default/ann", owner) == [False]
    assert proxy.sockets == []


def test_a_server_that_hangs_up_does_not_speak_tls(qtbot: QtBot, owner: QObject) -> None:
    server = TcpServer(owner, QTcpSocket.disconnectFromHost)
    assert answers(qtbot, server.plain_url, owner) == [False]


def test_a_server_that_says_something_else_does_not_speak_tls(qtbot: QtBot, owner: QObject) -> None:
    server = TcpServer(owner, lambda connection: connection.write(b"SSH-2.0-OpenSSH_9.2\r\n"))
    assert answers(qtbot, server.plain_url, owner) == [False]


def test_a_server_that_is_gone_does_not_speak_tls(qtbot: QtBot, owner: QObject) -> None:
    assert answers(qtbot, f"ws://127.0.0.1:{free_port()}/ws/default/ann", owner) == [False]


def test_a_question_that_is_dropped_hangs_up_and_tells_nothing(qtbot: QtBot, owner: QObject) -> None:
    server, heard = TcpServer(owner), list[bool]()
    asking = TlsProbe(server.plain_url, owner)
    asking.answered.connect(heard.append)
    asking.start()
    qtbot.waitUntil(lambda: len(server.sockets) == 1, timeout=DEADLINE_MS)
    with qtbot.waitSignal(asking.destroyed, timeout=DEADLINE_MS):
        asking.drop()
    gone = QTcpSocket.SocketState.UnconnectedState
    qtbot.waitUntil(lambda: [it.state() for it in server.sockets] == [gone], timeout=DEADLINE_MS)
    assert heard == []


def test_the_certificate_of_the_tests_is_good_for_decades(qapp: object) -> None:
    assert certificate().effectiveDate() < QDateTime.currentDateTimeUtc()
    assert certificate().expiryDate().date().year() >= 2100
