"""Keeps a session connected: opens the WebSocket, carries what the core asks for, connects again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import NoReturn, cast
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from optiverse_collab.core.client.backoff import Backoff
from optiverse_collab.core.client.effects import Dead, EpochChanged, SessionEffect, Synced, Transmit
from optiverse_collab.core.client.session import Session
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.drivers.aio.connection import OPEN_SECONDS, open_session
from optiverse_collab.drivers.aio.failures import Failure, Over, explain_close, wrong_server
from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.wording import connection as wording
from optiverse_collab.wording import log_lines

log = logging.getLogger("optiverse_collab")


class Link:
    """Carries a `Session` over one connection after the other.

    Args:
        session: the endpoint.
        session_id: the session's name, for the log.
        url: of the WebSocket.
        backoff: the waits between attempts.
        tell: called with every effect that is not for the wire.
        patient: whether the first attempt may be repeated too.
        open_seconds: how long a server may take to let us in.

    Attributes:
        error: why there will be no other connection; None as long as there may be one.
        left: whether that is because the user left.
    """

    def __init__(
        self,
        session: Session,
        session_id: str,
        url: str,
        backoff: Backoff,
        tell: Callable[[SessionEffect], None],
        patient: bool = False,
        open_seconds: float = OPEN_SECONDS,
    ) -> None:
        self.error: ConnectionFailed | None = None
        self.left = False
        self._session = session
        self._session_id = session_id
        self._url = url
        self._place = urlsplit(url).netloc
        self._backoff = backoff
        self._tell = tell
        self._patient = patient
        self._open_seconds = open_seconds
        self._outgoing: deque[str] = deque()
        self._due = asyncio.Event()
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """The session may have something to send."""
        self._due.set()

    async def until(self, condition: Callable[[], bool], timeout_s: float | None = None) -> bool:
        """Wait until `condition` holds; it is asked whenever something happened.

        Returns:
            False if it didn't for `timeout_s`.

        Raises:
            ConnectionFailed: the connection ended for good before.
        """
        loop = asyncio.get_running_loop()
        deadline = math.inf if timeout_s is None else loop.time() + timeout_s
        timer = None if timeout_s is None else loop.call_at(deadline, self._notify)
        try:
            while not condition():
                self.check()
                if loop.time() >= deadline:
                    return False
                await self._changed.wait()
            return True
        finally:
            if timer is not None:
                timer.cancel()

    def check(self) -> None:
        """Make sure that there is a connection, or may be one again.

        Raises:
            ConnectionFailed: there is none for good.
        """
        if self.error is not None:
            raise ConnectionFailed(str(self.error))

    async def close(self) -> None:
        """Leave the session. What was not sent yet is not sent any more."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if self.error is None:
            self.left = True
            self._say(wording.left(self._session_id))
            self._end("The session was left; connect again to go on.")

    # One connection after the other

    async def _run(self) -> None:
        try:
            while True:
                failure = await self._attempt()
                if not failure.retry or not self._patient:
                    self._end(failure.sentence)
                    return
                delay = self._backoff.next_s()
                self._say(wording.retrying(delay))
                await asyncio.sleep(delay)
        except Exception as error:
            log.exception("The connection to %s failed in a way that it should not", self._place)
            self._end(f"The client ran into an error of its own: {error!r}; please report it.")

    async def _attempt(self) -> Failure:
        """Connect and stay connected; returns why that is over."""
        self._say(wording.connecting(self._url))
        try:
            ws, greeting = await open_session(self._url, self._open_seconds)
        except Over as over:
            return self._failed(over.failure)
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            self._session.opened(start * 1000)
            self._receive(greeting)
            if ws.subprotocol != SUBPROTOCOL or self._session.me is None:
                return self._failed(wrong_server(self._place))
            failure = await self._carry(ws)
            self._say(wording.broken(self._session_id, failure.sentence))
            return failure
        finally:
            self._backoff.held(loop.time() - start)
            self._session.closed()
            self._outgoing.clear()
            self._notify()
            with contextlib.suppress(OSError):
                await ws.close()

    async def _carry(self, ws: ClientConnection) -> Failure:
        """Pass messages in both directions until one of them ends."""
        tasks = [asyncio.create_task(self._read(ws)), asyncio.create_task(self._write(ws))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        ends = [result for result in results if isinstance(result, Exception)]
        for end in ends:
            if isinstance(end, Over):
                return end.failure
            if not isinstance(end, ConnectionClosed):
                raise end
        return explain_close(cast(ConnectionClosed, ends[0]))

    async def _read(self, ws: ClientConnection) -> NoReturn:
        while True:
            self._receive(await ws.recv())

    async def _write(self, ws: ClientConnection) -> NoReturn:
        loop = asyncio.get_running_loop()
        while True:
            self._due.clear()
            self._perform(self._session.poll(loop.time() * 1000))
            while self._outgoing:
                await ws.send(self._outgoing.popleft())
            wait_ms = self._session.wait_ms(loop.time() * 1000)
            # Not asyncio.wait_for: before Python 3.12 it swallows a cancellation that comes together
            # with what it waits for (python/cpython#86296).
            timer = None if wait_ms is None else loop.call_later(wait_ms / 1000, self._due.set)
            try:
                await self._due.wait()
            finally:
                if timer is not None:
                    timer.cancel()

    # Effects

    def _receive(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            message = message.decode("utf-8", "replace")
        self._perform(self._session.receive(message, asyncio.get_running_loop().time() * 1000))
        self._due.set()
        self._notify()

    def _perform(self, effects: Sequence[SessionEffect]) -> None:
        over: Failure | None = None
        for effect in effects:
            for line in log_lines.lines(effect, self._session.replica.view):
                self._say(line)
            if isinstance(effect, Transmit):
                self._outgoing.append(encode(effect.message))
            elif isinstance(effect, Dead):
                over = Failure(effect.message, retry=True)
            elif isinstance(effect, EpochChanged):
                unsent = len(self._session.replica.pending)
                over = Failure(wording.epoch_changed(unsent), retry=False)
            else:
                if isinstance(effect, Synced):
                    self._patient = True
                self._tell(effect)
        if over is not None:
            raise Over(over)

    def _failed(self, failure: Failure) -> Failure:
        """Log an attempt that failed and will be repeated; who gets the error of the last sees it."""
        if failure.retry and self._patient:
            self._say(wording.failed(failure.sentence))
        return failure

    def _end(self, sentence: str) -> None:
        self.error = ConnectionFailed(sentence)
        self._notify()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _say(self, line: log_lines.Line) -> None:
        log.log(line.level, "%s", line.text)
