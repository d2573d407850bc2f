"""Pending changes on disk and in a restored replica: DISK rules and SYNC-8."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client import pending as pending_module
from optiverse_collab.core.client.pending import Pending, restored
from optiverse_collab.core.records import Op, Put, Set
from optiverse_collab.errors import ChangeRefused, Reason

PLENTY, LAST = 10_000, 99


def add(pending: Pending, *ops: Op, seen: int = 0, step: str = "") -> None:
    """Make a change that saw `seen`."""
    pending.add(ops, PLENTY, seen, False, step)


def test_copy_is_safe_from_what_follows() -> None:
    """DISK-4: later changes of the original do not reach it."""
    pending = Pending()
    add(pending, Put("a", "k", {"x": 1}))
    pending.take_unsent(PLENTY, LAST)
    add(pending, Set("a", {"x": 2}))
    copy = Pending(pending.copy())
    add(pending, Set("a", {"x": 3}))
    assert [change.ops["a"] for change in copy.on("a")] == [[Put("a", "k", {"x": 1})], [Set("a", {"x": 2})]]
    assert [change.sent for change in copy.changes] == [True, False]
    assert copy.next_clock == 3


def test_restored_changes_are_numbered_again() -> None:
    """SYNC-8, PUSH-2: nobody knows which were sent, so none changes, and each keeps its former names."""
    pending = Pending()
    for id in "abc":
        add(pending, Put(id, "k"), seen=7, step="gesture")
    pending.drop(1)
    again = restored(restored(pending.copy(), "client 1", 9).copy(), "client 2", 9)
    assert [change.client_clock for change in again.changes] == [1, 2]
    assert [change.former for change in again.changes] == [
        [("client 1", 2), ("client 2", 1)],
        [("client 1", 3), ("client 2", 2)],
    ]
    assert [(change.sent, change.seen, change.step) for change in again.changes] == [(True, 7, "gesture")] * 2
    add(again, Set("c", {"x": 1}), seen=7, step="gesture")
    assert [change.client_clock for change in again.changes] == [1, 2, 3]
    assert len(again.take_unsent(PLENTY, LAST)) == 3
    assert all(change.former == [] for change in pending.changes)


def test_restored_changes_have_seen_what_is_restored() -> None:
    """DISK-4: a change may be younger than the restored document."""
    pending = Pending()
    add(pending, Put("a", "k"), seen=7)
    add(pending, Put("b", "k"), seen=3)
    assert [change.seen for change in restored(pending.copy(), "client 1", 5).changes] == [5, 3]


def test_what_the_disk_lacks_is_known() -> None:
    """DISK-2: new or altered changes, and removed ones."""
    pending = Pending()
    for id in "abc":
        add(pending, Put(id, "k"))
    assert list(pending.unwritten) == [1, 2, 3]
    pending.unwritten.clear()
    add(pending, Set("c", {"x": 1}))
    pending.drop(1)
    assert (list(pending.unwritten.values()), pending.settled) == ([pending.changes[-1]], [1])
    pending.drop(3)
    assert (pending.unwritten, pending.settled) == ({}, [1, 3])


def test_a_sealed_change_is_joined_by_none() -> None:
    """DISK-1: it is about to be written, and then sent unchanged."""
    pending = Pending()
    pending.seal()
    add(pending, Set("a", {"x": 1}))
    pending.seal()
    add(pending, Set("a", {"x": 2}))
    assert [change.client_clock for change in pending.changes] == [1, 2]
    assert pending.first_unsent == 1
    assert [change.client_clock for change in pending.take_unsent(PLENTY, 1)] == [1]
    assert (pending.first_unsent, pending.take_unsent(PLENTY, 1)) == (2, [])
    pending.take_unsent(PLENTY, 2)
    assert pending.first_unsent == 3


def test_at_most_64_mib_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """DISK-7: the byte count stays right, whatever happens to the changes."""
    pending = Pending()
    add(pending, Set("a", {"x": "long " * 9}))
    add(pending, Set("b", {"x": 1}))
    add(pending, Set("b", {"y": 2}))
    assert pending.bytes == sum(change.bytes for change in pending.changes)
    monkeypatch.setattr(pending_module, "PENDING_BYTES", pending.bytes + 2)
    add(pending, Set("b", {"x": 11}))
    for op in (Set("b", {"x": 1111}), Set("c", {"x": 1})):
        with pytest.raises(ChangeRefused, match="join the session again, or save the file") as refused:
            add(pending, op)
        assert refused.value.reason is Reason.PENDING_FULL
    assert [change.client_clock for change in pending.changes] == [1, 2]
    pending.drop(1)
    add(pending, Set("c", {"x": 1}))
    assert pending.bytes == sum(change.bytes for change in pending.changes)
    assert restored(pending.copy(), "client 1", 5).bytes == pending.bytes
