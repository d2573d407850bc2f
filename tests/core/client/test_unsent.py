"""Unsent edits of an abandoned replica go to the next one (SEEN-9, CLK-3)."""

from __future__ import annotations

from optiverse_collab.core.client import conflicts
from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.unsent import held_edits, unsent_edits
from optiverse_collab.core.records import Put, Record, Remove, Set, apply

LENS = Put("lens", "component", {"x": 1, "y": 2})


def test_unsent_edits_are_held_by_the_next_replica() -> None:
    """SEEN-9: with the record as its user saw it, so that each can be restored."""
    old, new = Replica("a"), Replica("b")
    old.edit([LENS, Put("mirror", "component", {"x": 0})])
    old.edit([Set("lens", {"x": 5})], step="a step")
    old.edit([Remove("mirror")], step="another step")
    for edit in unsent_edits(old.save()):
        new.hold(edit)
    assert new.held["lens"].record == Record("lens", "component", {"x": 5, "y": 2})
    assert new.held["mirror"] == HeldChange([Remove("mirror")], "")
    records: dict[str, Record] = {}
    for op in conflicts.bring_back(new.held["lens"], is_there=False):
        apply(records, op)
    assert records["lens"] == old.view["lens"]


def test_what_was_held_there_is_held_here() -> None:
    """SEEN-9: unsent edits of the same record join them."""
    old, new = Replica("a"), Replica("b")
    old.edit([LENS])
    old.edit([Set("lens", {"x": 5})])
    nine = Record("lens", "component", {"x": 1, "y": 9})
    old.held["lens"] = HeldChange([Set("lens", {"y": 9})], "Ben", nine)
    old.held["note"] = HeldChange([Remove("note")], "Ben")
    for edit in held_edits(old.held):
        new.hold(edit)
    assert new.held == old.held
    whole = Replica("c")
    for edit in unsent_edits(old.save()):
        whole.hold(edit)
    assert whole.held["lens"].record == Record("lens", "component", {"x": 5, "y": 2})
    assert whole.held["note"] == old.held["note"]
