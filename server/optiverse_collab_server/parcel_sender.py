"""Sends the changes of a session, now and then, to the clients that carry them (BACK-5)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping

from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab.core.server.parcels import PARCEL_BYTES
from optiverse_collab.core.server.room import Room
from optiverse_collab_server.connection import Connection
from optiverse_collab_server.outbox import Frame

QUIET_SECONDS, PARCEL_SECONDS = 2.0, 10.0
"""A parcel leaves when nothing was added for 2 s, or up to 4 s, and at the latest after 10 s."""

BEHIND_BYTES = 256 * 1024
"""A receiver for whom more is queued gets no parcel."""

log = logging.getLogger("optiverse_collab_server")


class ParcelSender:
    """Packs the parcels of a session once for everybody, in another thread.

    Args:
        room: the session's core.
        connections: of the session, by id.
    """

    def __init__(self, room: Room, connections: Mapping[str, Connection]) -> None:
        self._room, self._connections = room, connections
        self._begun, self._full = asyncio.Event(), asyncio.Event()
        self._is_closing = False
        self._task = asyncio.create_task(self._run())

    def look(self) -> None:
        """More may have been gathered."""
        if self._room.parcels.size:
            self._begun.set()
        if self._room.parcels.size >= PARCEL_BYTES:
            self._full.set()

    async def close(self) -> None:
        """Send what is left, and stop."""
        self._is_closing = True  # not cancelled: a parcel that is being packed would get lost
        self._begun.set()
        self._full.set()
        await asyncio.wait([self._task])
        await self._send()

    async def _run(self) -> None:
        while not self._is_closing:
            await self._begun.wait()
            await self._until_due()
            self._begun.clear()
            self._full.clear()
            await self._send()

    async def _until_due(self) -> None:
        """Wait until the parcel is full or old enough, or it grows no more."""
        loop = asyncio.get_running_loop()
        last, size = loop.time() + PARCEL_SECONDS, 0
        while not self._full.is_set() and size != self._room.parcels.size and loop.time() < last:
            size = self._room.parcels.size
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._full.wait(), QUIET_SECONDS)

    async def _send(self) -> None:
        """Send everything that storage has."""
        while (make := self._room.parcels.take(self._room.stored)) is not None:
            frame = Frame(await asyncio.to_thread(_encoded, make))
            if len(frame.payload) > self._room.history.limits.message_bytes:
                log.warning(
                    "A change of session %s is too long for its clients to carry", self._room.session_id
                )
                continue
            for id in self._room.parcels.carriers:
                connection = self._connections.get(id)
                if connection is not None and connection.outbox.bytes <= BEHIND_BYTES:
                    connection.outbox.send(frame)


def _encoded(make: Callable[[], Parcel]) -> bytes:
    return encode(make()).encode()
