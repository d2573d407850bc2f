"""Each way in which an attempt fails has a sentence of its own, and says whether to try again.

The sentences are those of the scripting client, whose tests are tests/drivers/aio/test_connection.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QAbstractSocket, QTcpSocket
from pytestqt.qtbot import QtBot

from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.drivers.qt import connection as connection_module
from optiverse_collab.drivers.qt import failures as outcome
from optiverse_collab.drivers.qt.failures import Ending, Failure, judge
from optiverse_collab.wording.connection import closed
from tests.drivers.aio.test_connection import free_port
from tests.helpers.attempt import Attempt
from tests.helpers.qt_servers import TcpServer, WebSocketServer, reset
from tests.helpers.server_process import ServerProcess

Try = Callable[[str], Failure]
Error = QAbstractSocket.SocketError

HEADERS = b"Server: nginx/1.18.0\r\nContent-Length: 0\r\n\r\n"
UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"


@pytest.fixture
def attempt(qtbot: QtBot, owner: QObject) -> Try:
    """Try to connect, and say how that failed."""
    return lambda url: Attempt(qtbot, url, owner).end()


def when_spoken_to(act: Callable[[QTcpSocket], object]) -> Callable[[QTcpSocket], object]:
    """What a server does that waits for its client's first words."""
    return lambda connection: connection.readyRead.connect(lambda: act(connection))


def answering(owner: QObject, answer: bytes, hang_up: bool = True) -> TcpServer:
    """A server that answers anything with these words."""

    def reply(connection: QTcpSocket) -> None:
        connection.readAll()
        connection.write(answer)
        if hang_up:
            connection.disconnectFromHost()

    return TcpServer(owner, when_spoken_to(reply))


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server has a quarter of a second to let somebody in."""
    for module in (connection_module, outcome):
        monkeypatch.setattr(module, "OPEN_S", 0.25)


# Nobody there


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_nobody_listens_on_the_port(attempt: Try, host: str, scheme: str) -> None:
    """Also where a name stands for an IPv6 and an IPv4 address."""
    place = f"{host}:{free_port()}"
    assert attempt(f"{scheme}://{place}/ws/default/ann") == Failure(
        f"Nothing answers at {place}; start optiverse-collab-server, or check the address.", True
    )


def test_a_missing_port_is_guessed_in_the_sentence() -> None:
    """By hand: port 80 is not the tests' to speak to."""
    ending = Ending("ws://lab/ws/default/ann", error=Error.ConnectionRefusedError)
    assert judge(ending) == Failure(
        "Nothing answers at lab; the port is missing, usually :8765; "
        "start optiverse-collab-server, or check the address.",
        True,
    )


@pytest.mark.parametrize("host", ["nosuch.invalid", "a" * 64, "a..b"])
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_there_is_no_such_host(attempt: Try, host: str, scheme: str) -> None:
    """The top-level domain is reserved for this (RFC 2606); the others can't be names."""
    assert attempt(f"{scheme}://{host}:8765/ws/default/ann") == Failure(
        f"There is no host called {host}; check its spelling and the network or VPN.", True
    )


@pytest.mark.skipif(sys.platform != "linux", reason="other systems may send something to the group")
def test_there_is_no_way(attempt: Try) -> None:
    """Linux knows that no TCP connection leads to a group of hosts (RFC 1112), and says so at once."""
    assert attempt("ws://224.0.0.1:8765/ws/default/ann") == Failure(
        "There is no way to 224.0.0.1 from here; check the network or VPN.", True
    )


@pytest.mark.parametrize("error", [Error.NetworkError, Error.SocketAddressNotAvailableError])
def test_there_is_no_way_in_the_words_of_other_systems(error: Error) -> None:
    failure = judge(Ending("ws://lab:8765/ws/default/ann", error=error))
    assert failure == Failure("There is no way to lab from here; check the network or VPN.", True)


@pytest.mark.parametrize(
    ("text", "told"),
    [("Too many open files.", "Too many open files"), ("", "no reason was given"), ("a\nb", "a\\nb")],
)
def test_what_qt_has_no_word_for_is_told_in_the_systems_words(text: str, told: str) -> None:
    failure = judge(Ending("ws://lab:8765/ws/default/ann", error=Error.SocketResourceError, error_text=text))
    assert failure == Failure(f"lab:8765 can't be reached: {told}; check the network.", True)


# Somebody who does not speak


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_somebody_accepts_and_says_nothing(attempt: Try, owner: QObject, scheme: str) -> None:
    server = TcpServer(owner)
    assert attempt(f"{scheme}://{server.place}/ws/default/ann") == Failure(
        f"{server.place} did not answer within 0.25 s; check the address, the network and the firewall.", True
    )


@pytest.mark.usefixtures("impatience")
def test_a_websocket_server_never_acknowledges(attempt: Try, owner: QObject) -> None:
    """MSG-1: the server speaks first, and the time for that is not counted anew."""
    server = WebSocketServer(owner)
    assert attempt(server.url) == Failure(
        f"{server.place} did not answer within 0.25 s; check the address, the network and the firewall.", True
    )


@pytest.mark.usefixtures("impatience")
def test_a_server_of_another_kind_waits_for_its_client_to_go_on(attempt: Try, owner: QObject) -> None:
    """Qt waits for more, without an end."""
    server = answering(owner, b"SSH-2.0-OpenSSH_9.2\r\n", hang_up=False)
    assert "did not answer within 0.25 s" in attempt(server.url).sentence


