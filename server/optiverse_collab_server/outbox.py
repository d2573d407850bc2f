"""The outgoing messages of one connection: bounded, and at the receiver's pace (LIM-9)."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.protocol import State

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.pages import PageSize
from optiverse_collab_server.held import Held

MAX_QUEUED_BYTES = 8 * 1024 * 1024
"""How much may wait for a slow receiver before it is closed."""

PRESENCE_QUEUED_BYTES = 1024 * 1024
"""Above this, a slow receiver gets no presence."""

SOCKET_BUFFER_BYTES = 256 * 1024
"""As long as the transport holds less than this, a message goes straight to it."""

FRAME_BYTES = 16 * 1024
"""A long message is sent in several frames: on a slow line each of them is a sign of life (HB-3)."""

STALLED_SECONDS = 60.0
"""How long a receiver may take nothing while pages wait, before it is closed."""

log = logging.getLogger("optiverse_collab_server")


class Frame:
    """A message on its way to any number of receivers, encoded once for all.

    Attributes:
        payload: the message, JSON in UTF-8.
    """

    __slots__ = ("_wire", "payload")

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self._wire = b""

    @property
    def wire(self) -> bytes:
        """The message as WebSocket frames; a server doesn't mask them, so they are the same for everybody."""
        if not self._wire:
            if len(self.payload) <= FRAME_BYTES:
                self._wire = WireFrame(Opcode.TEXT, self.payload).serialize(mask=False)
            else:
                self._wire = b"".join(self._parts())
        return self._wire

    def _parts(self) -> Iterator[bytes]:
        starts = range(0, len(self.payload), FRAME_BYTES)
        for start in starts:
            opcode = Opcode.CONT if start else Opcode.TEXT
            part = self.payload[start : start + FRAME_BYTES]
            yield WireFrame(opcode, part, fin=start == starts[-1]).serialize(mask=False)


class Outbox:
    """The queue and the writer of one connection.

    While the receiver keeps up, a frame is written to the transport as it comes, without a task and
    without encoding it again: that is most of the cost of a broadcast. Otherwise frames wait here.

    Args:
        ws: the connection, without compression.
        held: counts what all connections hold.
        give_up: called with the reason when too much waits, or writing failed.
        caught_up: called when the queue is empty again after presence was left out.
    """

    def __init__(
        self,
        ws: ServerConnection,
        held: Held,
        give_up: Callable[[CloseReason], None],
        caught_up: Callable[[], None],
    ) -> None:
        self._ws = ws
        self._held = held
        self._give_up = give_up
        self._caught_up = caught_up
        self._queue: deque[Frame | tuple[Iterator[Message], PageSize | None]] = deque()
        self._loop = asyncio.get_running_loop()
        self._queued_bytes = self._answers = 0
        self._answered = asyncio.Event()
        self._missed_presence = False
        self._closed = False
        self._writer: asyncio.Task[None] | None = None

    @property
    def bytes(self) -> int:
        """How much waits here and in the transport."""
        return self._queued_bytes + self._ws.transport.get_write_buffer_size()

    def send(self, frame: Frame) -> None:
        """Send a message, after all earlier ones."""
        self._held.add(len(frame.payload))
        if self._closed:
            return
        if self._writer is None and self._ws.transport.get_write_buffer_size() < SOCKET_BUFFER_BYTES:
            if self._ws.state is State.OPEN:
                self._ws.transport.write(frame.wire)
            return
        self._queue.append(frame)
        self._queued_bytes += len(frame.payload)
        if self._queued_bytes > MAX_QUEUED_BYTES:
            self._give_up(CloseReason.TOO_SLOW)
            return
        self._start_writer()

    def send_presence(self, frame: Frame) -> None:
        """Send presence, unless the receiver is behind; then it gets all of it later (PRES-3)."""
        if self._queued_bytes > PRESENCE_QUEUED_BYTES:
            self._missed_presence = True
        else:
            self.send(frame)

    def send_pages(self, pages: Iterator[Message], size: PageSize | None = None) -> None:
        """Send pages after all before them, each encoded when there is room for it.

        Args:
            size: learns how long each took, if it is given.
        """
        if not self._closed:
            self._answers += 1
            self._queue.append((pages, size))
            self._start_writer()

    async def pages_sent(self) -> None:
        """Wait until no pages wait, or the connection is over."""
        while self._answers and not self._closed:
            self._answered.clear()
            await self._answered.wait()

    async def drain(self) -> None:
        """Wait until nothing waits."""
        if self._writer is not None:
            await asyncio.wait([self._writer])

    def close(self) -> None:
        """Send nothing more, and release the waiting messages and the callbacks."""
        self._closed = True
        self._answered.set()
        self._queue.clear()
        self._give_up = self._caught_up = _pass_over
        if self._writer is not None:
            self._writer.cancel()

    def _start_writer(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._queue:
                item = self._queue.popleft()
                if isinstance(item, Frame):
                    await self._write_out(item)
                    self._queued_bytes -= len(item.payload)
                else:
                    await self._write_pages(*item)
                    self._answers -= 1
                    self._answered.set()
        except (ConnectionClosed, OSError) as error:
            error.__traceback__ = None  # its traceback refers to this object
            self._closed = True
            self._answered.set()
        except Exception:
            log.exception("Writing to a connection failed")
            self._give_up(CloseReason.INTERNAL_ERROR)
        finally:
            self._writer = None
        if self._missed_presence and not self._closed:
            self._missed_presence = False
            self._caught_up()

    async def _write_pages(self, pages: Iterator[Message], size: PageSize | None) -> None:
        for page in pages:
            began = self._loop.time()
            frame = Frame(encode(page).encode())
            self._held.add(len(frame.payload))
            await self._write_out(frame)
            if size is not None:
                size.took((self._loop.time() - began) * 1000)
            await asyncio.sleep(0)  # others run between two pages

    async def _write_out(self, frame: Frame) -> None:
        """Write a message, and wait until the transport has room for the next.

        Raises:
            ConnectionClosed: the connection is over, or the other side is closing it.
            OSError: it broke meanwhile.
        """
        if self._ws.state is not State.OPEN:
            raise ConnectionClosed(None, None)
        self._ws.transport.write(frame.wire)
        self._watch()
        try:
            await self._ws.drain()
        finally:
            self._stalled.cancel()

    def _watch(self) -> None:
        self._stalled = self._loop.call_later(STALLED_SECONDS, self._on_stalled)

    def _on_stalled(self) -> None:
        """The receiver takes nothing; that is allowed unless pages wait for it (LIM-14)."""
        if self._answers:
            self._give_up(CloseReason.TOO_SLOW)
        else:
            self._watch()


def _pass_over(*_: object) -> None:
    """Does nothing, after the end of the connection."""
