"""Runs a session on asyncio: opens WebSockets and starts timers as the session's connector asks."""

from __future__ import annotations

import asyncio
import logging
import math
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NoReturn

from websockets.exceptions import ConnectionClosed

from optiverse_collab.core.client.connection_effects import (
    CloseConnection,
    ConnectionEffect,
    ConnectionLost,
    ConnectorEffect,
    DropConnection,
    Ended,
    OpenConnection,
    ProbeTls,
    RetryAfter,
)
from optiverse_collab.core.client.connector import OPEN_S, Connector, Effect
from optiverse_collab.core.client.effects import Acknowledged, SessionEffect, Transmit
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.ways import Ways
from optiverse_collab.drivers.aio.connection import (
    Connection,
    first_message,
    first_of,
    open_websocket,
    speaks_tls,
)
from optiverse_collab.drivers.aio.failures import ConnectionEnded, failure_of_close
from optiverse_collab.drivers.aio.wake_up import WakeUp
from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.wording import connection as wording
from optiverse_collab.wording import log_lines
from optiverse_collab.wording.attempts import AttemptLog
from optiverse_collab.wording.traffic import Traffic

log = logging.getLogger("optiverse_collab")


class AioDriver:
    """Runs a `SessionClient` over one connection after the other, until it ends or the user leaves.

    Args:
        session: the core's client.
        session_id: the session's name, for the log.
        ways: the WebSocket of the server, and that of its standby if it has one.
        report: gets every effect that is not about the connection.
        chance: returns random numbers from 0 to 1 for the waits between attempts.
        patient: whether the first attempt is repeated, too.
        timeout_s: how long a server may take to admit us.

    Attributes:
        error: why there will be no other connection; None while there may be one.
        left: whether that is because the user left.
    """

    def __init__(
        self,
        session: SessionClient,
        session_id: str,
        ways: Ways,
        report: Callable[[SessionEffect], None],
        chance: Callable[[], float],
        patient: bool = False,
        timeout_s: float = OPEN_S,
    ) -> None:
        self._ways, self._way = ways, ways[0]
        self.error: ConnectionFailed | None = None
        self.left = False
        self._session = session
        self._report = report
        self._connector = Connector(session, chance, ways, patient, timeout_s)
        self._outgoing: deque[str] = deque()
        self._has_outgoing = asyncio.Event()
        self._due = asyncio.Event()
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._polite = False
        self._traffic = Traffic()
        self._attempts = AttemptLog(session_id, ways)
        self._wake_up = WakeUp(self._on_woke)
        self._wake_up.start()
        self._perform(self._connector.join())

    def wake(self) -> None:
        """The session may have something to send."""
        self._due.set()

    async def until(self, condition: Callable[[], bool], timeout_s: float | None = None) -> bool:
        """Wait until `condition` holds; it is checked after every event.

        Returns:
            False if it didn't within `timeout_s`.

        Raises:
            ConnectionFailed: the connection ended permanently before that.
        """
        deadline = math.inf if timeout_s is None else self._loop.time() + timeout_s
        timer = None if timeout_s is None else self._loop.call_at(deadline, self._notify)
        try:
            while not condition():
                self.check()
                if self._loop.time() >= deadline:
                    return False
                await self._changed.wait()
            return True
        finally:
            if timer is not None:
                timer.cancel()

    def check(self) -> None:
        """Check that there is a connection, or may be one again.

        Raises:
            ConnectionFailed: the connection has ended permanently.
        """
        if self.error is not None:
            raise ConnectionFailed(str(self.error))

    async def close(self) -> None:
        """Leave the session. Unsent messages are dropped."""
        self._perform(self._connector.leave())
        if self._tasks:
            await asyncio.wait(self._tasks)

    # One connection

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run a task, and report how it ended."""
        try:
            await work()
        except ConnectionEnded as ended:
            failure = ended.failure
        except ConnectionClosed as closed:
            failure = failure_of_close(closed)
        except Exception as error:
            log.exception("The connection to %s failed unexpectedly", self._way.url)
            failure = Failure(FailureKind.CLIENT_ERROR, detail=repr(error))
        else:
            return
        self._perform(self._connector.failed(failure))

    async def _carry(self) -> None:
        """Open a WebSocket, and pass messages in both directions until one of them ends."""
        token = self._session.credentials.token or None
        ws = await open_websocket(self._way.url, token, self._way.pin)
        ws.stirred = self._session.line.stirred
        try:
            await first_of(self._read(ws), self._write(ws), self._poll(ws))
        finally:
            if self._polite:
                await ws.close()
            else:
                ws.transport.abort()

    async def _ask_for_tls(self) -> None:
        answer = await speaks_tls(self._way.url)
        self._perform(self._connector.probed(answer))

    async def _read(self, ws: Connection) -> NoReturn:
        self._receive(await first_message(ws))
        while True:
            self._receive(await ws.recv())

    async def _write(self, ws: Connection) -> NoReturn:
        while True:
            await self._has_outgoing.wait()
            self._has_outgoing.clear()
            while self._outgoing:
                await ws.send(self._outgoing.popleft())

    async def _poll(self, ws: Connection) -> NoReturn:
        while True:
            self._due.clear()
            self._session.line.written(ws.backlog + sum(map(len, self._outgoing)))
            self._perform(self._connector.poll(self._now_ms()))
            wait_ms = self._connector.wait_ms(self._now_ms())
            # Not asyncio.wait_for: before Python 3.12 it swallows a cancellation that arrives together
            # with the result (python/cpython#86296).
            timer = None if wait_ms is None else self._loop.call_later(wait_ms / 1000, self._due.set)
            try:
                await self._due.wait()
            finally:
                if timer is not None:
                    timer.cancel()

    def _receive(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            message = message.decode("utf-8", "replace")
        self._perform(self._connector.receive(message, self._now_ms()))
        self._due.set()
        self._notify()

    # Effects

    def _perform(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, ConnectionEffect):
                self._act(effect)
                continue
            self._log(self._traffic.lines(effect, self._now_ms()))
            self._log(log_lines.lines(effect, self._session.replica.view))
            if isinstance(effect, Transmit):
                self._outgoing.append(effect.text)
                self._has_outgoing.set()
                continue
            if isinstance(effect, Acknowledged):
                self._attempts.connected()
            self._report(effect)

    def _act(self, effect: ConnectorEffect) -> None:
        """Carry out effects on the connection; its final end is reported to the caller, not to the log."""
        self._log(self._traffic.take(self._now_ms()))
        if not isinstance(effect, Ended) or effect.failure is None:
            self._log(self._attempts.lines(effect))
        if isinstance(effect, OpenConnection):
            self._way = self._ways[effect.place]
            self._start(self._carry, effect.timeout_s)
        elif isinstance(effect, ProbeTls):
            self._start(self._ask_for_tls, effect.timeout_s)
        elif isinstance(effect, RetryAfter):
            self._start_timer(effect.seconds)
        elif isinstance(effect, (DropConnection, CloseConnection)):
            self._let_go(polite=isinstance(effect, CloseConnection))
        elif isinstance(effect, ConnectionLost):
            self._log([wording.noticed(effect.failure, traceback.format_stack(limit=12))])
            self._notify()
        elif isinstance(effect, Ended):
            self._log(log_lines.unsent(self._session.replica, is_on_disk=False))
            self._wake_up.stop()
            self.left = effect.failure is None
            self.error = ConnectionFailed(wording.ending(effect, self._way.url))
            self._notify()

    def _let_go(self, polite: bool) -> None:
        """Drop the connection, the attempt or the question about TLS, and the timer."""
        self._polite = polite
        self._stop_timer()
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._outgoing.clear()

    def _start(self, work: Callable[[], Awaitable[None]], timeout_s: float) -> None:
        self._start_timer(timeout_s)
        self._task = asyncio.create_task(self._guard(work))
        self._tasks.add(self._task)
        self._task.add_done_callback(self._tasks.discard)

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self._loop.call_later(seconds, self._on_timer)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _on_woke(self) -> None:
        self._perform(self._connector.woke(self._now_ms()))
        self._due.set()

    def _on_timer(self) -> None:
        self._perform(self._connector.timer_due())

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _now_ms(self) -> float:
        return self._loop.time() * 1000

    def _log(self, lines: Iterable[log_lines.Line]) -> None:
        for line in lines:
            log.log(line.level, "%s", line.text)
