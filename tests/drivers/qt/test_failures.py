"""Each way in which an attempt fails is distinguished, as far as Qt allows."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QAbstractSocket, QTcpSocket
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.drivers.qt.failures import Ending, judge
from tests.drivers.aio.test_connection import free_port
from tests.helpers.attempt import Attempt
from tests.helpers.qt_servers import TcpServer, WebSocketServer, reset
from tests.helpers.server_process import ServerProcess

Try = Callable[[str], Failure]
Kind = FailureKind
Error = QAbstractSocket.SocketError

URL = "wss://lab:8765/ws/default/ann"
HEADERS = b"Server: nginx/1.18.0\r\nContent-Length: 0\r\n\r\n"
UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"


@pytest.fixture
def attempt(qtbot: QtBot, owner: QObject) -> Try:
    """Try to connect; returns the failure."""
    return lambda url: Attempt(qtbot, url, owner).end()


def when_spoken_to(act: Callable[[QTcpSocket], object]) -> Callable[[QTcpSocket], object]:
    """A server's handler that acts once the client has sent something."""
    return lambda connection: connection.readyRead.connect(lambda: act(connection))


def answering(owner: QObject, answer: bytes, hang_up: bool = True) -> TcpServer:
    """A server that answers anything with this text."""

    def reply(connection: QTcpSocket) -> None:
        connection.readAll()
        connection.write(answer)
        if hang_up:
            connection.disconnectFromHost()

    return TcpServer(owner, when_spoken_to(reply))


# Nothing there


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_nobody_listens_on_the_port(attempt: Try, host: str, scheme: str) -> None:
    """Even where a name stands for an IPv6 and an IPv4 address."""
    assert attempt(f"{scheme}://{host}:{free_port()}/ws/default/ann") == Failure(Kind.REFUSED)


@pytest.mark.parametrize("host", ["nosuch.invalid", "a" * 64, "a..b"])
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_there_is_no_such_host(attempt: Try, host: str, scheme: str) -> None:
    """RFC 2606 reserves the top-level domain for this; the other texts can't be host names."""
    assert attempt(f"{scheme}://{host}:8765/ws/default/ann") == Failure(Kind.UNKNOWN_HOST)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may send something to the group")
def test_there_is_no_way(attempt: Try) -> None:
    """Linux knows that TCP can't reach a multicast group (RFC 1112), and reports it at once."""
    assert attempt("ws://224.0.0.1:8765/ws/default/ann") == Failure(Kind.UNREACHABLE)


@pytest.mark.parametrize("error", [Error.NetworkError, Error.SocketAddressNotAvailableError])
def test_there_is_no_way_in_the_words_of_other_systems(error: Error) -> None:
    assert judge(Ending(URL, error=error)) == Failure(Kind.UNREACHABLE)


def test_what_qt_has_no_word_for_is_told_in_the_systems_words() -> None:
    failure = judge(Ending(URL, error=Error.SocketResourceError, error_text="Too many open files."))
    assert failure == Failure(Kind.NETWORK, detail="Too many open files.")
    assert judge(Ending(URL)) == Failure(Kind.NETWORK)


# Servers that send nothing


@pytest.mark.parametrize(
    "answer", [b"", b"\x15\x03\x03\x00\x02\x02\x0a", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 1"]
)
def test_a_server_breaks_off_the_handshake(attempt: Try, owner: QObject, answer: bytes) -> None:
    assert attempt(answering(owner, answer).url) == Failure(Kind.BROKEN_OFF)


def test_a_server_resets_the_handshake(attempt: Try, owner: QObject) -> None:
    assert attempt(TcpServer(owner, when_spoken_to(reset)).url) == Failure(Kind.BROKEN_OFF)


# HTTP


@pytest.mark.parametrize(
    "status",
    [
        "200 OK",
        "302 Found",
        "403 Forbidden",
        "404 Not Found",
        "404",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Error 404 somewhere",
        "504 Gateway Timeout",
    ],
)
@pytest.mark.parametrize("hang_up", [True, False])
def test_an_http_server_answers(attempt: Try, owner: QObject, status: str, hang_up: bool) -> None:
    server = answering(owner, f"HTTP/1.1 {status}\r\n".encode() + HEADERS, hang_up)
    assert attempt(server.url) == Failure(Kind.HTTP, int(status[:3]))


def test_a_redirection_is_not_followed(qtbot: QtBot, owner: QObject) -> None:
    """LINK-2: the token goes only to the server that the link names."""
    elsewhere = TcpServer(owner)
    answer = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere.plain_url}\r\nContent-Length: 0\r\n\r\n"
    server = answering(owner, answer.encode(), hang_up=False)
    assert Attempt(qtbot, server.url, owner, "token").end() == Failure(Kind.HTTP, 302)
    assert elsewhere.sockets == []


