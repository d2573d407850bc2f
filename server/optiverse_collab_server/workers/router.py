"""Accepts connections, and hands each to the worker that has its session."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus

from optiverse_collab_server.doors import Doors
from optiverse_collab_server.health import LATE, READY, RUNNING, text_answer
from optiverse_collab_server.workers.requests import LINE_BYTES, Gone, target_of, worker_for
from optiverse_collab_server.workers.worker import Worker

ROUTE_SECONDS = 10.0
"""How long a connection may take to get to its worker: the request may be slow, or the worker be starting."""

REST_SECONDS = 1.0
"""How long nothing is accepted when the system has no more open files."""

ASK_EACH = "Each worker has metrics of its own: ask for /metrics?worker=1 to /metrics?worker={}."

log = logging.getLogger("optiverse_collab_server")


class _Visitor:
    """A connection on its way to a worker."""

    def __init__(self, peer: socket.socket) -> None:
        self.peer = peer
        self.task: asyncio.Task[None] | None = None

    def cut(self, why: str) -> None:
        """End it at once."""
        log.warning("Cutting a connection that %s", why)
        if self.task is not None:
            self.task.cancel()


class Router:
    """Accepts connections inside `running`.

    Args:
        listeners: sockets that listen.
        workers: where sessions are, in the order of their shards.
    """

    def __init__(self, listeners: Sequence[socket.socket], workers: Sequence[Worker]) -> None:
        self._listeners, self._workers = listeners, workers
        self._doors = Doors()
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Accept connections inside the block."""
        accepting = [asyncio.create_task(self._accept(listener)) for listener in self._listeners]
        try:
            yield
        finally:
            for task in (*accepting, *self._tasks):
                task.cancel()
            await asyncio.gather(*accepting, *self._tasks, return_exceptions=True)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                peer, address = await loop.sock_accept(listener)
            except OSError as error:  # no more open files, or the peer is gone already
                log.error("A connection can't be accepted: %s", error.strerror)
                await asyncio.sleep(REST_SECONDS)
                continue
            peer.setblocking(False)
            visitor = _Visitor(peer)
            visitor.task = asyncio.create_task(self._route(visitor))
            self._tasks.add(visitor.task)
            visitor.task.add_done_callback(self._tasks.discard)
            self._doors.opened(visitor, address[0])

    async def _route(self, visitor: _Visitor) -> None:
        """Hand a connection over; its worker has a copy of the socket then."""
        with contextlib.closing(visitor.peer):
            try:
                await asyncio.wait_for(self._hand_over(visitor.peer), ROUTE_SECONDS)
            except (Gone, OSError, asyncio.TimeoutError):
                pass
            finally:
                self._doors.closed(visitor)

    async def _hand_over(self, peer: socket.socket) -> None:
        target = await target_of(peer)
        number = worker_for(target, len(self._workers))
        if number is not None:
            await self._workers[number].hand_over(peer)
            return
        loop = asyncio.get_running_loop()
        await loop.sock_recv(peer, LINE_BYTES)  # otherwise the system takes the answer back
        await loop.sock_sendall(peer, self._answer(target))

    def _answer(self, target: str) -> bytes:
        """The answer to a question that concerns all workers."""
        path = target.partition("?")[0]
        if path == "/metrics":
            return text_answer(HTTPStatus.BAD_REQUEST, ASK_EACH.format(len(self._workers))).serialize()
        if path == "/healthz":
            return text_answer(HTTPStatus.OK, RUNNING).serialize()
        if all(worker.is_ready for worker in self._workers):
            return text_answer(HTTPStatus.OK, READY).serialize()
        return text_answer(HTTPStatus.SERVICE_UNAVAILABLE, LATE).serialize()
