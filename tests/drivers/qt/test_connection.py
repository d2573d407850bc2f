"""A connection opens and carries text both ways; late events of an old one are ignored."""

from __future__ import annotations

import json

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtWebSockets import QWebSocketServer
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from tests.drivers.aio.test_connection import free_port
from tests.helpers.attempt import DEADLINE_MS, Attempt, Open, join
from tests.helpers.qt_servers import TcpServer, WebSocketServer
from tests.helpers.server_process import ServerProcess

TOKEN = "cHl0aG9uLWFuZC1RdDEyMw"

FRAME_BYTES = 512 * 1024
"""The frame size in bytes at which Qt splits a message."""


def test_the_path_arrives_as_it_was_encoded(opens: Open, owner: QObject) -> None:
    """Names of sessions and users may contain a slash, a space or any other character (MSG-4)."""
    server = WebSocketServer(owner)
    attempt = opens(f"{server.url}%2F%20%25%C3%A9")
    assert attempt.meets(server).path == "/ws/default/ann%2F%20%25%C3%A9"


def test_a_token_goes_in_a_header_alone(qtbot: QtBot, owner: QObject) -> None:
    """LINK-2."""
    server = WebSocketServer(owner)
    Attempt(qtbot, server.url, owner, TOKEN).meets(server)
    Attempt(qtbot, server.url, owner).meets(server)
    assert [peer.authorization for peer in server.peers] == [f"Bearer {TOKEN}", ""]
    assert [peer.path for peer in server.peers] == ["/ws/default/ann"] * 2


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
    """Some servers send JSON this way. The JSON reader refuses what is not text."""
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
    """Both ends use Qt here, and both split their messages."""
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
    """Two records need a message of several frames; it comes back in a patch (PUSH-5)."""
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


def test_a_server_that_chose_no_subprotocol_is_not_heard(opens: Open, owner: QObject) -> None:
    """CONN-6: Optiverse's own server sends a greeting, too."""
    attempt = opens(WebSocketServer(owner, None, greeting="hello").url)
    assert attempt.end() == Failure(FailureKind.WRONG_SERVER)
    assert attempt.received == []


def test_no_proxy_stands_between(opens: Open, proxy: TcpServer) -> None:
    """A lab's server is not reached through the proxy for the internet."""
    assert opens("ws://nosuch.invalid:8765/ws/default/ann").end() == Failure(FailureKind.UNKNOWN_HOST)
    assert proxy.sockets == []


def test_nothing_is_heard_of_a_connection_that_was_left(opens: Open, owner: QObject) -> None:
    """Neither a message nor an end arrives; the next connection gets only its own events."""
    server = WebSocketServer(owner)
    old = opens(server.url)
    peer = old.meets(server)
    old.connection.close()
    peer.send("late")
    peer.close(4409)
    new = opens(server.url)
    new.meets(server).send("for the new one")
    assert new.hears(1) == ["for the new one"]
    old.vanishes()
    assert (old.received, old.failures) == ([], [])
    assert (new.received, new.failures) == (["for the new one"], [])


def test_nothing_is_heard_of_a_connection_that_was_dropped(opens: Open, owner: QObject) -> None:
    server = WebSocketServer(owner)
    attempt = opens(server.url)
    peer = attempt.meets(server)
    attempt.connection.drop()
    peer.send("late")
    peer.close(4409)
    attempt.vanishes()
    assert (attempt.received, attempt.failures) == ([], [])


def test_an_old_attempt_fails_unheard(opens: Open, owner: QObject) -> None:
    """Its port refuses it after it was left; the next attempt has its own end."""
    old = opens(f"ws://127.0.0.1:{free_port()}/ws/default/ann")
    old.connection.close()
    url = f"ws://127.0.0.1:{free_port()}/ws/default/ann"
    assert opens(url).end() == Failure(FailureKind.REFUSED)
    old.vanishes()
    assert old.failures == []
