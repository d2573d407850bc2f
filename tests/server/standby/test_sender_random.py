"""A server and its standby in histories by chance, over a line that breaks: STAND-3, STAND-6."""

from __future__ import annotations

import asyncio
import random

import pytest

from optiverse_collab_server import chunking
from optiverse_collab_server.standby import copies as copies_module
from optiverse_collab_server.standby import places
from optiverse_collab_server.standby import sender as sender_module
from optiverse_collab_server.standby.benches import Benches
from optiverse_collab_server.standby.copies import Copies
from optiverse_collab_server.standby.followers import Followers
from optiverse_collab_server.standby.messages import (
    Changes,
    FromPrimary,
    Piece,
    Start,
    decode_from_primary,
    encode,
)
from optiverse_collab_server.standby.sender import Sender
from optiverse_collab_server.storage import MemoryStore
from tests.helpers.aio import run
from tests.helpers.storage import SIGNED, entries, names, snapshot

SESSIONS = ("lab", "other", "new")


class Pair:
    """Two stores, and the line between them, which somebody cuts now and then.

    Attributes:
        ends: the clock of each session on the first server.
    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.first, self.second = MemoryStore(), MemoryStore()
        self.followers = Followers()
        self.ends: dict[str, int] = {}
        self._line: asyncio.Task[None] | None = None

    async def edit(self) -> None:
        """Store some changes of a session, which may be a new one, and offer them."""
        session = self.chance.choice(SESSIONS)
        if session not in self.ends:
            self.ends[session] = 0
            await self.first.begin_chunk(session, snapshot(0))
        after = self.ends[session]
        new = entries(after + 1, after + self.chance.randrange(1, 6), SIGNED)
        fresh = names(2) if after == 0 else []
        await self.first.append(session, new, fresh)
        self.ends[session] = new[-1].clock
        self.followers.stored(session, new[-1].clock, new, fresh)

    async def connect(self) -> None:
        """Connect the standby, which reads its own disk first."""
        await self.cut()
        self._copies = copies = Copies(self.second, self._durable, Benches(self.second, None))
        claimed = await copies.positions()
        self._sender = Sender(self.first, None, self.followers, claimed, lambda m: self._carry(copies, m))
        self.followers.join(self._sender)
        self._line = asyncio.create_task(self._sender.run())

    async def cut(self) -> None:
        """Cut the line, wherever a message is."""
        if self._line is not None:
            self.followers.leave(self._sender)
            self._line.cancel()
            await asyncio.gather(self._line, return_exceptions=True)
            await self._copies.settled()
            self._line = None

    async def check(self) -> None:
        """What is confirmed is on the standby, and what is there is a start of the first server's."""
        for session, clock in self.followers._confirmed.items():
            stored = await self.second.load(session)
            assert stored is not None
            assert stored.clock >= clock
        for session in await self.second.sessions():
            stored = await self.second.load(session)
            assert stored is not None
            start = stored.snapshot.clock
            assert stored.entries == [one.data for one in entries(start + 1, stored.clock, SIGNED)]
            assert stored.clock <= self.ends[session]

    async def _durable(self, session: str, clock: int) -> None:
        if self.chance.random() < 0.9:  # a confirmation may be lost with the line
            self._sender.confirmed(session, clock)

    async def _carry(self, copies: Copies, message: FromPrimary) -> None:
        for _ in range(self.chance.randrange(3)):
            await asyncio.sleep(0)
        arrived = decode_from_primary(encode(message))
        if isinstance(arrived, Changes):
            await copies.extend(arrived.session, arrived.batch)
        elif isinstance(arrived, Piece):
            copies.take_piece(arrived.data)
        elif isinstance(arrived, Start):
            await copies.begin(arrived.session, arrived.names)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_the_standby_has_a_start(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-3, STAND-6: and in the end everything, each change once."""
    chance = random.Random(seed)
    monkeypatch.setattr(chunking, "CHUNK_ENTRIES", 2**30)  # the entries here make no document
    monkeypatch.setattr(chunking, "CHUNK_BYTES", 2**30)
    monkeypatch.setattr(sender_module, "RECENT_BYTES", chance.choice([0, 500, 10**6]))
    monkeypatch.setattr(places, "BATCH_BYTES", chance.choice([1, 300, 10**6]))
    monkeypatch.setattr(copies_module, "WAITING_BYTES", chance.choice([1, 10**6]))

    async def main() -> None:
        pair = Pair(chance)
        for _ in range(60):
            await chance.choice([pair.edit, pair.edit, pair.edit, pair.cut, pair.connect, pair.check])()
            if chance.random() < 0.5:
                await asyncio.sleep(0)
        await pair.cut()
        await pair.connect()
        for session, clock in pair.ends.items():
            while (stored := await pair.second.load(session)) is None or stored.clock < clock:  # noqa: ASYNC110
                await asyncio.sleep(0)
        await pair.check()
        await pair.cut()

    run(main())
