"""Several servers that share a store: who owns a session, and until when (OWN rules)."""

from __future__ import annotations

import asyncio

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import Span
from optiverse_collab_server.storage.api import Elsewhere
from optiverse_collab_server.storage.jetstream import store
from optiverse_collab_server.storage.jetstream.store import JetStreamStore
from tests.helpers import aio
from tests.helpers.nats_server import NatsServer, needs_nats
from tests.helpers.storage import SIGNED, content, content_of, entries, entry, names, snapshot
from tests.server.storage.jetstream.conftest import Opened

pytestmark = needs_nats


async def until_taken(one: JetStreamStore, session_id: str) -> None:
    """Load a session as soon as it may be."""
    while True:
        try:
            await one.load(session_id)
            return
        except Elsewhere:
            await asyncio.sleep(0.05)


def test_a_session_goes_from_one_server_to_another(opened: Opened) -> None:
    """OWN-2, OWN-5, OWN-7: once it is given up, with all that was stored."""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            await ann.begin_chunk("bench", snapshot(3, 2, text=SIGNED))
            await ann.append("bench", entries(4, 6, SIGNED), names(2))
            with pytest.raises(Elsewhere, match="'bench' is served by a; connect there"):
                await bob.load("bench")
            assert await bob.elsewhere("bench") == "a"
            assert await ann.elsewhere("bench") == await bob.elsewhere("another") == ""
            await ann.release("bench")
            await ann.release("bench")
            assert await bob.elsewhere("bench") == ""
            expected = content(snapshot(3, 2, text=SIGNED), entries(4, 6, SIGNED), names(2))
            assert await content_of(bob, "bench") == expected
            await bob.append("bench", entries(7, 7, SIGNED))
            await bob.begin_chunk("bench", snapshot(7, text=SIGNED))
            await bob.append("bench", entries(8, 8, SIGNED))
            await bob.release("bench")
            expected = content(snapshot(7, text=SIGNED), entries(8, 8, SIGNED), names(2))
            assert await content_of(ann, "bench") == expected

    aio.run(scenario())


def test_what_others_own_can_be_read(opened: Opened) -> None:
    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            await ann.begin_chunk("bench", snapshot(3))
            await ann.append("bench", entries(4, 6))
            assert await bob.sessions() == ["bench"]
            assert await bob.size("bench") == await ann.size("bench")
            past = await bob.load_at("bench", 5)
            assert past is not None
            assert len(past.entries) == 2
            found = await bob.load_entries("bench", Span(4, 6))
            assert found is not None
            assert len(found.entries) == 2

    aio.run(scenario())


@pytest.mark.usefixtures("short_lives")
def test_a_session_of_a_dead_server_is_taken(opened: Opened) -> None:
    """OWN-4, OWN-5: and if it was only silent, it acknowledges nothing more."""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            await ann.begin_chunk("bench", snapshot())
            await ann.append("bench", [entry(1)])
            ann._beating.cancel()
            await until_taken(bob, "bench")
            assert not ann.has_lost("bench")
            with pytest.raises(Elsewhere, match="by another server now"):
                await ann.append("bench", [entry(2)])
            assert ann.has_lost("bench")
            with pytest.raises(Elsewhere):
                await ann.begin_chunk("bench", snapshot(1))
            await bob.append("bench", [entry(2)])
            assert await content_of(bob, "bench") == content(snapshot(), entries(1, 2))

    aio.run(scenario())


