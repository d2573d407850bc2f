"""A probe judges a server by its answer, and never waits without end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from optiverse_collab.core.client.failures import FailureKind
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.core.protocol.server_name import ServerName
from optiverse_collab.drivers.aio.failures import ConnectionEnded
from optiverse_collab.drivers.aio.probes import Answer, Prober
from tests.helpers.aio import run
from tests.helpers.listener import listening


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[Prober]:
    """A server that answers every client with this; with None it says nothing and stays connected."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer is None:
            await asyncio.Event().wait()
        else:
            await reader.read(65536)
            writer.write(answer)

    async with listening(serve) as port:
        yield Prober(parse_address(f"ws://127.0.0.1:{port}"), 0.3 if answer is None else 20.0)


async def asked(answer: bytes | None) -> Answer:
    async with answering(answer) as prober:
        return await prober.ask()


@pytest.mark.parametrize(
    ("answer", "status", "server"),
    [
        (b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\nhello", 200, None),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", 404, None),
        (
            b"HTTP/1.1 200 OK\r\nsErVeR:  optiverse-collab-server/1.2 protocol/9  \r\n\r\n",
            200,
            ServerName("1.2", 9),
        ),
    ],
)
def test_an_answer_says_who_it_is(answer: bytes, status: int, server: ServerName | None) -> None:
    """MSG-9."""
    got = run(asked(answer))
    assert (got.status, got.server) == (status, server)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"220 mail.example ESMTP\r\n\r\n", FailureKind.NO_WEBSOCKET),
        (b"HTTP/1.1 \xb2\xb2\xb2\r\n\r\n", FailureKind.NO_WEBSOCKET),
        (b"x" * 200_000, FailureKind.NO_WEBSOCKET),
        (b"", FailureKind.BROKEN_OFF),
        (None, FailureKind.LATE),
    ],
)
def test_what_is_no_answer_has_its_kind(answer: bytes | None, kind: FailureKind) -> None:
    with pytest.raises(ConnectionEnded) as ended:
        run(asked(answer))
    assert ended.value.failure.kind is kind
