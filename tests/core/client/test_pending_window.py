"""The push window limits unacknowledged data: PUSH-10 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.records import Put

PLENTY, LAST = 10**6, 99


def test_window_is_for_what_is_on_its_way() -> None:
    """PUSH-10: and one change may always be sent."""
    pending = Pending()
    assert not pending.can_send(1000)
    for number in range(4):
        pending.add([Put(f"r{number}", "k", {"text": "x" * 600})], PLENTY, 0, False, "")
    assert pending.can_send(0)
    assert pending.room(1000) == 1000
    [first] = pending.take_unsent(pending.room(1000), LAST)
    assert pending.room(1000) == 1000 - first.bytes
    assert pending.can_send(1000)
    assert not pending.can_send(first.bytes)
    [second] = pending.take_unsent(pending.room(1000), LAST)
    assert not pending.can_send(1000)
    pending.drop(first.client_clock)
    assert pending.room(1000) == 1000 - second.bytes
    pending.drop(4)  # was not in transit
    assert pending.room(1000) == 1000 - second.bytes
    pending.unsend()
    assert pending.room(1000) == 1000


def test_changes_that_come_first_move_the_others_back() -> None:
    """BACK-11: their numbers have not been used on this server, and all have seen as little."""
    pending, first = Pending(), Pending()
    for id in "ab":
        pending.add([Put(id, "lens", {})], 1000, seen=9, yields=False, step="")
    pending.take_unsent(1000, last=2)
    first.add([Put("c", "lens", {})], 1000, seen=5, yields=True, step="return")
    pending.put_first(first.changes, seen=5)
    assert [(one.client_clock, [*one.ops], one.seen) for one in pending.changes] == [
        (3, ["c"], 5),
        (4, ["a"], 5),
        (5, ["b"], 5),
    ]
    assert not pending.in_flight
    assert [*pending.unwritten] == [3, 4, 5]
    assert pending.bytes == sum(one.bytes for one in pending.changes)
