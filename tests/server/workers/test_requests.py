"""The request on a new connection is looked at, and stays there."""

from __future__ import annotations

import asyncio
import socket
import sys

import pytest

from optiverse_collab_server.storage.shards import number_of
from optiverse_collab_server.workers.requests import LINE_BYTES, Gone, target_of, worker_for
from tests.helpers.aio import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only Unix hands connections over")


async def connected() -> tuple[socket.socket, socket.socket]:
    """Both ends of a TCP connection; the second one doesn't block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = socket.create_connection(listener.getsockname())
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        own, _ = listener.accept()
        own.setblocking(False)
        return peer, own


@pytest.mark.parametrize(
    ("sent", "target"),
    [
        (b"GET /ws/lab/ann HTTP/1.1\r\nHost: x\r\n\r\n", "/ws/lab/ann"),
        (b"\r\n", ""),
        (b"x" * (LINE_BYTES + 10), ""),
        (b"\x16\x03\x01\n", ""),
    ],
)
def test_target_is_found_and_nothing_is_taken(sent: bytes, target: str) -> None:
    async def main() -> None:
        peer, own = await connected()
        with peer, own:
            peer.sendall(sent)
            assert await target_of(own) == target
            assert own.recv(LINE_BYTES) == sent[:LINE_BYTES]

    run(main())


def test_a_slow_line_is_waited_for_without_work() -> None:
    """Whatever has come stays there, so it must not wake the server again and again."""

    async def main() -> None:
        peer, own = await connected()
        with peer, own:
            found = asyncio.create_task(target_of(own))
            for part in (b"GE", b"T /ws/l", b"ab/ann HTTP/1.1"):
                await asyncio.sleep(0.01)
                peer.sendall(part)
                assert not found.done()
            peer.sendall(b"\r\n")
            assert await found == "/ws/lab/ann"
            assert own.recv(2) == b"GE"

    run(main())


@pytest.mark.parametrize("sent", [b"", b"GET /ws"])
def test_peer_that_goes_is_noticed(sent: bytes) -> None:
    async def main() -> None:
        peer, own = await connected()
        with own:
            with peer:
                peer.sendall(sent)
                found = asyncio.create_task(target_of(own))
                await asyncio.sleep(0.01)
                assert not found.done()
            with pytest.raises(Gone):
                await found

    run(main())


def test_peer_that_resets_is_gone() -> None:
    async def main() -> None:
        peer, own = await connected()
        with own:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            peer.close()
            with pytest.raises(Gone):
                await target_of(own)

    run(main())


def test_sessions_go_to_their_worker_and_questions_to_all_or_one() -> None:
    assert worker_for("/ws/lab/ann?x", 8) == number_of("lab", 8)
    assert worker_for("/ws/a%20b/ann", 8) == number_of("a b", 8)
    assert (
        worker_for("/metrics", 8) is worker_for("/readyz?worker=0", 8) is worker_for("/healthz?worker=9", 8)
    )
    assert worker_for("/metrics", 8) is None
    assert [worker_for(f"/metrics?worker={number}", 8) for number in (1, 8)] == [0, 7]
    assert worker_for("/anything", 8) == worker_for("", 8) == worker_for("//[", 8) == 0
