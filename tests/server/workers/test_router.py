"""Connections get to the worker that has their session, or to none in time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

import pytest

from optiverse_collab_server.doors import Bounds, Doors
from optiverse_collab_server.storage.shards import number_of
from optiverse_collab_server.workers import router as module
from optiverse_collab_server.workers.router import Router
from optiverse_collab_server.workers.worker import Worker
from tests.helpers.aio import run, until
from tests.helpers.http_get import get

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only Unix hands connections over")


class FakeWorker:
    """A worker that greets, or never serves."""

    def __init__(self, number: int, is_ready: bool = True) -> None:
        self.number, self.is_ready = number, is_ready

    async def hand_over(self, peer: socket.socket) -> None:
        if not self.is_ready:
            await asyncio.Event().wait()
        loop = asyncio.get_running_loop()
        await loop.sock_recv(peer, 10_000)
        await loop.sock_sendall(peer, f"HTTP/1.1 200 OK\r\n\r\nworker {self.number}".encode())


@asynccontextmanager
async def routed(workers: Sequence[FakeWorker]) -> AsyncIterator[int]:
    """A router; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        async with Router([listener], cast("list[Worker]", workers)).running():
            yield listener.getsockname()[1]


def test_each_session_has_its_worker() -> None:
    async def main() -> None:
        async with routed([FakeWorker(number) for number in range(3)]) as port:
            for session in ("a", "b", "c", "d"):
                answer = await get(port, f"/ws/{session}/ann")
                assert answer.body == f"worker {number_of(session, 3)}"
            assert (await get(port, "/metrics?worker=3")).body == "worker 2"

    run(main())


def test_questions_to_all_are_answered_for_all() -> None:
    async def main() -> None:
        workers = [FakeWorker(1), FakeWorker(2)]
        async with routed(workers) as port:
            assert (await get(port, "/healthz")).body == "The server is running.\n"
            assert (await get(port, "/readyz")).status == 200
            workers[1].is_ready = False
            assert (await get(port, "/readyz")).status == 503
            answer = await get(port, "/metrics")
            assert (answer.status, "/metrics?worker=2" in answer.body) == (400, True)

    run(main())


def test_nobody_waits_for_a_worker_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-15: neither for their own request."""
    monkeypatch.setattr(module, "ROUTE_SECONDS", 0.05)

    async def main() -> None:
        async with routed([FakeWorker(1, is_ready=False)]) as port:
            for sent in (b"GET /ws/a/b HTTP/1.1\r\n\r\n", b"GET"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(sent)
                with contextlib.suppress(ConnectionResetError):  # its request was not read
                    assert await reader.read() == b""
                writer.close()

    run(main())


def test_of_many_that_wait_the_slowest_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-15."""
    monkeypatch.setattr(module, "Doors", lambda: Doors(Bounds(unfinished=1)))

    async def main() -> None:
        async with routed([FakeWorker(1)]) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert (await get(port, "/ws/a/b")).body == "worker 1"
            assert await reader.read() == b""
            writer.close()

    run(main())


def test_a_system_without_files_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "REST_SECONDS", 0.01)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        true, failures = loop.sock_accept, iter([OSError(24, "Too many open files")])

        async def accept(listener: socket.socket) -> tuple[socket.socket, object]:
            for failure in failures:
                raise failure
            return await true(listener)

        monkeypatch.setattr(loop, "sock_accept", accept)
        async with routed([FakeWorker(1)]) as port:
            assert (await get(port, "/ws/a/b")).body == "worker 1"

    run(main())
    assert "A connection can't be accepted: Too many open files" in caplog.messages


def test_who_waits_when_the_server_stops_is_cut() -> None:
    async def main() -> None:
        async with routed([FakeWorker(1, is_ready=False)]) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await until(lambda: writer.transport.get_write_buffer_size() == 0)
            await asyncio.sleep(0.01)
        assert await reader.read() == b""
        writer.close()

    run(main())
