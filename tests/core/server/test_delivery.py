"""What waits for durability, and in which frames it leaves: DUR-1, PUSH-5, SYNC-2 to SYNC-4, HASH-1."""

from __future__ import annotations

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.codec import close_patch, decode_server
from optiverse_collab.core.protocol.messages import (
    Ack,
    AckResult,
    Change,
    Delta,
    FullState,
    Patch,
    SyncRequest,
)
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.core.server.delivery import HASH_EVERY, Delivery, answer_pages
from optiverse_collab.core.server.effects import RoomEffect, SendFrame, SendPages
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry

LENS = Put("lens", "component", {"x": 0})


class Desk:
    """A delivery with its history; connections are in, and subscribed unless said otherwise."""

    def __init__(self, *subscribed: str, limits: Limits | None = None) -> None:
        self.history = History(History.empty("e"), limits=limits)
        self.delivery = Delivery(self.history)
        self.members = {*subscribed}
        for id in subscribed:
            self.ask(id)
        self.delivery.flush(self.members)

    def ask(self, connection_id: str) -> None:
        """A connection asks to synchronise."""
        self.members.add(connection_id)
        pages = answer_pages(self.history, SyncRequest("client"))
        self.delivery.add(sync=SendPages(connection_id, pages))

    def accept(self, *ops: Op, author: str = "") -> Entry:
        """A change is accepted, and `author` hears of it."""
        last = self.history.clients.get("client", 0)
        entry, _ = self.history.accept("client", last + 1, "ann", 0, ops)
        ack = (author, Ack(last + 1, AckResult.COMMIT, entry.clock)) if author else None
        self.delivery.add(entry, ack)
        return entry

    def flush(self, durable: int | None = None) -> list[RoomEffect]:
        """What leaves when storage holds all, or all up to a clock."""
        self.delivery.durable = self.history.clock if durable is None else durable
        return self.delivery.flush(self.members)


def patch(effect: RoomEffect, receiver: str) -> Patch:
    """What one receiver gets of a frame."""
    assert isinstance(effect, SendFrame)
    assert receiver in effect.to
    message = decode_server(close_patch(effect.body, effect.acks.get(receiver, ())).decode(), Limits())
    assert isinstance(message, Patch)
    return message


def test_nothing_leaves_before_it_is_durable() -> None:
    """DUR-1: also what came later and doesn't depend on storage."""
    desk = Desk("c1")
    desk.accept(LENS)
    desk.delivery.add(ack=("c1", Ack(9, AckResult.DUPLICATE)))
    desk.ask("c2")
    assert desk.flush(durable=0) == []
    assert desk.delivery.waiting
    frame, pages = desk.flush()
    assert patch(frame, "c1").changes == [Change(1, "ann", [LENS])]
    assert isinstance(pages, SendPages)
    assert desk.flush() == []


def test_part_of_what_waits_leaves_with_what_is_durable() -> None:
    """DUR-1: in order."""
    desk = Desk("c1")
    for x in range(3):
        desk.accept(Put("lens", "component", {"x": x}))
    [frame] = desk.flush(durable=2)
    assert [change.clock for change in patch(frame, "c1").changes] == [1, 2]
    [frame] = desk.flush()
    assert [change.clock for change in patch(frame, "c1").changes] == [3]


def test_acknowledgements_ride_along_to_their_author_alone() -> None:
    """PUSH-5: one body for all."""
    desk = Desk("c1", "c2")
    desk.accept(LENS, author="c2")
    [frame] = desk.flush()
    assert patch(frame, "c1").acks == []
    assert patch(frame, "c2").acks == [Ack(1, AckResult.COMMIT, 1)]


def test_acknowledgement_without_changes_has_one_receiver() -> None:
    """PUSH-5: a refusal is nobody else's business; one who left hears nothing."""
    desk = Desk("c1", "c2")
    refusal = Ack(1, AckResult.REFUSED, reason="too_deep", message="Flatten it.")
    desk.delivery.add(ack=("c1", refusal))
    [frame] = desk.flush()
    assert isinstance(frame, SendFrame)
    assert frame.to == ("c1",)
    assert patch(frame, "c1") == Patch([], acks=[refusal])
    desk.delivery.unsubscribe("c1")
    desk.delivery.add(ack=("c1", refusal))
    assert desk.flush() == []


def test_frames_begin_where_the_pages_stand() -> None:
    """SYNC-4: one who asked between two changes gets the second, and the first in the pages."""
    desk = Desk("c1")
    desk.accept(LENS)
    desk.ask("c2")
    desk.accept(Set("lens", {"x": 1}))
    before, pages, after = desk.flush()
    assert isinstance(before, SendFrame)
    assert before.to == ("c1",)
    assert isinstance(pages, SendPages)
    assert pages.to == "c2"
    assert patch(after, "c2") == patch(after, "c1") == Patch([Change(2, "ann", [Set("lens", {"x": 1})])])


