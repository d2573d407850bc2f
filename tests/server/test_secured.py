"""Connections over TLS are counted from the start, and bounded like others."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ssl
import weakref
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab_server import app, secured, serving
from optiverse_collab_server.doors import Bounds, Doors
from tests.helpers.aio import run, until
from tests.helpers.live_server import LiveServer, live_server, soon
from tests.helpers.server_process import ServerProcess
from tests.helpers.tls import credulous

PUT = {"op": "put", "id": "a", "kind": "k", "props": {"x": "y" * 300_000}}


@contextlib.asynccontextmanager
async def raw(server: LiveServer) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A TCP connection that sends nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.close()


def counted(monkeypatch: pytest.MonkeyPatch, **bounds: int) -> list[Doors]:
    """The doors of the servers that the test makes."""
    made: list[Doors] = []

    def make(default: Bounds) -> Doors:
        made.append(Doors(Bounds(**bounds)))
        return made[-1]

    monkeypatch.setattr(serving, "Doors", make)
    return made


def test_messages_of_all_lengths_go_both_ways() -> None:
    async def main() -> None:
        async with live_server(tls=True) as server, server.client("ann") as ann, server.client("bob") as bob:
            await ann.sync("1")
            await bob.sync("2")
            assert (await ann.push(1, PUT))["result"] == "commit"
            patch = await bob.receive("patch")
            assert patch["changes"][0]["ops"] == [PUT]

    run(main())


def test_the_command_speaks_tls(tmp_path: Path) -> None:
    """On uvloop, if it is installed: it reads from a connection as soon as there is one."""

    async def main(server: ServerProcess) -> None:
        live = LiveServer(server.port, tls=True)
        async with contextlib.AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(live.client(f"{n}")) for n in range(10)]
            for client in clients:
                await soon(client)

    with ServerProcess(tmp_path, "--tls") as server:
        run(main(server))


def test_who_says_nothing_is_cut_before_others_are_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-15: even before TLS is set up."""
    counted(monkeypatch, unfinished=3)

    async def main() -> None:
        async with live_server(tls=True) as server, contextlib.AsyncExitStack() as stack:
            silent = [await stack.enter_async_context(raw(server)) for _ in range(10)]
            async with server.client("ann") as ann:
                await soon(ann)
            cut = silent[:7]
            for reader, _ in cut:
                with contextlib.suppress(ConnectionError):
                    assert await reader.read() == b""

    run(main())


def test_agreeing_on_keys_takes_no_longer_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    doors = counted(monkeypatch)
    monkeypatch.setattr(secured, "TLS_SECONDS", 0.2)

    async def main() -> None:
        async with live_server(tls=True) as server, raw(server) as (reader, _):
            await until(lambda: doors[0].count == 1)
            assert await reader.read() == b""
            await until(lambda: doors[0].count == 0)

    run(main())


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01", b""])
def test_what_is_no_tls_is_forgotten(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    doors = counted(monkeypatch)

    async def main() -> None:
        async with live_server(tls=True) as server:
            async with raw(server) as (_, writer):
                await until(lambda: doors[0].count == 1)
                writer.write(said)
            await until(lambda: doors[0].count == 0)
            async with server.client("ann") as ann:
                await soon(ann)
                assert doors[0].count == 1

    run(main())


def test_who_leaves_as_soon_as_keys_are_agreed_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    doors = counted(monkeypatch)

    async def main() -> None:
        async with live_server(tls=True) as server:
            for _ in range(20):
                _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=credulous())
                writer.transport.abort()
            await until(lambda: doors[0].count == 0)

    run(main())


def test_nothing_is_left_of_who_never_spoke_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-15: after a cut or a departure, once the garbage is collected."""
    made: weakref.WeakSet[object] = weakref.WeakSet()

    class Noted(secured.SecuredConnection):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            made.add(self)

    counted(monkeypatch, unfinished=3)
    monkeypatch.setattr(app, "SecuredConnection", Noted)
    monkeypatch.setattr(secured, "TLS_SECONDS", 0.5)

    async def main() -> None:
        async with live_server(tls=True) as server:
            async with contextlib.AsyncExitStack() as stack:
                for _ in range(10):
                    _, writer = await stack.enter_async_context(raw(server))
                    writer.write(b"\x16\x03\x01")
                await until(lambda: len(made) > 0)
            await until(lambda: gc.collect() >= 0 and len(made) == 0)

    run(main())


def test_the_first_words_may_come_with_the_end_of_the_handshake() -> None:
    """A client that doesn't wait sends both in one piece of data."""

    async def main() -> None:
        async with live_server(tls=True) as server, raw(server) as (reader, writer):
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = credulous().wrap_bio(incoming, outgoing)
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    writer.write(outgoing.read())
                    incoming.write(await reader.read(2**16))
            tls.write(b"GET / HTTP/1.1\r\nHost: lab\r\n\r\n")
            writer.write(outgoing.read())
            answer = b""
            while b"\r\n\r\n" not in answer:
                try:
                    answer += tls.read()
                except ssl.SSLWantReadError:
                    incoming.write(await reader.read(2**16))
            assert answer.startswith(b"HTTP/1.1 4")

    run(main())


def test_the_server_ends_while_somebody_agrees_on_keys() -> None:
    """CLOSE-3"""

    async def main() -> None:
        async with contextlib.AsyncExitStack() as stack:
            async with live_server(tls=True) as server:
                reader, _ = await stack.enter_async_context(raw(server))
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""

    run(main())
