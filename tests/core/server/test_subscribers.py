"""Which receivers are behind, and for how long (SYNC-11, SYNC-12)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.records import Lane
from optiverse_collab.core.server.subscribers import Bounds, Subscribers

BENCH = frozenset([Lane.BENCH])
ALL = frozenset(Lane)


@pytest.fixture
def some() -> Subscribers:
    """Ann and Bob at clock 5; a receiver may leave 1 s or 1,000 bytes unconfirmed."""
    some = Subscribers(Bounds(1000, 1000))
    some.add("ann", BENCH, 5)
    some.add("bob", BENCH, 5)
    return some


def ready(some: Subscribers) -> list[str]:
    """The receivers of the next frame."""
    return [id for _, ids in some.groups() for id in ids]


def fall_behind(some: Subscribers, *ids: str) -> None:
    """Send clock 6 at 0 ms; at 1,001 ms everybody except these has confirmed it."""
    some.note(6, 100, 0)
    for id in {"ann", "bob"} - {*ids}:
        assert not some.confirm(id, 6, 6, 900)
    some.look(1001)


def test_receivers_are_grouped_by_what_they_know(some: Subscribers) -> None:
    """DOC-8: a frame is encoded once for each group."""
    some.add("cid", ALL, 5)
    assert [*some.groups()] == [(BENCH, ["ann", "bob"]), (ALL, ["cid"])]
    some.remove("ann")
    some.remove("nobody")
    assert ready(some) == ["bob", "cid"]


def test_one_that_confirms_too_late_is_behind(some: Subscribers) -> None:
    """SYNC-12: after the limit, not at it; receivers that have confirmed are not."""
    some.note(6, 100, 0)
    some.confirm("ann", 6, 6, 500)
    some.look(1000)
    assert some.behind() == []
    some.look(1100)
    assert (ready(some), some.behind()) == (["ann"], ["bob"])


def test_one_that_leaves_too_many_bytes_is_behind(some: Subscribers) -> None:
    """SYNC-12: counting frames since its confirmation, except those of the last 200 ms."""
    some.note(6, 600, 0)
    some.confirm("ann", 6, 6, 1)
    some.note(7, 400, 2)
    some.note(8, 5000, 3)
    some.look(202)
    assert some.behind() == []
    some.confirm("ann", 8, 8, 203)
    some.look(302)
    assert some.behind() == ["bob"]


def test_it_is_looked_now_and_then(some: Subscribers) -> None:
    """Most frames need no check; a clock that was set back doesn't stop the checks."""
    some.look(0)
    some.note(6, 2000, -9000)
    some.look(99)
    assert some.behind() == []
    some.look(-5000)
    assert some.behind() == ["ann", "bob"]


def test_frames_that_all_confirmed_are_forgotten(some: Subscribers) -> None:
    """The memory is bounded by the number of unconfirmed frames."""
    for clock in range(6, 30):
        some.note(clock, 10, clock)
        some.confirm("ann", clock, clock, clock)
    some.confirm("bob", 20, 29, 30)
    some.look(1000)
    assert [frame.clock for frame in some._frames] == [*range(21, 30)]
    some.look(1200)
    assert (some.behind(), [*some._frames]) == (["bob"], [])


def test_delta_is_due_once_all_that_was_sent_is_confirmed(some: Subscribers) -> None:
    """SYNC-12: one at a time."""
    some.note(6, 100, 0)
    fall_behind(some, "bob")
    assert not some.confirm("bob", 5, 9, 1100)
    assert some.confirm("bob", 6, 9, 1200)
    assert not some.confirm("bob", 6, 9, 1300)  # the delta is in the queue
    some.look(1350)
    assert some.caught_up("bob", 9, 1400)
    assert some.behind() == ["bob"]


def test_nothing_is_due_where_nothing_was_missed(some: Subscribers) -> None:
    """SYNC-12: the receiver continues with the next frame."""
    fall_behind(some, "bob")
    assert not some.confirm("bob", 6, 6, 1200)
    assert some.behind() == []


def test_one_that_is_quick_again_gets_frames_again(some: Subscribers) -> None:
    """SYNC-12: skipped frames don't count against it."""
    fall_behind(some, "bob")
    some.confirm("bob", 6, 7, 1200)
    some.note(7, 5000, 1200)
    some.caught_up("bob", 7, 1200)
    some.note(8, 5000, 1300)
    some.confirm("ann", 8, 8, 1300)
    assert some.confirm("bob", 7, 8, 2200)
    assert some.behind() == ["bob"]
    assert some.caught_up("bob", 8, 2200)
    assert some.behind() == []
    some.look(2300)
    assert some.behind() == []


def test_one_that_stays_slow_gets_one_delta_after_the_other(some: Subscribers) -> None:
    """SYNC-12: each up to the present of its time."""
    fall_behind(some, "bob")
    some.confirm("bob", 6, 7, 1200)
    some.caught_up("bob", 7, 1200)
    assert some.confirm("bob", 7, 9, 2201)
    some.caught_up("bob", 9, 2201)
    assert some.behind() == ["bob"]


def test_it_is_known_what_each_was_sent(some: Subscribers) -> None:
    """HASH-4: a receiver that has less has lost something."""
    assert [some.sent_to(id) for id in ("ann", "nobody")] == [5, 0]
    fall_behind(some, "bob")
    some.note(7, 100, 1001)
    assert [some.sent_to(id) for id in ("ann", "bob")] == [7, 6]
    some.confirm("bob", 6, 8, 1200)
    some.caught_up("bob", 8, 1300)
    assert some.sent_to("bob") == 8


def test_whoever_is_gone_or_came_back_needs_no_delta(some: Subscribers) -> None:
    """SYNC-1: a new request replaces the old one."""
    fall_behind(some, "ann", "bob")
    some.confirm("ann", 6, 7, 1200)
    some.confirm("bob", 6, 7, 1200)
    some.remove("ann")
    some.add("bob", BENCH, 7)
    assert not some.caught_up("ann", 7, 1300)
    assert not some.caught_up("bob", 7, 1300)
    assert not some.confirm("ann", 7, 7, 1300)
    assert ready(some) == ["bob"]


def test_far_line_is_not_a_slow_one() -> None:
    """SYNC-12: 700 ms round trip and confirmations twice a second, while two people drag."""
    some, now_ms = Subscribers(Bounds(1000, 16_000)), 0.0
    for id in ("ann", "bob"):
        some.add(id, BENCH, 5)
    for tick in range(200):
        now_ms = 10_000.0 + 33 * tick
        some.note(6 + tick, 600, now_ms)
        some.confirm("ann", 6 + tick, 6 + tick, now_ms)
        if tick % 15 == 0 and tick > 21:
            some.confirm("bob", 6 + tick - 21, 6 + tick, now_ms)
        some.look(now_ms)
        assert some.behind() == []
    some.look(now_ms + 1000 + 690)
    assert some.behind() == ["bob"]


def test_far_line_may_be_quick_again(some: Subscribers) -> None:
    """SYNC-12: the answer to a delta takes as long as any other."""
    some.note(6, 100, 0)
    some.confirm("ann", 6, 6, 0)
    some.confirm("bob", 6, 6, 700)
    some.note(7, 100, 1000)
    some.confirm("ann", 7, 7, 1000)
    some.look(2701)
    assert some.behind() == ["bob"]
    some.confirm("bob", 7, 8, 5000)
    some.caught_up("bob", 8, 5000)
    assert some.confirm("bob", 8, 9, 6600)
    assert some.caught_up("bob", 9, 6600)
    assert some.behind() == []