@pytest.mark.parametrize(
    "wanted", [b"", b"WWW-Authenticate: Bearer\r\n", b'WWW-Authenticate: Basic realm="lab"\r\n']
)
def test_a_gateway_wants_a_password(attempt: Try, owner: QObject, wanted: bytes) -> None:
    """Qt handles this status separately, and does not pass it on."""
    server = answering(owner, b"HTTP/1.1 401 Unauthorized\r\n" + wanted + HEADERS)
    assert attempt(server.url) == Failure(Kind.HTTP, 401)


@pytest.mark.parametrize(
    "answer",
    [
        UPGRADE.replace(b"websocket", b"h2c") + b"\r\n",
        UPGRADE + b"Sec-WebSocket-Accept: /404/\r\n\r\n",
    ],
    ids=["another protocol", "the wrong key"],
)
def test_an_http_server_upgrades_to_something_else(attempt: Try, owner: QObject, answer: bytes) -> None:
    """Qt calls this a refused connection."""
    assert attempt(answering(owner, answer).url) == Failure(Kind.NO_WEBSOCKET)


def test_subprotocol_that_nobody_offered(attempt: Try, owner: QObject) -> None:
    """Like the scripting client: this violates RFC 6455, so it is not a WebSocket server."""
    assert attempt(WebSocketServer(owner, subprotocol="chat").url) == Failure(Kind.NO_WEBSOCKET)


def test_our_server_has_nothing_at_this_path(attempt: Try, tmp_path: Path) -> None:
    """MSG-4."""
    with ServerProcess(tmp_path) as server:
        assert attempt(f"{server.url}/somewhere/else") == Failure(Kind.HTTP, 404)


# TLS on one side only, and untrusted TLS


def test_a_server_wants_tls(attempt: Try, owner: QObject) -> None:
    """It drops the connection silently; a probe shows why (CONN-5)."""
    assert attempt(TcpServer(owner, tls=True).plain_url) == Failure(Kind.BROKEN_OFF)


def test_a_server_answers_tls_in_http(attempt: Try, owner: QObject) -> None:
    server = answering(owner, b"HTTP/1.1 400 Bad Request\r\n" + HEADERS)
    assert attempt(server.tls_url) == Failure(Kind.NO_TLS)


def test_our_server_does_not_speak_tls(attempt: Try, tmp_path: Path) -> None:
    """It drops the connection silently, like a server that restarts."""
    with ServerProcess(tmp_path) as server:
        assert attempt(f"wss://127.0.0.1:{server.port}/ws/default/ann") == Failure(Kind.BROKEN_OFF)


def test_a_certificate_is_not_trusted(attempt: Try, owner: QObject) -> None:
    failure = attempt(TcpServer(owner, tls=True).url)
    assert failure.kind is Kind.UNTRUSTED
    assert failure.detail


# After the WebSocket opened


def test_close_frame_tells_more_than_an_error_beside_it() -> None:
    ending = Ending(URL, opened=True, error=Error.RemoteHostClosedError, close_code=4409)
    assert judge(ending) == Failure(Kind.CLOSED, 4409)


def test_an_error_without_a_close_frame_is_a_broken_connection() -> None:
    assert judge(Ending(URL, opened=True, error=Error.NetworkError)) == Failure(Kind.CLOSED, 1006)
