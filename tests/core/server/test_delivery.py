"""Changes wait for durability, and leave in frames: DUR-1, PUSH-5, SYNC-4, DOC-8, HASH-1."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import Change
from optiverse_collab.core.protocol.codec import close_patch, decode_server
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.messages import FullState, Patch, SyncRequest
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Replaced
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.core.server.answers import answer_of
from optiverse_collab.core.server.delivery import HASH_EVERY, Delivery, Subscription
from optiverse_collab.core.server.effects import RoomEffect, SendFrame, SendPages
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted, StampedRecord
from optiverse_collab.core.server.stamps import Stamp
from tests.core.server.histories import do, make

LENS = Put("lens", "component", {"x": 0})


class Desk:
    """A delivery with its history; connections are in, and subscribed unless a test says otherwise."""

    def __init__(
        self, *subscribed: str, limits: Limits | None = None, history: History | None = None
    ) -> None:
        self.history = history or make(limits)
        self.delivery = Delivery(self.history)
        self.members = {*subscribed}
        self.now_ms = 0.0
        for id in subscribed:
            self.ask(id)
        self.delivery.flush(self.members, self.now_ms)

    def ask(self, connection_id: str, *lanes: Lane) -> None:
        """Let a connection ask to synchronise."""
        self.members.add(connection_id)
        answer = answer_of(self.history, SyncRequest("client"))
        assert not isinstance(answer, Message)
        pages = SendPages(connection_id, answer)
        self.delivery.add(subscription=Subscription(pages, frozenset(lanes or [Lane.BENCH])))

    def accept(
        self, *ops: Op, author: str = "", by: str = "ann", seen: int | None = None, step: str = ""
    ) -> Accepted:
        """Accept a change, and acknowledge it to `author`."""
        accepted = do(self.history, *ops, by=by, seen=seen, step=step)
        entry = accepted.entry
        ack = (author, Ack(entry.client_clock, AckResult.COMMIT, entry.clock)) if author else None
        self.delivery.add(accepted, ack)
        return accepted

    def flush(self, durable: int | None = None) -> list[RoomEffect]:
        """The messages that leave once storage holds everything, or everything up to a clock."""
        self.delivery.durable = self.history.clock if durable is None else durable
        return self.delivery.flush(self.members, self.now_ms)


def patch(effect: RoomEffect, receiver: str) -> Patch:
    """A frame as one receiver gets it."""
    assert isinstance(effect, SendFrame)
    assert receiver in effect.to
    message = decode_server(close_patch(effect.body, effect.acks.get(receiver, ())).decode(), Limits())
    assert isinstance(message, Patch)
    return message


def test_nothing_leaves_before_it_is_durable() -> None:
    """DUR-1: including later messages that don't depend on storage."""
    desk = Desk("c1")
    desk.accept(LENS)
    desk.delivery.add(ack=("c1", Ack(9, AckResult.DUPLICATE)))
    desk.ask("c2")
    assert desk.flush(durable=0) == []
    assert desk.delivery.waiting
    frame, ack, pages = desk.flush()
    assert patch(frame, "c1").changes == [Change(1, "ann", [LENS])]
    assert [one.client_clock for one in patch(ack, "c1").acks] == [9]
    assert isinstance(pages, SendPages)
    assert desk.flush() == []


def test_part_of_what_waits_leaves_with_what_is_durable() -> None:
    """DUR-1: in order."""
    desk = Desk("c1")
    for x in range(4):
        desk.accept(Put("lens", "component", {"x": x}))
    frames = [patch(frame, "c1") for frame in desk.flush(durable=3)]
    assert [[change.clock for change in frame.changes] for frame in frames] == [[1], [2, 3]]
    [frame] = desk.flush()
    assert [change.clock for change in patch(frame, "c1").changes] == [4]


