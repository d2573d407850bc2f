"""Replicas that come to a session which continues theirs, and doesn't know the age of its values (HOST-3)."""

from __future__ import annotations

import pytest
from msgspec import structs

from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.records import Set
from optiverse_collab.core.server.journal import Parent, StampedRecord
from optiverse_collab.core.server.lineage import continued
from tests.helpers.going_back import Lost
from tests.helpers.wire import equal


@pytest.mark.parametrize("is_same", [True, False])
def test_edits_have_seen_what_is_the_same_in_the_next_epoch(is_same: bool) -> None:
    """HOST-3: where the whole bench comes, no value says how old it is."""
    lost = Lost()
    lost.wire.lose(lost.bob)
    lost.bob.edit(Set("lens", {"pos": [8, 8]}))
    if not is_same:
        lost.do(lost.ann, Set("lens", {"pos": [9, 9]}))
    lost.do(lost.ann, Set("prism", {"pos": [6, 6]}))
    wire, history = lost.wire, lost.wire.room.history
    wire.lose(lost.ann)
    stamps = [structs.replace(history.snapshot().stamps[0], clock=history.clock)]
    records = [StampedRecord(one, 0, {}) for one in history.document.records.values()]
    start = structs.replace(history.snapshot(), heads=b"", history_start=history.clock, records=records)
    start = structs.replace(start, stamps=stamps, clients=[], outcomes=[], tombstones=[])
    wire.start = continued(start, Parent("epoch 1", start.clock, 0, 1), "epoch 2")
    wire._kept = []
    wire.room = wire.open_room()
    wire.connect(lost.bob)
    assert lost.bench["lens"]["pos"] == ([8, 8] if is_same else [9, 9])
    assert len(lost.bob.told(Conflict)) == (not is_same)
    assert equal(wire, lost.bob)
