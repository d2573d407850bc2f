"""Unreachable servers, and things that are no server: each has its own sentence, and fails at once."""

from __future__ import annotations

import asyncio
import platform
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import quote

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.drivers.aio.connection import speaks_tls
from optiverse_collab.errors import AddressError, ConnectionFailed
from optiverse_collab.scripting import Bench, connect
from tests.helpers.aio import run
from tests.helpers.listener import Handler, listening
from tests.helpers.live_server import live_server
from tests.helpers.scripted_server import scripted_server
from tests.helpers.server_acts import stay_silent


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def why_not(url: str, timeout_s: float = 10.0) -> str:
    """The sentence when connecting fails."""
    with pytest.raises(ConnectionFailed) as caught:
        async with connect(url, timeout_s=timeout_s):
            pytest.fail("it connected")
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@asynccontextmanager
async def tcp_server(handler: Handler) -> AsyncIterator[str]:
    """A server that handles a connection as given; yields a URL."""
    async with listening(handler) as port:
        yield f"ws://127.0.0.1:{port}"


def answering(text: bytes) -> Handler:
    """A server that answers any request with `text`."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(2**16)
        writer.write(text)

    return answer


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_nothing_listens(host: str) -> None:
    """Even where a name stands for an IPv6 and an IPv4 address."""
    sentence = run(why_not(f"ws://{host}:{free_port()}"))
    assert sentence.startswith(f"Nothing answers at {host}:")
    assert "start optiverse-collab-server" in sentence
    assert "the port is missing" not in sentence


@pytest.mark.parametrize("host", ["nosuch.invalid", "a" * 64, "a..b"])
def test_no_such_host(host: str) -> None:
    """RFC 2606 reserves the top-level domain for this; the other texts can't be host names."""
    assert run(why_not(f"ws://{host}:8765")).startswith(f"There is no host called {host};")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("ftp://localhost", "begins with ws://"), ("lab:http", "not an address"), ("", "is empty")],
)
def test_wrong_address_is_said_before_anything_is_tried(address: str, sentence: str) -> None:
    with pytest.raises(AddressError, match=sentence):
        connect(address)
    with pytest.raises(AddressError, match=sentence):
        Bench(address)


@pytest.mark.parametrize(("session", "user"), [(" ", "ann"), ("default", "x" * 129)])
def test_wrong_names_are_said_before_anything_is_tried(session: str, user: str) -> None:
    with pytest.raises(AddressError, match="The name of the"):
        connect("ws://localhost:8765", session, user)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
            "is not a collaboration server (it answered HTTP 200)",
        ),
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nNot\nhere.",
            "not a collaboration server (it answered HTTP 404)",
        ),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", "is not a WebSocket server; check"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "broke off the handshake; it may be restarting, or be another server"),
        (b"\x15\x03\x03\x00\x02\x02\x0a", "broke off the handshake"),
        (b"", "broke off the handshake; it may be restarting"),
    ],
)
def test_something_else_answers(answer: bytes, sentence: str) -> None:
    async def main() -> None:
        async with tcp_server(answering(answer)) as url:
            assert sentence in await why_not(url)

    run(main())


def test_connection_is_reset() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(2**16)
        writer.transport.abort()

    async def main() -> None:
        async with tcp_server(reset) as url:
            assert "broke off the handshake" in await why_not(url)

    run(main())


def test_tls_where_there_is_none() -> None:
    async def main() -> None:
        async with live_server() as server:
            sentence = await why_not(server.url.replace("ws:", "wss:"))
            assert "ws:// instead of wss://" in sentence

    run(main())


