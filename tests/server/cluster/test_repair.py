"""A store that was deleted gets everything back from journals (OWN-9, OWN-10)."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Op, Put, Set
from optiverse_collab.core.server.chain import next_head
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Kept, Snapshot
from optiverse_collab_server.cluster.store import JournaledStore
from optiverse_collab_server.storage import Retention, Span, StandbyStore, Store
from optiverse_collab_server.storage.api import Elsewhere
from tests.core.server.histories import do
from tests.helpers import aio
from tests.helpers.nats_server import needs_nats
from tests.helpers.storage import content, content_of, encoded, entries, entry, head, snapshot
from tests.server.cluster.conftest import Opened, delete_stream

pytestmark = needs_nats


async def replaced(*some: JournaledStore) -> None:
    """Delete the stream, and wait until these servers use another one."""
    old = some[0]._store._stream.id
    await delete_stream(some[0])
    await aio.until(lambda: all(one._store._stream.id != old for one in some))


async def until_compared(one: JournaledStore) -> None:
    """Wait until a server has compared its whole journal."""
    assert one._repair._task is not None
    await one._repair._task


async def entries_of(store: Store, session: str) -> list[Entry]:
    """All entries of a session."""
    found = await store.load_entries(session, Span(0, 99))
    assert found is not None
    return [msgspec.json.decode(data, type=Entry) for data in found.entries]


class Person:
    """Somebody who edits a session of a server.

    Attributes:
        history: the session as they know it.
    """

    def __init__(self, store: JournaledStore) -> None:
        self._store = store

    async def create(self) -> None:
        """Create the session."""
        self.history = History(History.empty("e"))
        await self._store.begin_chunk("bench", History.empty("e"))

    async def open(self) -> None:
        """Read the session."""
        stored = await self._store.load("bench")
        assert stored is not None
        self.history = History(stored.snapshot, stored.names, stored.entries, term=stored.term)

    async def does(self, *ops: Op, by: str) -> None:
        """Make a change, and wait until it is stored."""
        kept = do(self.history, *ops, by=by).kept
        await self._store.append("bench", [kept], self.history.names.take_new())


def test_a_deleted_stream_comes_back(opened: Opened) -> None:
    """OWN-6, OWN-9: with the changes of the server that had the session last, whoever is first."""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            await ann.begin_chunk("bench", snapshot())
            await ann.append("bench", entries(1, 3))
            await ann.release("bench")
            await bob.load("bench")
            await bob.append("bench", entries(4, 6))
            await replaced(ann, bob)
            assert bob.has_lost("bench")
            await bob.release("bench")
            assert await content_of(ann, "bench") == content(snapshot(), entries(1, 6))
            await ann.append("bench", [entry(7)])
            assert await content_of(ann._journal.store, "bench") == content(snapshot(), entries(1, 7))

    aio.run(scenario())


def test_nothing_is_acknowledged_without_the_stream(opened: Opened) -> None:
    """OWN-6"""

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            await delete_stream(ann)
            with pytest.raises(Elsewhere, match="another server now"):
                await ann.append("bench", entries(1, 3))
            assert await content_of(ann, "bench") == content(snapshot())

    aio.run(scenario())


def test_it_comes_back_when_all_servers_start_again(opened: Opened) -> None:
    """OWN-9"""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            await ann.begin_chunk("bench", snapshot())
            await ann.append("bench", entries(1, 3))
            await bob.begin_chunk("another", snapshot())
            for one in (ann, bob):
                one._store._beating.cancel()
            await delete_stream(ann)
        async with opened("a") as ann, opened("b") as bob:
            assert await content_of(bob, "bench") == content(snapshot(), entries(1, 3))
            assert await content_of(ann, "another") == content(snapshot())

    aio.run(scenario())


def test_what_another_server_missed_yields(opened: Opened) -> None:
    """OWN-10, CLK-6: a journal that comes late is merged, and the term never falls."""

    async def scenario() -> None:
        async with opened("a") as ann:
            here = Person(ann)
            await here.create()
            await here.does(Put("lens", "component", {"pos": 0, "angle": 0}), by="ann")
            await ann.release("bench")
            async with opened("b") as bob:
                there = Person(bob)
                await there.open()
                await there.does(Set("lens", {"pos": 1}), by="bob")
                await there.does(Set("lens", {"angle": 1}), by="bob")
            await replaced(ann)  # while b is down, which had the session last
            await here.open()
            await here.does(Set("lens", {"pos": 2}), by="carl")
            async with opened("b") as bob:
                await until_compared(bob)
                await ann.release("bench")  # which it no longer owns
                await here.open()
                assert here.history.document.records["lens"].props == {"pos": 2, "angle": 1}
                assert here.history.last_client_clock_of(origin_of("bob")) == 2
                [kept, aside] = sorted(await bob._journal.store.sessions(), key=len)
                assert await bob._journal.sessions() == [kept] == ["bench"]
                assert len(await entries_of(bob._journal.store, aside)) == 3
            found = await entries_of(ann, "bench")
            assert [len(found), len(found[2].held)] == [4, 1]
            terms = [entry.term for entry in found]
            assert terms == sorted(terms) != [1] * 4

    aio.run(scenario())


def test_a_session_of_another_history_is_set_aside(opened: Opened) -> None:
    """OWN-10"""

    async def scenario() -> None:
        async with opened("b") as bob:
            await bob.begin_chunk("bench", snapshot())
            await bob.append("bench", entries(1, 2))
            bob._store._beating.cancel()
            await delete_stream(bob)
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot(epoch="another"))
            await ann.release("bench")
            async with opened("b") as bob:
                await until_compared(bob)
                stored = await bob.load("bench")
                assert stored is not None
                assert stored.snapshot.epoch == "another"
                assert len(await bob._journal.store.sessions()) == 2

    aio.run(scenario())


async def edited(opened: Opened) -> None:
    """A session had 3 changes when server a had it last, and 8 at server b, which has dropped six."""
    async with opened("a") as ann:
        await ann.begin_chunk("bench", snapshot())
        await ann.append("bench", entries(1, 3))
        async with opened("b", Retention(bytes=0)) as bob:
            await ann.release("bench")
            await bob.load("bench")
            await bob.append("bench", entries(4, 6))
            await bob.begin_chunk("bench", snapshot(6))
            await bob.append("bench", entries(7, 8))
            while (await started(bob._journal.store)).clock < 6:  # noqa: ASYNC110 - the store has no event
                await asyncio.sleep(0.01)
            ann._store._beating.cancel()
            bob._store._beating.cancel()
            await delete_stream(ann)


async def started(store: StandbyStore) -> Snapshot:
    """Where the history begins that a store has."""
    found = await store.load_start("bench")
    assert found is not None
    return found.snapshot


def test_the_newest_journal_counts_even_if_it_is_second(opened: Opened) -> None:
    """OWN-15: what the first one brought is older than all that the second one keeps."""

    async def scenario() -> None:
        await edited(opened)
        async with opened("a") as ann:
            await until_compared(ann)
            assert await content_of(ann, "bench") == content(snapshot(), entries(1, 3))
            async with opened("b", Retention(bytes=0)) as bob:
                await until_compared(bob)
                wanted = content(snapshot(6), entries(7, 8))
                assert await content_of(bob, "bench") == wanted
                await bob.append("bench", [entry(9)])
                await bob.release("bench")
                await aio.until(lambda: ann.has_lost("bench"))
                await ann.release("bench")
                assert await content_of(ann, "bench") == content(snapshot(6), entries(7, 9))
                assert len(await ann._journal.store.sessions()) == 2

    aio.run(scenario())


def test_what_people_did_meanwhile_counts_more(opened: Opened) -> None:
    """OWN-15: then the journal that has nothing in common with the store is set aside (OWN-10)."""
    data = encoded(4).replace(b"1700000000004", b"1800000000000")
    new = Kept(4, data, next_head(head(3), data))

    async def scenario() -> None:
        await edited(opened)
        async with opened("a") as ann:
            assert await content_of(ann, "bench") == content(snapshot(), entries(1, 3))
            await ann.append("bench", [new])
            async with opened("b", Retention(bytes=0)) as bob:
                await until_compared(bob)
                assert await content_of(bob, "bench") == content(snapshot(), [*entries(1, 3), new])
                assert len(await bob._journal.store.sessions()) == 2

    aio.run(scenario())
