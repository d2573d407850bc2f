"""A minimal participant: it notes when bytes arrive, and reads them afterwards.

So one process can be fifty or two hundred people and still have time to spare.
"""

from __future__ import annotations

import asyncio
import ssl
from time import perf_counter

from benchmarks.dialects import Question
from benchmarks.targets import Target
from benchmarks.wire import FrameReader, text_frame
from optiverse_collab.core.client.receipts import HAVE_BYTES, HAVE_EVERY_MS

_CLOCK = b'{"clock":'

_CREDULOUS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # it accepts any key
_CREDULOUS.check_hostname, _CREDULOUS.verify_mode = False, ssl.CERT_NONE

PATIENCE_SECONDS = 30.0
"""How long an answer may take before a run counts as failed."""


class Participant(asyncio.Protocol):
    """One raw connection.

    Attributes:
        number: unique in a run.
        client_clock: of its last change.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.client_clock = 0
        self._reader = FrameReader()
        self._confirms = False
        self._unconfirmed, self._confirm_at = 0, 0.0
        self._newest = b""
        self._confirmation: asyncio.TimerHandle | None = None
        self._arrivals: list[tuple[float, bytes]] = []
        self._came = asyncio.Event()
        self._is_lost = False

    async def connect(self, target: Target) -> None:
        """Open the WebSocket, and ask for the document if the target has one.

        Raises:
            RuntimeError: the target closed the connection instead.
        """
        loop = asyncio.get_running_loop()
        tls = _CREDULOUS if target.tls else None
        self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", target.port, ssl=tls)
        self._dialect = target.dialect
        self.send(self._dialect.request(self.number))
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += b"".join(data for _, data in await self._more())
        self._arrivals.insert(0, (perf_counter(), answer.partition(b"\r\n\r\n")[2]))
        self._came.set()
        for question in self._dialect.opening(self.number):
            await self._ask(question)
        self._confirms = self._dialect.confirms

    async def put(self, components: int, sources: int = 0) -> None:
        """Put a bench into the session."""
        for clock, question in self._dialect.bench(components, sources):
            await self._ask(question)
            self.client_clock = clock

    def send(self, frame: bytes) -> None:
        """Send a frame."""
        self._transport.write(frame)

    def data_received(self, data: bytes) -> None:
        """Note when bytes arrive, and confirm them (SYNC-11)."""
        now = perf_counter()
        self._arrivals.append((now, data))
        self._came.set()
        self._unconfirmed += len(data)
        if not self._confirms or data.rfind(_CLOCK) < 0:
            return
        self._newest = data
        if self._unconfirmed >= HAVE_BYTES or now >= self._confirm_at:
            self._confirm()
        elif self._confirmation is None:
            wait_s = self._confirm_at - now
            self._confirmation = asyncio.get_running_loop().call_later(wait_s, self._confirm)

    def connection_lost(self, error: Exception | None) -> None:
        """Note that nothing else will come."""
        self._is_lost = True
        self._drop_confirmation()
        self._came.set()

    def read(self) -> list[tuple[float, int]]:
        """The edits since the last call: the time and the number of each."""
        return [
            (at, number)
            for at, data in self._take()
            for message in self._reader.read(data)
            for number in self._dialect.numbers(message)
        ]

    def forget(self) -> None:
        """Forget the messages so far."""
        self._take()

    def texts(self) -> list[tuple[float, bytes]]:
        """The messages since the last call, each with its time."""
        return [(at, message) for at, data in self._take() for message in self._reader.read(data)]

    def close(self) -> None:
        """Cut the connection."""
        self._transport.abort()

    def _confirm(self) -> None:
        self._drop_confirmation()
        clock, is_whole, _ = self._newest[self._newest.rfind(_CLOCK) + len(_CLOCK) :].partition(b",")
        if is_whole:
            self.send(text_frame(b'{"type":"have","clock":%s}' % clock))
            self._unconfirmed, self._confirm_at = 0, perf_counter() + HAVE_EVERY_MS / 1000

    def _drop_confirmation(self) -> None:
        if self._confirmation is not None:
            self._confirmation.cancel()
            self._confirmation = None

    async def _ask(self, question: Question) -> None:
        """Send a question, and skip messages up to its answer."""
        self.send(question.frame)
        heard = False
        while not heard:
            for _, data in await self._more():
                for message in self._reader.read(data):
                    heard = heard or question.answer in message

    async def _more(self) -> list[tuple[float, bytes]]:
        await asyncio.wait_for(self._came.wait(), PATIENCE_SECONDS)
        arrivals = self._take()
        if self._is_lost and not arrivals:
            raise RuntimeError(
                f"Participant {self.number} was turned away: {self._reader.closed or 'no reason'}"
            )
        if not self._is_lost:
            self._came.clear()
        return arrivals

    def _take(self) -> list[tuple[float, bytes]]:
        arrivals, self._arrivals = self._arrivals, []
        return arrivals