def test_one_who_left_before_the_pages_gets_none() -> None:
    desk = Desk()
    desk.ask("c1")
    desk.members.clear()
    desk.accept(LENS)
    assert desk.flush() == []


def test_frame_closes_when_it_is_long() -> None:
    """SYNC-3: a frame has room for one record after its limit, as a page has."""
    desk = Desk("c1", limits=Limits(page_bytes=500))
    for n in range(5):
        desk.accept(Put(f"r{n}", "component", {"text": "x" * 300}))
    frames = [patch(frame, "c1") for frame in desk.flush()]
    assert [[change.clock for change in frame.changes] for frame in frames] == [[1, 2], [3, 4], [5]]


def test_hash_goes_out_now_and_then() -> None:
    """HASH-1: with the last change that was accepted, and not in the middle of what waits."""
    desk = Desk("c1")
    hashes: list[tuple[int, str]] = []
    for _ in range(HASH_EVERY * 2):
        desk.accept(LENS)
        [frame] = desk.flush()
        message = patch(frame, "c1")
        if message.hash:
            hashes.append((message.changes[-1].clock, message.hash))
    assert [clock for clock, _ in hashes] == [HASH_EVERY, HASH_EVERY * 2]
    assert {hash for _, hash in hashes} == {desk.history.document.hash()}
    for _ in range(HASH_EVERY):
        desk.accept(LENS)
    desk.accept(LENS)
    [frame] = desk.flush(durable=desk.history.clock - 1)
    assert not patch(frame, "c1").hash


@pytest.mark.parametrize("page_bytes", [100, 10_000])
def test_answer_is_a_delta_where_the_history_reaches_back(page_bytes: int) -> None:
    """SYNC-2: puts and removes, on pages; the last is marked."""
    desk = Desk(limits=Limits(page_bytes=page_bytes))
    desk.accept(LENS, Put("gone", "component"))
    desk.accept(Remove("gone"), *(Put(f"r{n}", "component", {"x": n}) for n in range(9)))
    pages = [
        page for page in answer_pages(desk.history, SyncRequest("client", "e", 1)) if isinstance(page, Delta)
    ]
    assert [op for page in pages for op in page.ops] == desk.history.delta(1)
    assert [page.done for page in pages] == [False] * (len(pages) - 1) + [True]
    assert {(page.epoch, page.clock, page.client_clock, page.total) for page in pages} == {("e", 2, 2, 10)}
    assert (len(pages) > 1) == (page_bytes == 100)


@pytest.mark.parametrize(
    "request_", [SyncRequest("new"), SyncRequest("new", "other", 1), SyncRequest("new", "e", 99)]
)
def test_answer_is_the_full_state_elsewhere(request_: SyncRequest) -> None:
    """SYNC-3: without an epoch, of another epoch, and from a clock that this history doesn't have."""
    desk = Desk()
    desk.accept(LENS)
    [page] = answer_pages(desk.history, request_)
    assert page == FullState("e", 1, 0, 1, [Record("lens", "component", {"x": 0})], True)


def test_answer_without_news_is_one_empty_page() -> None:
    """SYNC-2."""
    desk = Desk()
    desk.accept(LENS)
    assert list(answer_pages(desk.history, SyncRequest("client", "e", 1))) == [Delta("e", 1, 1, 0, [], True)]


def test_pages_have_the_document_of_the_request() -> None:
    """SYNC-3: whatever happens while they are sent, they tell of the same clock."""
    desk = Desk(limits=Limits(page_bytes=100))
    desk.accept(*(Put(f"r{n}", "component", {"x": n}) for n in range(5)))
    pages = answer_pages(desk.history, SyncRequest("client"))
    first = next(pages)
    desk.accept(Remove("r4"))
    ids = [record.id for page in (first, *pages) if isinstance(page, FullState) for record in page.records]
    assert ids == ["r0", "r1", "r2", "r3", "r4"]


def test_example_in_the_module_is_true() -> None:
    desk = Desk("ann", "bob")
    desk.accept(LENS, author="ann")
    desk.ask("cid")
    desk.accept(Set("lens", {"x": 1}), author="bob")
    frame, pages = desk.flush(durable=1)
    assert isinstance(frame, SendFrame)
    assert (frame.to, list(frame.acks)) == (("ann", "bob"), ["ann"])
    assert isinstance(pages, SendPages)
    [page] = pages.pages
    assert (pages.to, page.clock) == ("cid", 1)
    [frame] = desk.flush()
    assert isinstance(frame, SendFrame)
    assert (frame.to, list(frame.acks)) == (("ann", "bob", "cid"), ["bob"])
    assert not desk.delivery.waiting
