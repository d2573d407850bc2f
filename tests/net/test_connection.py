"""A connection is opened, carries text both ways, and comes to one end, whatever the other side does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QTcpSocket
from PyQt6.QtWebSockets import QWebSocketServer
from pytestqt.qtbot import QtBot

from optiverse_collab.net import connection as connection_module
from optiverse_collab.net.connection import Connection
from optiverse_collab.net.outcome import Failure
from optiverse_collab.sync.closing import closing
from optiverse_collab.sync.messages import SUBPROTOCOL
from tests.client.test_opening import free_port
from tests.helpers.attempt import DEADLINE_MS, Attempt
from tests.helpers.qt_servers import TcpServer, WebSocketServer
from tests.helpers.server_process import ServerProcess

Open = Callable[[str], Attempt]

FRAME_BYTES = 512 * 1024
"""Qt splits a message into frames of so many bytes."""

FLOOD = "x" * 2**20
"""A few dozen of these are more than the buffers of both sides take."""


@pytest.fixture
def opens(qtbot: QtBot, owner: QObject) -> Open:
    """Open a connection."""
    return lambda url: Attempt(qtbot, url, owner)


@pytest.fixture
def short_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer has a tenth of a second to answer a close."""
    monkeypatch.setattr(connection_module, "GOODBYE_MS", 100)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The server as users run it; each test has a session of its own."""
    with ServerProcess(tmp_path_factory.mktemp("real")) as server:
        yield server


def join(opens: Open, server: ServerProcess, session: str) -> Attempt:
    """Connect as ann, and be let in."""
    attempt = opens(f"{server.url}/ws/{session}/ann")
    [greeting] = attempt.hears(1)
    assert json.loads(greeting)["type"] == "connection:ack"
    attempt.connection.let_in()
    return attempt


def meaning(code: int) -> Failure:
    """What a close code amounts to."""
    sentence, retry = closing(code)
    return Failure(sentence, retry, code)


# Text, both ways


def test_the_path_arrives_as_it_was_encoded(opens: Open, owner: QObject) -> None:
    """Names of sessions and users may hold a slash, a space or anything (MSG-4)."""
    server = WebSocketServer(owner)
    attempt = opens(f"{server.url}%2F%20%25%C3%A9")
    assert attempt.meets(server).path == "/ws/default/ann%2F%20%25%C3%A9"


def test_messages_arrive_in_order_both_ways(qtbot: QtBot, opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    for text in ("{}", "é½🔬", ""):
        attempt.connection.send(text)
    peer.send("one", "", "zwölf 🔬")
    assert attempt.hears(3) == ["one", "", "zwölf 🔬"]
    qtbot.waitUntil(lambda: len(peer.frames) == 3, timeout=DEADLINE_MS)
    assert peer.text == "{}é½🔬"


def test_a_binary_message_is_taken_for_text(opens: Open, owner: QObject) -> None:
    """Some servers send JSON so. What is no text at all is for the reader of the JSON to refuse."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server).send("½".encode(), b"\xff{", "text")
    assert attempt.hears(3) == ["½", "\N{REPLACEMENT CHARACTER}{", "text"]


def test_a_message_longer_than_a_frame_of_qt_arrives_whole(opens: Open, owner: QObject) -> None:
    """Its 700,001 characters of two bytes don't end where the frames do."""
    text = "x" + "é" * 700_000
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    attempt.connection.send(text)
    peer.send(text)
    attempt.hears(1)
    assert attempt.received == [text]


def test_a_message_in_many_frames_is_put_together(qtbot: QtBot, opens: Open, owner: QObject) -> None:
    """Both ends are Qt's here, and both split what they send."""
    server = QWebSocketServer("", QWebSocketServer.SslMode.NonSecureMode, owner)
    server.setSupportedSubprotocols([SUBPROTOCOL])
    assert server.listen()
    attempt = opens(f"ws://127.0.0.1:{server.serverPort()}/ws/default/ann")
    qtbot.waitUntil(server.hasPendingConnections, timeout=DEADLINE_MS)
    peer = server.nextPendingConnection()
    assert peer is not None
    peer.textMessageReceived.connect(peer.sendTextMessage)
    text = "x" + "é" * FRAME_BYTES
    attempt.connection.send(text)
    attempt.hears(1)
    assert attempt.received == [text]


def test_a_long_push_goes_through_the_real_server(opens: Open, real: ServerProcess) -> None:
    """Two records make a message of more than one frame; it comes back in a patch (PUSH-5)."""
    attempt = join(opens, real, "long")
    attempt.connection.send(json.dumps({"type": "sync:request", "client_id": "client-1"}))
    attempt.hears(2)
    notes = {"notes": "é" * 200_000}
    ops = [{"op": "put", "id": id, "kind": "component", "props": notes} for id in ("lens", "mirror")]
    push = {"type": "push", "changes": [{"client_clock": 1, "ops": ops}]}
    attempt.connection.send(json.dumps(push, ensure_ascii=False))
    patch = json.loads(attempt.hears(3)[2])
    assert [op["props"] for op in patch["changes"][0]["ops"]] == [notes, notes]
    assert patch["acks"][0]["result"] == "commit"


@pytest.mark.usefixtures("trusted")
def test_a_trusted_certificate_is_enough_for_tls(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner, tls=True)
    attempt = opens(server.url)
    attempt.meets(server).send("hello")
    assert attempt.hears(1) == ["hello"]


@pytest.mark.parametrize("subprotocol", [SUBPROTOCOL, None])
def test_a_server_that_chose_no_subprotocol_is_told_apart(
    opens: Open, owner: QObject, subprotocol: str | None
) -> None:
    server = WebSocketServer(owner, subprotocol, greeting="hello")
    attempt = opens(server.url)
    assert attempt.hears(1) == ["hello"]
    assert attempt.connection.speaks_ours == (subprotocol is not None)


def test_a_server_of_another_program_is_refused_with_a_sentence(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner, None, greeting="hello")
    attempt = opens(server.url)
    attempt.connection.received.connect(lambda text: attempt.connection.refuse())
    failure = attempt.end()
    assert failure.sentence.startswith(f"The server at {server.place} does not speak {SUBPROTOCOL};")
    assert not failure.retry


def test_who_is_let_in_has_all_the_time(opens: Open, owner: QObject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second attempt, begun later and never let in, is too late; the first goes on."""
    monkeypatch.setattr(connection_module, "OPEN_S", 0.25)
    server = WebSocketServer(owner)
    first = opens(server.url)
    peer = first.meets(server)
    first.connection.let_in()
    assert "did not answer" in opens(TcpServer(owner).url).end().sentence
    peer.send("still here")
    assert first.hears(1) == ["still here"]


def test_no_proxy_stands_between(opens: Open, proxy: TcpServer) -> None:
    """A lab's server is not behind the proxy to the world."""
    assert "no host called" in opens("ws://nosuch.invalid:8765/ws/default/ann").end().sentence
    assert proxy.sockets == []


# The server says goodbye


@pytest.mark.parametrize(
    ("code", "retry"),
    [
        (1000, False),
        (1001, True),
        (1002, True),
        (1003, False),
        (1007, False),
        (1008, False),
        (1009, False),
        (1010, False),
        (1011, True),
        (4400, False),
        (4401, False),
        (4403, False),
        (4404, False),
        (4408, True),
        (4409, False),
        (4426, False),
        (4429, True),
        (4430, True),
        (4503, True),
        (4999, True),
    ],
)
@pytest.mark.parametrize("let_in", [True, False])
def test_each_close_code_is_told_in_its_own_words(
    opens: Open, owner: QObject, code: int, retry: bool, let_in: bool
) -> None:
    """CLOSE-2, before and after the acknowledgement."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    if let_in:
        attempt.connection.let_in()
    peer.close(code)
    failure = attempt.end()
    assert failure == meaning(code)
    assert failure.retry is retry
    assert peer.said_goodbye


@pytest.mark.parametrize("code", [1012, 1013, 1014])
def test_codes_that_qt_does_not_know_are_worth_another_try(opens: Open, owner: QObject, code: int) -> None:
    """CLOSE-1: Qt takes them for a broken protocol, so our server never sends them; a gateway may."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server).close(code)
    assert attempt.end() == meaning(1002)
    assert meaning(1002).retry == meaning(code).retry


def test_a_close_without_a_code_is_normal_to_qt(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server).close(None)
    assert attempt.end() == meaning(1000)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("code", [1001, 4403, 4409])
@pytest.mark.parametrize("tls", [False, True])
def test_a_server_that_hangs_up_with_its_goodbye_is_heard(
    opens: Open, owner: QObject, code: int, tls: bool
) -> None:
    """The end of TLS, an error to Qt, comes before it gives out the close frame of the same piece of data."""
    server = WebSocketServer(owner, tls=tls)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    peer.close(code)
    peer.hang_up()
    assert attempt.end() == meaning(code)


def test_what_came_before_the_goodbye_is_heard(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    peer.send(*[FLOOD] * 5)
    peer.close(4503)
    peer.hang_up()
    assert attempt.end() == meaning(4503)
    assert attempt.received == [FLOOD] * 5


@pytest.mark.usefixtures("short_goodbye")
def test_a_server_that_says_goodbye_and_does_not_read_is_not_waited_for(opens: Open, owner: QObject) -> None:
    """Qt would wait without an end for what is yet to be sent."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    peer.stop_reading()
    for _ in range(32):
        attempt.connection.send(FLOOD)
    peer.close(1001)
    assert attempt.end() == meaning(1001)


def test_a_restart_of_the_real_server_is_announced(opens: Open, tmp_path: Path) -> None:
    """CLOSE-3."""
    with ServerProcess(tmp_path) as server, ThreadPoolExecutor() as pool:
        attempt = join(opens, server, "default")
        exit_code = pool.submit(server.terminate)
        assert attempt.end() == meaning(1001)
        assert exit_code.result() == 0


@pytest.mark.parametrize(
    ("code", "message", "times"),
    [
        (4400, "{", 20),
        (4429, '{"type":"ping","user_id":"ann"}', 2500),
        (1009, json.dumps({"type": "ping", "user_id": "x" * 2**20}), 1),
    ],
)
def test_the_real_server_throws_out(
    opens: Open, real: ServerProcess, code: int, message: str, times: int
) -> None:
    """LIM-10, LIM-8, LIM-1."""
    attempt = join(opens, real, f"thrown out with {code}".replace(" ", "%20"))
    for _ in range(times):
        attempt.connection.send(message)
    assert attempt.end() == meaning(code)


def test_the_real_server_replaces_a_client_by_itself(opens: Open, real: ServerProcess) -> None:
    """SYNC-7."""
    request = json.dumps({"type": "sync:request", "client_id": "client-1"})
    first, second = join(opens, real, "twice"), join(opens, real, "twice")
    for attempt in (first, second):
        attempt.connection.send(request)
    assert first.end() == meaning(4409)


# The connection breaks


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("how", ["reset", "hang_up"])
def test_a_connection_breaks_without_a_goodbye(opens: Open, owner: QObject, tls: bool, how: str) -> None:
    server = WebSocketServer(owner, tls=tls)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    getattr(peer, how)()
    assert attempt.end() == meaning(1006)


def test_the_real_server_is_killed(opens: Open, tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        attempt = join(opens, server, "default")
        server.kill()
        assert attempt.end() == meaning(1006)


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
    assert attempt.end() == meaning(code)


def test_a_message_that_no_server_of_ours_sends_is_not_taken(opens: Open, owner: QObject) -> None:
    """LIM-1, with some margin."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.meets(server).send(2 * FLOOD + "x")
    assert attempt.end() == meaning(1009)
    assert attempt.received == []


# We leave, or give up


def test_leaving_says_goodbye_and_tells_nobody(qtbot: QtBot, opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    attempt.connection.leave()
    attempt.vanishes()
    qtbot.waitUntil(lambda: peer.said_goodbye, timeout=DEADLINE_MS)
    assert attempt.failures == []


def test_what_was_sent_before_leaving_arrives(qtbot: QtBot, opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    for _ in range(8):
        attempt.connection.send(FLOOD)
    attempt.connection.leave()
    qtbot.waitUntil(lambda: peer.said_goodbye, timeout=DEADLINE_MS)
    assert len(peer.text) == 8 * len(FLOOD)
    attempt.vanishes()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", [False, True])
def test_what_was_sent_before_leaving_arrives_when_the_window_closes_at_once(
    qtbot: QtBot, owner: QObject, tls: bool
) -> None:
    server, window = WebSocketServer(owner, tls=tls), QObject()
    attempt = Attempt(qtbot, server.url, window)
    peer = attempt.meets(server)
    attempt.connection.send("the last edit")
    attempt.connection.leave()
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
    attempt.connection.leave()
    attempt.vanishes()
    assert attempt.failures == []


def test_leaving_twice_is_leaving_once(qtbot: QtBot, opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    attempt.connection.leave()
    attempt.connection.leave()
    attempt.vanishes()
    qtbot.waitUntil(lambda: peer.said_goodbye, timeout=DEADLINE_MS)
    assert len(peer.frames) == 1
    assert attempt.failures == []


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_leaving_while_connecting_ends_it_without_a_word(
    qtbot: QtBot, opens: Open, owner: QObject, scheme: str
) -> None:
    """A close frame in front of the handshake would be garbage to the server."""
    server = TcpServer(owner)
    attempt = opens(f"{scheme}://{server.place}/ws/default/ann")
    attempt.connection.leave()
    attempt.vanishes()
    assert attempt.failures == []
    # A later connection is accepted when the first one, if there was any, has been.
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
    attempt.connection.leave()
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
    attempt.connection.leave()
    attempt.vanishes()
    assert attempt.failures == []


def test_leaving_while_a_server_is_asked_for_tls_tells_nobody(
    qtbot: QtBot, opens: Open, owner: QObject
) -> None:
    """The first handshake is broken off in silence, and the question that follows gets no answer."""
    hang_up_first = iter([QTcpSocket.disconnectFromHost])
    server = TcpServer(owner, lambda connection: next(hang_up_first, lambda _: None)(connection))
    attempt = opens(server.url)
    qtbot.waitUntil(lambda: len(server.sockets) == 2, timeout=DEADLINE_MS)
    attempt.connection.leave()
    attempt.vanishes()
    assert attempt.failures == []


def test_a_connection_that_was_never_opened_can_be_left(qtbot: QtBot, owner: QObject) -> None:
    connection = Connection("ws://127.0.0.1:8765/ws/default/ann", owner)
    with qtbot.waitSignal(connection.destroyed, timeout=DEADLINE_MS):
        connection.leave()


def test_giving_up_tells_the_reason_once_and_cuts_the_connection(
    qtbot: QtBot, opens: Open, owner: QObject
) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    reason = Failure("The server said nothing for too long.", True, 1006)
    attempt.connection.give_up(reason)
    assert attempt.failures == [reason]
    assert attempt.end() == reason
    qtbot.waitUntil(
        lambda: server.sockets[0].state() is QTcpSocket.SocketState.UnconnectedState, timeout=DEADLINE_MS
    )
    assert not peer.said_goodbye


def test_there_is_one_end_however_often_it_comes(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    given_up, left = opens(server.url), opens(server.url)
    given_up.connection.give_up(Failure("It is over.", False))
    given_up.connection.give_up(Failure("It is over again.", False))
    left.connection.leave()
    left.connection.give_up(Failure("It is over.", False))
    assert given_up.end() == Failure("It is over.", False)
    left.vanishes()
    assert left.failures == []


def test_leaving_when_told_of_the_end_is_harmless(opens: Open, owner: QObject) -> None:
    """That is what `CollaborationService` does."""
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.connection.over.connect(lambda failure: attempt.connection.leave())
    attempt.meets(server).close(1001)
    assert attempt.end() == meaning(1001)


@pytest.mark.parametrize("end", [Connection.leave, Connection.refuse])
def test_a_message_upon_which_it_ends_is_the_last_that_is_heard(
    opens: Open, owner: QObject, end: Callable[[Connection], None]
) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    attempt.connection.received.connect(lambda text: end(attempt.connection))
    attempt.meets(server).send("one", "two", "three")
    attempt.vanishes()
    assert attempt.received == ["one"]
    assert len(attempt.failures) == (end is Connection.refuse)


# What comes late


def test_nothing_is_heard_of_a_connection_that_was_left(opens: Open, owner: QObject) -> None:
    """Neither a message nor an end; the next connection hears its own alone."""
    server = WebSocketServer(owner)
    old = opens(server.url)
    peer = old.meets(server)
    old.connection.leave()
    peer.send("late")
    peer.close(4409)
    new = opens(server.url)
    new.meets(server).send("for the new one")
    assert new.hears(1) == ["for the new one"]
    old.vanishes()
    assert (old.received, old.failures) == ([], [])
    assert (new.received, new.failures) == (["for the new one"], [])


def test_nothing_is_heard_of_a_connection_that_was_given_up(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    attempt.connection.give_up(Failure("It is over.", False))
    peer.send("late")
    peer.close(4409)
    assert attempt.end() == Failure("It is over.", False)
    assert attempt.received == []


def test_an_old_attempt_fails_unheard(opens: Open, owner: QObject) -> None:
    """Its port is refused after it was left; the next attempt has an end of its own."""
    old = opens(f"ws://127.0.0.1:{free_port()}/ws/default/ann")
    old.connection.leave()
    place = f"127.0.0.1:{free_port()}"
    assert place in opens(f"ws://{place}/ws/default/ann").end().sentence
    old.vanishes()
    assert old.failures == []