def test_nobody_speaks() -> None:
    """The server accepts TCP, and does nothing else."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def main() -> None:
        async with tcp_server(silent) as url:
            assert "did not answer within 0.2 s" in await why_not(url, timeout_s=0.2)

    run(main())


@asynccontextmanager
async def websocket_server(
    handler: Callable[[ServerConnection], Awaitable[None]], speaks: str | None = SUBPROTOCOL
) -> AsyncIterator[str]:
    """A WebSocket server of another program; yields its URL."""

    def select(ws: ServerConnection, offered: object) -> Subprotocol | None:
        return Subprotocol(speaks) if speaks else None

    async with serve(handler, "127.0.0.1", 0, select_subprotocol=select, close_timeout=1) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def test_no_acknowledgement() -> None:
    """MSG-1: the server sends first, and nothing restarts the time limit for that."""

    async def silent(ws: ServerConnection) -> None:
        await ws.wait_closed()

    async def main() -> None:
        async with websocket_server(silent) as url:
            assert "did not answer within 0.2 s" in await why_not(url, timeout_s=0.2)

    run(main())


@pytest.mark.parametrize("greeting", ['{"type":"connection:ack","users":[]}', "Hello", b"\xff", None])
@pytest.mark.parametrize("speaks", [SUBPROTOCOL, None])
def test_server_of_another_program(greeting: str | bytes | None, speaks: str | None) -> None:
    """Optiverse's own server also sends an acknowledgement, in another form."""

    async def greet(ws: ServerConnection) -> None:
        await ws.send(greeting if greeting is not None else '{"type":"pong","timestamp":""}')
        await ws.wait_closed()

    async def main() -> None:
        async with websocket_server(greet, speaks) as url:
            assert f"does not speak {SUBPROTOCOL}" in await why_not(url)

    run(main())


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (4401, "requires a valid token"),
        (4403, "not allowed to join"),
        (4426, "another version of the protocol"),
        (1001, "restarting or going away"),
        (4999, "the unknown code 4999"),
    ],
)
def test_closed_instead_of_acknowledged(code: int, sentence: str) -> None:
    """CLOSE-2."""

    async def close(ws: ServerConnection) -> None:
        await ws.close(code)

    async def main() -> None:
        async with websocket_server(close) as url:
            assert sentence in await why_not(url)

    run(main())


def test_session_is_full() -> None:
    """LIM-7."""

    async def main() -> None:
        async with live_server(limits=Limits(participants=1)) as server, connect(server.url):
            assert "The session or its server is full" in await why_not(server.url)

    run(main())


def test_second_try_works() -> None:
    async def main() -> None:
        await why_not(f"ws://127.0.0.1:{free_port()}")
        async with live_server() as server, connect(server.url) as bench:
            assert bench.me is not None

    run(main())


# Credentials


TOKEN = "cHl0aG9uLWFuZC1RdDEyMw"


def test_a_token_goes_in_a_header_alone() -> None:
    """LINK-2."""
    asked: list[tuple[str, str | None]] = []

    async def note(ws: ServerConnection) -> None:
        assert ws.request is not None
        asked.append((ws.request.path, ws.request.headers.get("Authorization")))

    async def main() -> None:
        async with websocket_server(note) as url:
            await why_not(f"{url}/ws/lab/#t={TOKEN}")
            await why_not(f"{url}/ws/lab")

    run(main())
    path = f"/ws/lab/{quote(platform.node())}?script"
    assert asked == [(path, f"Bearer {TOKEN}"), (path, None)]


def test_a_redirection_is_not_followed() -> None:
    """LINK-2: the token goes only to the server that the link names."""
    others = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal others
        others += 1

    async def main() -> None:
        async with tcp_server(count) as elsewhere:
            answer = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"
            async with tcp_server(answering(answer.encode())) as url:
                assert "is not a collaboration server (it answered HTTP 302)" in await why_not(
                    f"{url}#t={TOKEN}"
                )

    run(main())
    assert others == 0


# Detection of TLS


@pytest.mark.parametrize("tls", [True, False])
def test_server_is_asked_for_tls(tls: bool) -> None:
    """CONN-5: whoever signed its certificate."""
    with scripted_server(stay_silent, tls=tls) as server:
        assert run(speaks_tls(f"ws://{server.place}/ws/default/ann")) is tls


def test_server_that_is_gone_does_not_speak_tls() -> None:
    assert not run(speaks_tls(f"ws://127.0.0.1:{free_port()}/ws/default/ann"))


def test_server_that_says_something_else_does_not_speak_tls() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")

    async def main() -> None:
        async with tcp_server(greet) as url:
            assert not await speaks_tls(url)

    run(main())
