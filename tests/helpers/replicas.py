"""Replicas as they are stored on disk, for tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from optiverse_collab.core.client.conflicts import HeldChange, bring_back
from optiverse_collab.core.client.journal import Changed, Dismissed, Entry, Held, Settled
from optiverse_collab.core.client.pending import PendingChange
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.disk.file_format import Owner

OWNER = Owner("lab", ["ws://localhost:8765"], "ann")
VALUES: tuple[Any, ...] = (0, 1, 1.0, -0.0, True, None, "", "ü", [1, 2.5], {"k": [0]}, 2**64 - 1, -(2**63))


def pending(number: int, *ops: Op, **fields: Any) -> PendingChange:
    """A pending change with these operations; by default, an edit of `a`."""
    by_id: dict[str, list[Op]] = {}
    for op in ops or [Set("a", {"n": number})]:
        by_id.setdefault(op.id, []).append(op)
    return PendingChange(number, by_id, bytes=50, seen=3, **fields)


def saved(*changes: PendingChange, records: int = 1, held: dict[str, HeldChange] | None = None) -> Saved:
    """A replica with some records, and these changes pending."""
    return Saved(
        ["former", "present"],
        "epoch 1",
        7,
        "0f" * 16,
        [Record(f"r{number}", "component", {"n": number, "pos": [1.0, 2]}) for number in range(records)],
        list(changes),
        held or {},
        accepted=True,
    )


_ids = st.sampled_from(["a", "b", "ö"])
_props = st.dictionaries(st.sampled_from(["x", "pos"]), st.sampled_from(VALUES), max_size=2)
_ops: st.SearchStrategy[Op] = st.one_of(
    st.builds(Put, _ids, st.just("component"), _props),
    st.builds(Set, _ids, _props, st.lists(st.just("y"), max_size=1)),
    st.builds(Remove, _ids),
)
_changes = st.builds(
    PendingChange,
    client_clock=st.integers(1, 9),
    ops=st.dictionaries(_ids, st.lists(_ops, min_size=1, max_size=2), min_size=1, max_size=2),
    bytes=st.integers(1, 1000),
    seen=st.integers(0, 2**53),
    yields=st.booleans(),
    step=st.sampled_from(["", "drag"]),
    former=st.lists(st.tuples(st.just("former"), st.integers(1, 9)), max_size=1),
)
entries: st.SearchStrategy[Entry] = st.one_of(
    st.builds(Changed, _changes),
    st.builds(Settled, st.integers(1, 9)),
    st.builds(Held, _ids, st.builds(HeldChange, st.lists(_ops, min_size=1, max_size=2), st.just("ben"))),
    st.builds(Dismissed, _ids),
)


def use_held(replica: Replica, id: str) -> None:
    """Repeat held changes of a record, as an edit (SEEN-9)."""
    replica.edit(bring_back(replica.held[id], id in replica.view))
    replica.dismiss_held(id)
