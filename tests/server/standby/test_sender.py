"""What a standby is sent, and from where: STAND-3, STAND-5 of docs/protocol.md."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from optiverse_collab.core.server.batches import Batch
from optiverse_collab.core.server.chain import first_head
from optiverse_collab.core.server.journal import Parent
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.standby_news import StandbyNews
from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.standby import places
from optiverse_collab_server.standby import sender as module
from optiverse_collab_server.standby.benches import Benches
from optiverse_collab_server.standby.copies import Copies
from optiverse_collab_server.standby.followers import Followers
from optiverse_collab_server.standby.messages import Access, Changes, FromPrimary, Parted, Piece, Start, Where
from optiverse_collab_server.standby.sender import Sender
from optiverse_collab_server.storage import MemoryStore, Span, StoredEntries
from tests.helpers.aio import run, until
from tests.helpers.standby import content
from tests.helpers.storage import EPOCH, SIGNED, encoded, entries, head, names, snapshot


class Feed:
    """A sender, and what it has sent.

    Attributes:
        sent: the messages.
        gate: while it is closed, no message gets through.
    """

    def __init__(self, store: MemoryStore, claimed: dict[str, Where] | None = None) -> None:
        self.sent: list[FromPrimary] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.followers = Followers()
        self.sender = Sender(store, None, self.followers, claimed or {}, self.send)
        self.followers.join(self.sender)
        self.task = asyncio.create_task(self.sender.run())

    async def send(self, message: FromPrimary) -> None:
        await self.gate.wait()
        self.sent.append(message)

    @property
    def changes(self) -> list[tuple[int, int]]:
        """The clocks before and of the last change in each batch."""
        return [(m.batch.after, m.batch.clock) for m in self.sent if isinstance(m, Changes)]


def feeding(scenario: Callable[[MemoryStore], Awaitable[None]]) -> None:
    """Run a scenario on a store with one session at clock 3."""

    async def main() -> None:
        store = MemoryStore()
        await store.begin_chunk("lab", snapshot(0))
        await store.append("lab", entries(1, 3, SIGNED), names(2))
        await scenario(store)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    run(main())


async def carried(feed: Feed, to: MemoryStore) -> Copies:
    """The copies of a standby that gets everything that was sent."""
    copies = Copies(to, lambda session, clock: asyncio.sleep(0), Benches(to, None))
    for message in feed.sent:
        if isinstance(message, Piece):
            copies.take_piece(message.data)
        elif isinstance(message, Start):
            await copies.begin(message.session, message.names)
        elif isinstance(message, Changes):
            await copies.extend(message.session, message.batch, message.parents)
    return copies


AT_3 = Where(EPOCH, 3, head(3, SIGNED), 2, 2)


def test_a_session_begins_with_its_oldest_snapshot() -> None:
    """STAND-3"""

    async def scenario(store: MemoryStore) -> None:
        feed = Feed(store)
        await until(lambda: feed.changes == [(0, 3)])
        kinds = [type(message) for message in feed.sent]
        assert kinds == [Access, Piece, Start, Changes]
        standby = MemoryStore()
        copies = await carried(feed, standby)
        await copies.settled()
        assert await content(standby, "lab") == await content(store, "lab")

    feeding(scenario)


def test_a_start_counts_once_it_is_confirmed() -> None:
    """STAND-9: participants don't hear of a standby that lacks a session, however old that is."""

    async def main() -> None:
        store = MemoryStore()
        await store.begin_chunk("lab", snapshot(3))
        feed, news = Feed(store), StandbyNews()
        feed.followers._news, feed.sender.address = news, "ws://second:1"
        await until(lambda: feed.sender._is_through)
        assert (news.address, feed.followers.lag) == ("", 3)
        feed.sender.confirmed("lab", 3)
        assert (news.address, feed.followers.lag) == ("ws://second:1", 0)
        feed.task.cancel()

    run(main())


