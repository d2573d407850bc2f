"""Each way in which the other side or the network ends an open connection."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject

from tests.helpers.attempt import FLOOD, Open, closed, join
from tests.helpers.qt_servers import WebSocketServer
from tests.helpers.server_process import ServerProcess

# The server closes properly


@pytest.mark.parametrize(
    "code",
    [
        *(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011),
        *(4400, 4401, 4403, 4404, 4408, 4409, 4426, 4429, 4430, 4503, 4999),
    ],
)
def test_each_close_code_is_heard(opens: Open, owner: QObject, code: int) -> None:
    """CLOSE-2."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    peer.close(code)
    assert attempt.end() == closed(code)
    assert peer.said_goodbye


@pytest.mark.parametrize("code", [1012, 1013, 1014])
def test_codes_that_qt_does_not_know_are_a_broken_protocol(opens: Open, owner: QObject, code: int) -> None:
    """CLOSE-1: Qt reports a protocol error; our server never sends these codes, but a gateway may."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server).close(code)
    assert attempt.end() == closed(1002)
    assert closed(1002).may_retry == closed(code).may_retry


def test_a_close_without_a_code_is_normal_to_qt(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server).close(None)
    assert attempt.end() == closed(1000)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("code", [1001, 4403, 4409])
@pytest.mark.parametrize("tls", [False, True])
def test_a_server_that_hangs_up_with_its_goodbye_is_heard(
    opens: Open, owner: QObject, code: int, tls: bool
) -> None:
    """To Qt, the end of TLS is an error, and it comes before the close frame in the same piece of data."""
    server = WebSocketServer(owner, tls=tls)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    peer.close(code)
    peer.hang_up()
    assert attempt.end() == closed(code)


def test_what_came_before_the_goodbye_is_heard(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    peer.send(*[FLOOD] * 5)
    peer.close(4503)
    peer.hang_up()
    assert attempt.end() == closed(4503)
    assert attempt.received == [FLOOD] * 5


@pytest.mark.usefixtures("short_goodbye")
def test_goodbye_of_a_server_that_does_not_read(opens: Open, owner: QObject) -> None:
    """Otherwise Qt would wait without end to send the remaining data."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    peer.stop_reading()
    for _ in range(32):
        attempt.connection.send(FLOOD)
    peer.close(1001)
    assert attempt.end() == closed(1001)


def test_a_restart_of_the_real_server_is_announced(opens: Open, tmp_path: Path) -> None:
    """CLOSE-3."""
    with ServerProcess(tmp_path) as server, ThreadPoolExecutor() as pool:
        attempt = join(opens, server, "default")
        exit_code = pool.submit(server.terminate)
        assert attempt.end() == closed(1001)
        assert exit_code.result() == 0


@pytest.mark.parametrize(
    ("code", "message", "times"),
    [
        (4400, "{", 20),
        (1009, json.dumps({"type": "ping", "user_id": "x" * 2**20}), 1),
    ],
    ids=["no JSON", "too long"],
)
def test_the_real_server_throws_out(
    opens: Open, real: ServerProcess, code: int, message: str, times: int
) -> None:
    """LIM-10, LIM-1."""
    attempt = join(opens, real, f"thrown out with {code}".replace(" ", "%20"))
    for _ in range(times):
        attempt.connection.send(message)
    assert attempt.end() == closed(code)


def test_the_real_server_replaces_a_client_that_joins_twice(opens: Open, real: ServerProcess) -> None:
    """SYNC-7."""
    request = json.dumps({"type": "sync:request", "client_id": "client-1"})
    first, second = join(opens, real, "twice"), join(opens, real, "twice")
    for attempt in (first, second):
        attempt.connection.send(request)
    assert first.end() == closed(4409)


# The connection breaks


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("how", ["reset", "hang_up"])
def test_a_connection_breaks_without_a_goodbye(opens: Open, owner: QObject, tls: bool, how: str) -> None:
    server = WebSocketServer(owner, tls=tls)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    getattr(peer, how)()
    assert attempt.end() == closed(1006)


def test_the_real_server_is_killed(opens: Open, tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        attempt = join(opens, server, "default")
        server.kill()
        assert attempt.end() == closed(1006)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xff\xff", 1002),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", 1002),
        (b"\x81\x02\xc3\x28", 1007),
        (b"\x81\x7f" + (2**33).to_bytes(8, "big"), 1009),
    ],
    ids=["garbage", "HTTP", "no UTF-8", "8 GiB"],
)
def test_a_server_that_breaks_the_protocol_is_left(
    opens: Open, owner: QObject, data: bytes, code: int
) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server)
    server.sockets[0].write(data)
    assert attempt.end() == closed(code)


def test_a_message_that_no_server_of_ours_sends_is_not_taken(opens: Open, owner: QObject) -> None:
    """LIM-1, with some margin."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server).send(2 * FLOOD + "x")
    assert attempt.end() == closed(1009)
    assert attempt.received == []
