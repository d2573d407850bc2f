"""A standby stores only what continues its own copies: STAND-3 of docs/protocol.md."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from optiverse_collab.core.server.batches import Batch
from optiverse_collab.errors import BatchRefused, DatabaseDamaged, StorageError
from optiverse_collab_server.quotas import DEFAULTS, Quotas
from optiverse_collab_server.standby import copies as module
from optiverse_collab_server.standby.benches import Benches
from optiverse_collab_server.standby.copies import Copies
from optiverse_collab_server.standby.messages import Where
from optiverse_collab_server.storage import MemoryStore, Stored
from optiverse_collab_server.storage.api import ANY_SIZE
from tests.helpers.aio import run
from tests.helpers.gated_store import GatedStore
from tests.helpers.storage import EPOCH, SIGNED, encoded, entries, head, names, snapshot


def batch(first: int, last: int, text: str = "", count: int = 0) -> Batch:
    """The changes from one clock to another, with this many names of each kind."""
    data = [one.data for one in entries(first, last, text)]
    return Batch(first - 1, head(first - 1, text), data, names(count))


class Standby(Copies):
    """Copies that note what is durable.

    Attributes:
        durable: session and clock, in order.
        left_out: sessions.
    """

    def __init__(self, store: MemoryStore, quotas: Quotas = DEFAULTS) -> None:
        self.durable: list[tuple[str, int]] = []
        self.left_out: list[str] = []
        super().__init__(store, self.note, Benches(store, None), quotas, self.left_out.append)

    async def note(self, session: str, clock: int) -> None:
        self.durable.append((session, clock))

    async def begin_at(self, clock: int, *data: bytes, session: str = "lab") -> None:
        """Begin a copy of the session, from a snapshot in two pieces."""
        text = msgspec.json.encode(snapshot(clock))
        for piece in data or (text[:9], text[9:]):
            self.take_piece(piece)
        await self.begin(session, [])


def test_changes_are_stored_as_they_came() -> None:
    """STAND-3, STAND-6: each is confirmed after it is stored, and so is the start."""

    async def main() -> None:
        store = MemoryStore()
        standby = Standby(store)
        await standby.begin_at(3)
        await standby.extend("lab", batch(4, 5, count=2))
        await standby.extend("lab", batch(6, 9))
        await standby.settled()
        assert standby.durable == [("lab", 3), ("lab", 5), ("lab", 9)]
        stored = await store.load("lab")
        assert stored is not None
        assert stored.entries == [encoded(clock) for clock in range(4, 10)]
        [found] = (await Standby(store).positions()).items()
        assert found == ("lab", Where(EPOCH, 9, head(9), 2, 2))

    run(main())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (batch(5, 6), "The changes after 4 don't continue the copy, which is at 3"),
        (batch(3, 4), "The changes after 2 don't continue the copy, which is at 3"),
        (batch(4, 5, SIGNED), "The changes after 3 don't continue the copy"),
        (Batch(3, head(3), [], []), "The changes after 3 don't continue the copy"),
        (Batch(3, head(3), [encoded(5)], []), "Change 5 is where 4 belongs"),
        (Batch(3, head(3), [b"{"], []), "Change 4 can't be read"),
    ],
)
def test_nothing_else_is_stored(wrong: Batch, why: str) -> None:
    """STAND-3, CLK-5"""

    async def main() -> None:
        store = MemoryStore()
        standby = Standby(store)
        await standby.begin_at(3)
        with pytest.raises(BatchRefused, match=why):
            await standby.extend("lab", wrong)
        with pytest.raises(BatchRefused, match="no copy of session 'other'"):
            await standby.extend("other", wrong)
        await standby.settled()
        assert standby.durable == [("lab", 3)]
        stored = await store.load("lab")
        assert stored is not None
        assert stored.entries == []

    run(main())


def test_a_start_that_is_none_is_refused() -> None:
    """STAND-3, STAND-5: so are a session that is there, a name that no session has, a start without end."""

    async def main() -> None:
        with pytest.raises(BatchRefused, match="The start of session 'lab' can't be read"):
            await Standby(MemoryStore()).begin_at(0, b"[]")
        standby = Standby(MemoryStore())
        await standby.begin_at(3)
        with pytest.raises(BatchRefused, match="'lab' begins again"):
            await standby.begin_at(3)
        with pytest.raises(BatchRefused, match="can't be called"):
            await standby.begin("..", [])
        standby = Standby(MemoryStore(), Quotas(space_bytes=10))
        standby.take_piece(b"x" * 10 * module.SNAPSHOT_SPACES)
        with pytest.raises(BatchRefused, match="more memory than memory-mb allows"):
            standby.take_piece(b"x")

    run(main())


def test_as_many_sessions_are_copied_as_there_may_be() -> None:
    """STAND-14: those go on, and the others are left out until there may be more."""

    async def main() -> None:
        store = MemoryStore()
        await store.begin_chunk("old", snapshot())
        standby = Standby(store, Quotas(sessions=2))
        await standby.positions()
        await standby.begin_at(3)
        for session in ("one more", "another"):
            await standby.begin_at(3, session=session)
            await standby.extend(session, batch(4, 5))
        await standby.extend("lab", batch(4, 5))
        await standby.settled()
        assert standby.left_out == ["one more", "another"]
        assert standby.durable == [("lab", 3), ("lab", 5)]
        assert await store.sessions() == ["lab", "old"]
        again = Standby(store, Quotas(sessions=3))
        assert (await again.positions()).keys() == {"lab", "old"}
        await again.begin_at(3, session="one more")
        assert again.durable == [("one more", 3)]

    run(main())


@pytest.mark.parametrize(("changes", "names"), [(20, 0), (1, 9)], ids=["changes", "names"])
def test_the_disk_of_the_standby_sets_the_pace(
    monkeypatch: pytest.MonkeyPatch, changes: int, names: int
) -> None:
    """STAND-5: what waits for it is bounded, and so are the names."""
    monkeypatch.setattr(module, "WAITING_BYTES", 2000)

    async def main() -> None:
        store = GatedStore()
        standby = Standby(store)
        await standby.begin_at(0)
        store.gate.clear()
        await standby.extend("lab", batch(1, changes, count=names))  # alone, it may be longer
        second = asyncio.create_task(standby.extend("lab", batch(changes + 1, changes + 2)))
        await asyncio.sleep(0.05)
        assert not second.done()
        store.gate.set()
        await second
        await standby.settled()
        assert standby.durable == [("lab", 0), ("lab", changes), ("lab", changes + 2)]

    run(main())


def test_a_disk_that_fails_ends_it() -> None:
    """STAND-3: nothing more is confirmed, and the copy goes on from what is stored."""

    async def main() -> None:
        store = GatedStore()
        standby = Standby(store)
        await standby.begin_at(0)
        store.broken = True
        await standby.extend("lab", batch(1, 2))
        await standby.settled()
        with pytest.raises(StorageError, match="The disk is full"):
            await standby.extend("lab", batch(3, 4))
        assert standby.durable == [("lab", 0)]
        assert (await Standby(store).positions())["lab"].clock == 0

    run(main())


def test_a_damaged_copy_is_not_offered(caplog: pytest.LogCaptureFixture) -> None:
    """STAND-3"""

    class Damaged(MemoryStore):
        async def load(self, session_id: str, most: int = ANY_SIZE) -> Stored | None:
            raise DatabaseDamaged("its snapshot is missing")

    async def main() -> None:
        store = Damaged()
        await store.begin_chunk("lab", snapshot())
        assert await Standby(store).positions() == {}

    run(main())
    assert "The copy of session lab is damaged, so it isn't followed: its snapshot" in caplog.text