def test_a_preferred_standby_is_back_with_every_session() -> None:
    """STAND-6, STAND-9: also those that nobody has opened since the server started; changes may go on."""

    async def main() -> None:
        store = MemoryStore()
        for session in ("lab", "old"):
            await store.begin_chunk(session, snapshot(0))
            await store.append(session, entries(1, 3), names())
        feed, news = Feed(store), StandbyNews(is_missed=True)
        feed.followers._news, feed.sender.address = news, "ws://second:1"
        await until(lambda: feed.sender._is_through)
        feed.sender.confirmed("lab", 3)
        assert news == StandbyNews(is_missed=True)
        feed.followers.stored("lab", 4, entries(4, 4))
        await until(lambda: feed.changes[-1] == (3, 4))
        feed.sender.confirmed("old", 3)
        assert news == StandbyNews(is_missed=True, address="ws://second:1")
        feed.sender.confirmed("lab", 4)
        assert news == StandbyNews(address="ws://second:1")
        feed.task.cancel()

    run(main())


def test_only_what_is_new_is_sent() -> None:
    """STAND-3: from memory, once the standby has the rest."""

    async def scenario(store: MemoryStore) -> None:
        feed = Feed(store, {"lab": AT_3})
        await until(lambda: feed.followers._confirmed == {"lab": 3})
        for first, last in ((4, 4), (5, 7)):
            await store.append("lab", entries(first, last, SIGNED))
            feed.followers.stored("lab", last, entries(first, last, SIGNED))
            expected = [(first - 1, last)]
            await until(lambda expected=expected: feed.changes[-1:] == expected)  # type: ignore[misc]
        feed.sender.confirmed("lab", 8)  # not sent yet, so it is no confirmation
        assert feed.followers.lag == 4
        feed.sender.confirmed("lab", 7)
        assert feed.followers.lag == 0

    feeding(scenario)


def test_a_long_append_is_sent_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-5"""
    monkeypatch.setattr(places, "BATCH_BYTES", 1)

    async def scenario(store: MemoryStore) -> None:
        feed = Feed(store, {"lab": AT_3})
        await until(lambda: feed.followers._confirmed == {"lab": 3})
        await store.append("lab", entries(4, 6, SIGNED))
        new = Name(NameKind.AUTHOR, 3, "Åsa 3")
        feed.followers.stored("lab", 6, entries(4, 6, SIGNED), [new])
        await until(lambda: feed.changes == [(3, 4), (4, 5), (5, 6)])
        assert [m.batch.names for m in feed.sent if isinstance(m, Changes)] == [[new], [], []]

    feeding(scenario)


def test_what_waits_too_long_comes_from_storage(monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-5: nothing is missing, and nothing comes twice."""
    monkeypatch.setattr(module, "RECENT_BYTES", 400)

    async def scenario(store: MemoryStore) -> None:
        feed = Feed(store, {"lab": AT_3})
        await until(lambda: feed.followers._confirmed == {"lab": 3})
        feed.gate.clear()
        for clock in range(4, 40):
            await store.append("lab", entries(clock, clock, SIGNED))
            feed.followers.stored("lab", clock, entries(clock, clock, SIGNED))
            await asyncio.sleep(0)
            assert feed.sender._recent_bytes <= 400
        feed.gate.set()
        await until(lambda: feed.changes[-1:] and feed.changes[-1][1] == 39)
        assert [after for after, _ in feed.changes] == [3, *(clock for _, clock in feed.changes[:-1])]

    feeding(scenario)