def test_the_first_change_leaves_alone() -> None:
    """BACK-14: so whoever gets changes knows the heads on both sides of where the session was opened."""
    desk = Desk("c1")
    desk.accept(LENS)
    opened = Desk("c2", history=desk.history)
    for x in range(3):
        opened.accept(Set("lens", {"x": x}))
    frames = [patch(frame, "c2") for frame in opened.flush()]
    assert [[change.clock for change in frame.changes] for frame in frames] == [[2], [3, 4]]


def test_acknowledgements_ride_along_to_their_author_alone() -> None:
    """PUSH-5: one body for all."""
    desk = Desk("c1", "c2")
    desk.accept(LENS, author="c2")
    [frame] = desk.flush()
    assert patch(frame, "c1").acks == []
    assert patch(frame, "c2").acks == [Ack(1, AckResult.COMMIT, 1)]


def test_acknowledgement_without_changes_has_one_receiver() -> None:
    """PUSH-5: a refusal goes to its author alone, and not to one who left."""
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
    """SYNC-4: one who asked between two changes gets the first in the pages, and the second in a frame."""
    desk = Desk("c1")
    desk.accept(LENS)
    desk.ask("c2")
    desk.accept(Set("lens", {"x": 1}))
    before, pages, after = desk.flush()
    assert isinstance(before, SendFrame)
    assert before.to == ("c1",)
    assert isinstance(pages, SendPages)
    assert pages.to == "c2"
    assert patch(after, "c2") == patch(after, "c1")
    assert patch(after, "c2").changes == [Change(2, "ann", [Set("lens", {"x": 1})])]


def test_one_who_left_before_the_pages_gets_none() -> None:
    desk = Desk()
    desk.ask("c1")
    desk.members.clear()
    desk.accept(LENS)
    assert desk.flush() == []


def test_frame_closes_when_it_is_long() -> None:
    """LIM-13: before a change or its outcomes would make it too long."""
    desk = Desk("c1", limits=Limits(page_bytes=1000))
    for n in range(5):
        desk.accept(Put(f"r{n}", "component", {"text": "x" * 300}))
    frames = [patch(frame, "c1") for frame in desk.flush()]
    assert [[change.clock for change in frame.changes] for frame in frames] == [[1], [2, 3], [4, 5]]


def test_frame_has_the_head_after_its_last_change() -> None:
    """PUSH-5, CLK-5: even if that is not the session's last; a frame without changes has no head."""
    desk = Desk("c1", limits=Limits(page_bytes=1000))
    heads = [desk.accept(Put(f"r{n}", "component", {"text": "x" * 300})).kept.head.hex() for n in range(5)]
    assert [patch(frame, "c1").head for frame in desk.flush()] == [heads[0], heads[2], heads[4]]


def test_change_tells_its_step_and_whose_values_it_replaced() -> None:
    """PUSH-8, SEEN-3: with their origins, so that each author knows their own; authors are left out."""
    desk = Desk("c1")
    desk.accept(LENS, Put("old", "component", {"x": 0}))
    desk.accept(Set("lens", {"x": 1}), by="bob")
    desk.flush()
    desk.accept(Set("lens", {"x": 2}), seen=1, step="drag")
    [frame] = desk.flush()
    replaced = [Replaced("lens", ["x"], origin_of("bob"))]
    assert patch(frame, "c1").changes == [Change(3, "ann", [Set("lens", {"x": 2})], "drag", replaced)]


def test_value_of_an_unknown_origin_was_nobodys() -> None:
    """STAMP-3: it comes from a database of format 1, and its author is unknown."""
    snapshot = msgspec.structs.replace(
        History.empty("e"),
        clock=9,
        records=[StampedRecord(Record("lens", "component", {"x": 0}), 0, {})],
        stamps=[Stamp(9, 0, 0, 0)],
    )
    desk = Desk("c1", history=History(snapshot))
    assert desk.accept(Set("lens", {"x": 1}), seen=8).entry.replaced
    [frame] = desk.flush()
    assert patch(frame, "c1").changes == [Change(10, "ann", [Set("lens", {"x": 1})])]