@pytest.mark.usefixtures("short_lives")
def test_a_silent_server_looks_for_what_it_lost(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """OWN-4: even if nobody edits there."""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            for id in ("lost", "kept"):
                await ann.begin_chunk(id, snapshot())
            ann._beating.cancel()
            await until_taken(bob, "lost")
            assert not ann.has_lost("lost")
            await ann.beat()
            assert ann.has_lost("lost")
            assert not ann.has_lost("kept")
            assert not ann.has_lost("unknown")

    aio.run(scenario())


def test_a_server_that_is_back_takes_its_own_at_once(opened: Opened) -> None:
    """OWN-5"""

    async def scenario() -> None:
        async with opened("a") as killed, opened("a") as back:
            await killed.begin_chunk("bench", snapshot())
            await killed.append("bench", [entry(1)])
            assert await content_of(back, "bench") == content(snapshot(), entries(1, 1))
            with pytest.raises(Elsewhere):
                await killed.append("bench", [entry(2)])

    aio.run(scenario())


def test_of_two_who_create_a_session_one_owns_it(opened: Opened) -> None:
    """OWN-1"""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            outcomes = await asyncio.gather(
                ann.begin_chunk("bench", snapshot()),
                bob.begin_chunk("bench", snapshot(epoch="epoch-2")),
                return_exceptions=True,
            )
            refused = [outcome for outcome in outcomes if not isinstance(outcome, int)]
            assert [type(one) for one in refused] == [Elsewhere]

    aio.run(scenario())


def test_closing_gives_all_sessions_up(opened: Opened) -> None:
    """OWN-5"""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            for number in range(3):
                await ann.begin_chunk(f"bench-{number}", snapshot())
            await ann.close()
            for number in range(3):
                assert await bob.load(f"bench-{number}") is not None

    aio.run(scenario())


def test_closing_ends_even_if_nats_is_away(
    opened: Opened, nats: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CLOSE-3"""
    monkeypatch.setattr(store, "CLOSE_SECONDS", 0.2)

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            nats.kill()
            waiting = asyncio.ensure_future(ann.append("bench", [entry(1)]))
            await asyncio.sleep(0)
            await ann.close()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    aio.run(scenario())


def test_reading_while_nats_is_away_is_refused(opened: Opened, nats: NatsServer) -> None:
    async def scenario() -> None:
        async with opened("a") as ann:
            nats.kill()
            with pytest.raises(StorageError, match="NATS does not answer"):
                await ann.load("bench")

    aio.run(scenario())


def test_a_session_is_given_up_when_nats_is_back(
    opened: Opened, nats: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OWN-5: nobody waits for that."""
    monkeypatch.setattr(store, "CLOSE_SECONDS", 0.2)

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            nats.kill()
            await ann.release("bench")
            nats.start()
            async with opened("b") as bob:
                await until_taken(bob, "bench")
                assert await content_of(bob, "bench") == content(snapshot())

    aio.run(scenario())


def test_of_two_who_begin_a_chunk_the_owner_does(opened: Opened) -> None:
    """OWN-4: what the other one had sent already is not part of the log."""

    async def scenario() -> None:
        async with opened("a") as old, opened("a") as new:
            await old.begin_chunk("bench", snapshot())
            await old.append("bench", entries(1, 3))
            await new.load("bench")
            outcomes = await asyncio.gather(
                old.begin_chunk("bench", snapshot(3, records=2_000)),
                new.begin_chunk("bench", snapshot(3, records=1_500)),
                return_exceptions=True,
            )
            assert isinstance(outcomes[0], Elsewhere)
            assert isinstance(outcomes[1], int)
            assert await content_of(new, "bench") == content(snapshot(3, records=1_500))

    aio.run(scenario())


@pytest.mark.usefixtures("short_lives")
def test_an_owner_learns_that_it_was_deposed_without_an_edit(opened: Opened) -> None:
    """OWN-4: each of its sessions has its turn."""

    async def scenario() -> None:
        async with opened("a") as ann, opened("b") as bob:
            sessions = [f"bench {number}" for number in range(25)]
            for session in sessions:
                await ann.begin_chunk(session, snapshot())
            await bob.seize(sessions[-1])
            await aio.until(lambda: ann.has_lost(sessions[-1]))
            assert not any(ann.has_lost(session) for session in sessions[:-1])

    aio.run(scenario())