@pytest.mark.parametrize(
    "claimed",
    [
        Where("another", 3, head(3, SIGNED), 2, 2),
        Where(EPOCH, 3, head(3), 2, 2),
        Where(EPOCH, 4, head(4, SIGNED), 2, 2),
        Where(EPOCH, 0, first_head("another"), 0, 0),
    ],
)
def test_another_history_is_not_followed(claimed: Where) -> None:
    """STAND-3: another epoch, another head, more changes than there are."""

    async def scenario(store: MemoryStore) -> None:
        feed = Feed(store, {"lab": claimed})
        await until(lambda: len(feed.sent) == 2)
        assert isinstance(feed.sent[1], Parted)
        await store.append("lab", entries(4, 4, SIGNED))
        feed.followers.stored("lab", 4, entries(4, 4, SIGNED))
        await asyncio.sleep(0.02)
        assert feed.changes == []

    feeding(scenario)


def test_a_copy_that_is_too_old_is_not_followed() -> None:
    """STAND-3: the server has dropped what comes next."""

    async def main() -> None:
        store = MemoryStore()
        await store.begin_chunk("lab", snapshot(5))
        feed = Feed(store, {"lab": Where(EPOCH, 3, head(3), 0, 0)})
        await until(lambda: len(feed.sent) == 2)
        assert isinstance(feed.sent[1], Parted)
        assert feed.sent[1].why.startswith("the server has dropped the history that the standby lacks. Stop")
        feed.task.cancel()

    run(main())


def test_a_damaged_session_does_not_stop_the_others() -> None:
    """STAND-3"""

    class Damaged(MemoryStore):
        async def load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
            if session_id == "damaged":
                raise DatabaseDamaged("the chain breaks")
            return await super().load_entries(session_id, span)

    async def main() -> None:
        store = Damaged()
        for session in ("damaged", "lab"):
            await store.begin_chunk(session, snapshot(0))
            await store.append(session, entries(1, 3))
        feed = Feed(store)
        await until(lambda: feed.changes == [(0, 3)])
        [parted] = [message for message in feed.sent if isinstance(message, Parted)]
        assert (parted.session, parted.why) == ("damaged", "it is damaged on the server: the chain breaks")
        feed.task.cancel()

    run(main())


def test_a_session_that_is_not_stored_yet_comes_later() -> None:
    """STAND-3"""

    async def main() -> None:
        store = MemoryStore()
        feed = Feed(store)
        feed.followers.stored("new", 0)
        await until(lambda: feed.sent)
        await store.begin_chunk("new", snapshot(0))
        await store.append("new", [entries(1, 1)[0]])
        feed.followers.stored("new", 1, entries(1, 1))
        await until(lambda: feed.changes == [(0, 1)])
        assert encoded(1) in [m.batch.entries[0] for m in feed.sent if isinstance(m, Changes)]
        feed.task.cancel()

    run(main())


def test_parents_come_with_the_changes_up_to_which_they_last() -> None:
    """STAND-12, CLK-8, BACK-9: those that were stored before, and those that come later."""
    restored, recovered = Parent("backup", 2, 7), Parent("backup", 5, 9)

    async def scenario(store: MemoryStore) -> None:
        await store.begin_chunk("lab", msgspec.structs.replace(snapshot(3, text=SIGNED), parents=[restored]))
        feed, standby = Feed(store), MemoryStore()
        await until(lambda: feed.changes == [(0, 3)])
        for first, last, parents in ((4, 4, []), (5, 5, [recovered]), (6, 6, [])):
            await store.append("lab", entries(first, last, SIGNED), (), parents)
            feed.followers.stored("lab", last, entries(first, last, SIGNED), (), parents)
            await until(lambda last=last: feed.changes[-1][1] == last)  # type: ignore[misc]
        sent = [message.parents for message in feed.sent if isinstance(message, Changes)]
        assert sent == [[restored], [], [recovered], []]
        copies = await carried(feed, standby)
        await copies.extend("lab", Batch(6, head(6, SIGNED), [encoded(7, SIGNED)], []), [recovered])
        await copies.settled()
        apart = await standby.load_apart("lab")
        assert apart is not None
        assert apart.parents == [restored, recovered]

    feeding(scenario)