def test_changes_of_other_lanes_come_without_operations() -> None:
    """DOC-8: so the clocks have no gap; receivers with the same lanes share one encoding."""
    desk = Desk()
    desk.ask("bench 1")
    desk.ask("talk", Lane.TALK)
    desk.ask("all", *Lane)
    desk.ask("bench 2", Lane.BENCH)
    desk.flush()
    note = Put("note", "text", {}, Lane.TALK)
    desk.accept(Put("lens", "component"))
    desk.flush()
    desk.accept(LENS)
    desk.accept(note, step="say", author="talk")
    frames = {frame.to: frame for frame in desk.flush() if isinstance(frame, SendFrame)}
    assert set(frames) == {("bench 1", "bench 2"), ("talk",), ("all",)}
    shown = {to[0]: patch(frame, to[0]) for to, frame in frames.items()}
    assert shown["all"].changes == [Change(2, "ann", [LENS]), Change(3, "ann", [note], "say")]
    assert shown["bench 1"].changes == [Change(2, "ann", [LENS]), Change(3, "ann", [])]
    assert shown["talk"].changes == [Change(2, "ann", []), Change(3, "ann", [note], "say")]
    assert len({message.head for message in shown.values()}) == 1
    assert [len(message.acks) for message in shown.values()] == [0, 1, 0]
    desk.accept(Remove("note"), Put("draft", "text", {"x": "secret"}, Lane.TALK), Remove("draft"))
    for frame in desk.flush():
        assert isinstance(frame, SendFrame)
        [change] = patch(frame, frame.to[0]).changes
        assert bool(change.ops) == ("bench 1" not in frame.to)


def test_sent_is_the_clock_of_the_last_change_that_left() -> None:
    """SEEN-1: nobody can have seen a change that was not sent."""
    desk = Desk("c1")
    desk.accept(LENS)
    desk.accept(LENS)
    assert desk.delivery.sent == 0
    desk.flush(durable=1)
    assert desk.delivery.sent == 1
    desk.flush()
    assert desk.delivery.sent == 2


def hashed(desk: Desk, *lanes: Lane) -> list[int]:
    """The clocks of the next changes that come with a hash, which must match the document."""
    clocks = []
    for _ in range(HASH_EVERY):
        desk.accept(LENS)
        message = patch(desk.flush()[-1], "c1")
        if message.hash:
            clocks.append(message.changes[-1].clock)
            every = desk.history.document.hashes()
            assert message.hash == {lane: every[lane] for lane in lanes}
    return clocks


def test_hash_goes_out_now_and_then() -> None:
    """HASH-1: with the last accepted change, and not while others wait."""
    desk = Desk("c1")
    assert hashed(desk, Lane.BENCH) == [HASH_EVERY]
    assert hashed(desk, Lane.BENCH) == [HASH_EVERY * 2]
    for _ in range(HASH_EVERY + 1):
        desk.accept(LENS)
    [frame] = desk.flush(durable=desk.history.clock - 1)
    assert not patch(frame, "c1").hash


def test_hashes_are_those_of_the_lanes_that_a_receiver_knows() -> None:
    """HASH-1, DOC-8."""
    desk = Desk()
    desk.ask("c1", Lane.BENCH, Lane.TALK)
    desk.flush()
    assert hashed(desk, Lane.BENCH, Lane.TALK) == [HASH_EVERY]


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
    assert isinstance(page, FullState)
    assert (pages.to, page.clock) == ("cid", 1)
    [frame] = desk.flush()
    assert isinstance(frame, SendFrame)
    assert (frame.to, list(frame.acks)) == (("ann", "bob", "cid"), ["bob"])
    assert not desk.delivery.waiting


def test_pages_are_owed_until_they_leave() -> None:
    """LIM-14: all pages of each request."""
    desk = Desk("c1")
    assert not desk.delivery.owes_pages("c2")
    desk.accept(LENS)
    desk.ask("c2")
    desk.ask("c2")
    assert desk.delivery.owes_pages("c2")
    assert not desk.delivery.owes_pages("c1")
    desk.flush(durable=0)
    assert desk.delivery.owes_pages("c2")
    desk.flush()
    assert not desk.delivery.owes_pages("c2")