@pytest.mark.parametrize(
    "answer", [b"", b"\x15\x03\x03\x00\x02\x02\x0a", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 1"]
)
def test_a_server_breaks_off_the_handshake(attempt: Try, owner: QObject, answer: bytes) -> None:
    """It is asked whether it wants TLS, and does not."""
    server = answering(owner, answer)
    assert attempt(server.url) == Failure(
        f"{server.place} broke off the handshake; it may be restarting, or be another server.", True
    )
    assert len(server.sockets) == 2


def test_a_server_resets_the_handshake(attempt: Try, owner: QObject) -> None:
    server = TcpServer(owner, when_spoken_to(reset))
    assert attempt(server.url) == Failure(
        f"{server.place} broke off the handshake; it may be restarting, or be another server.", True
    )


# HTTP


@pytest.mark.parametrize(
    ("status", "retry"),
    [
        ("200 OK", False),
        ("302 Found", False),
        ("403 Forbidden", False),
        ("404 Not Found", False),
        ("404", False),
        ("429 Too Many Requests", True),
        ("500 Internal Server Error", True),
        ("502 Bad Gateway", True),
        ("503 Error 404 somewhere", True),
        ("504 Gateway Timeout", True),
    ],
)
@pytest.mark.parametrize("hang_up", [True, False])
def test_an_http_server_answers(
    attempt: Try, owner: QObject, status: str, retry: bool, hang_up: bool
) -> None:
    server = answering(owner, f"HTTP/1.1 {status}\r\n".encode() + HEADERS, hang_up)
    assert attempt(server.url) == Failure(
        f"{server.place} answered with HTTP {status[:3]} and not as a collaboration server; "
        "check the address.",
        retry,
    )


@pytest.mark.parametrize(
    "wanted", [b"", b"WWW-Authenticate: Bearer\r\n", b'WWW-Authenticate: Basic realm="lab"\r\n']
)
def test_a_gateway_wants_a_password(attempt: Try, owner: QObject, wanted: bytes) -> None:
    """Qt handles this status apart from the others, and does not give it away."""
    server = answering(owner, b"HTTP/1.1 401 Unauthorized\r\n" + wanted + HEADERS)
    failure = attempt(server.url)
    assert "answered with HTTP 401 and not as a collaboration server" in failure.sentence
    assert not failure.retry


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
    server = answering(owner, answer)
    assert attempt(server.url) == Failure(
        f"What answers at {server.place} is no WebSocket server; check the address and port.", False
    )


def test_a_websocket_server_chooses_a_subprotocol_that_nobody_offered(attempt: Try, owner: QObject) -> None:
    """As in the scripting client: it breaks RFC 6455, so it does not count as a WebSocket server."""
    server = WebSocketServer(owner, subprotocol="chat")
    assert attempt(server.url) == Failure(
        f"What answers at {server.place} is no WebSocket server; check the address and port.", False
    )


def test_our_server_has_nothing_at_this_path(attempt: Try, tmp_path: Path) -> None:
    """MSG-4."""
    with ServerProcess(tmp_path) as server:
        failure = attempt(f"{server.url}/somewhere/else")
    assert "answered with HTTP 404 and not as a collaboration server" in failure.sentence
    assert not failure.retry


def test_a_server_that_does_not_speak_ours_is_named_with_what_to_do() -> None:
    failure = judge(Ending("ws://lab:8765/ws/default/ann", opened=True, foreign=True))
    assert failure == Failure(
        f"The server at lab:8765 does not speak {SUBPROTOCOL}; start optiverse-collab-server in its place.",
        False,
    )


# TLS on one side only, and TLS that nobody vouches for


def test_a_server_wants_tls(attempt: Try, owner: QObject) -> None:
    server = TcpServer(owner, tls=True)
    assert attempt(server.plain_url) == Failure(
        f"{server.place} wants an encrypted connection; write wss:// instead of ws://.", False
    )


def test_a_server_answers_tls_in_http(attempt: Try, owner: QObject) -> None:
    server = answering(owner, b"HTTP/1.1 400 Bad Request\r\n" + HEADERS)
    assert attempt(server.tls_url) == Failure(
        f"{server.place} does not speak TLS; write ws:// instead of wss:// if that is meant.", False
    )


def test_our_server_does_not_speak_tls(attempt: Try, tmp_path: Path) -> None:
    """It breaks off without a word, as one that restarts does; so both are said."""
    with ServerProcess(tmp_path) as server:
        failure = attempt(f"wss://127.0.0.1:{server.port}/ws/default/ann")
        place = f"127.0.0.1:{server.port}"
    assert failure == Failure(
        f"{place} broke off the handshake; it may be restarting, or want ws:// instead of wss://.", True
    )


def test_a_server_that_breaks_off_tls_is_not_asked_for_tls(attempt: Try, owner: QObject) -> None:
    server = answering(owner, b"")
    assert "want ws:// instead of wss://" in attempt(server.tls_url).sentence
    assert len(server.sockets) == 1


def test_a_certificate_is_not_trusted(attempt: Try, owner: QObject) -> None:
    server = TcpServer(owner, tls=True)
    failure = attempt(server.url)
    assert failure.sentence.startswith(f"The certificate of {server.place} is not trusted here (")
    assert failure.sentence.endswith("); ask who runs it.")
    assert (failure.retry, failure.code) == (False, 0)


# After the WebSocket was open


def test_a_close_frame_tells_more_than_an_error_that_comes_with_it() -> None:
    url = "wss://lab:8765/ws/default/ann"
    failure = judge(Ending(url, opened=True, error=Error.RemoteHostClosedError, close_code=4409))
    assert failure == Failure(closed(4409), False, 4409)


def test_an_error_without_a_close_frame_is_a_broken_connection() -> None:
    failure = judge(Ending("ws://lab:8765/ws/default/ann", opened=True, error=Error.NetworkError))
    assert failure == Failure(closed(1006), True, 1006)
