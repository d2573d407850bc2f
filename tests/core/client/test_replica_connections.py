"""A replica over several connections in a row: nothing is lost or applied twice (PUSH-7, REP-7)."""

from __future__ import annotations

from optiverse_collab.core.client.effects import Synced
from optiverse_collab.core.records import Put, Set
from tests.helpers.wire import Peer, Wire, equal


def test_offline_edits_arrive_later(wire: Wire, ann: Peer, bob: Peer) -> None:
    """REP-7, SYNC-2: two people worked offline; both get everything, through a delta."""
    wire.lose(bob)
    ann.edit(Put("mirror", "component", {"pos": [9.0, 9.0]}))
    wire.settle()
    bob.edit(Set("lens", {"name": "renamed offline"}))
    bob.heard.clear()
    wire.connect(bob)
    assert bob.told(Synced) == [Synced(full=False, records=1)]
    assert equal(wire, ann, bob)
    assert ann.screen["lens"].props["name"] == "renamed offline"


def test_lost_acknowledgement_is_made_up_for(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-6, PUSH-7: the push arrived, its answer was lost; the change is neither lost nor applied twice."""
    bob.edit(Set("lens", {"name": "once"}))
    wire.poll(bob)
    wire.send_up(bob)
    wire.lose(bob)
    wire.settle()
    ann.edit(Set("lens", {"name": "then Ann's"}))
    wire.settle()
    wire.connect(bob)
    assert equal(wire, ann, bob)
    assert ann.screen["lens"].props["name"] == "then Ann's"
    assert [wire.author_of(entry) for entry in wire.journal] == ["ann", "bob", "ann"]


def test_push_that_arrives_twice_applies_once(wire: Wire, ann: Peer) -> None:
    """PUSH-7: an old connection's push arrives after the new connection repeated it."""
    ann.edit(Set("lens", {"n": 1}))
    wire.poll(ann)
    again = list(ann.up)
    wire.send_up(ann)
    ann.up.extend(again)
    wire.settle()
    assert '"result":"duplicate"' in "".join(ann.texts)
    assert len([entry for entry in wire.journal if b'"n":1' in bytes(entry.ops)]) == 1
    assert equal(wire, ann)


def test_crash_before_durable_loses_nothing(wire: Wire, ann: Peer, bob: Peer) -> None:
    """DUR-1: nobody saw the change; its author still has it and sends it again."""
    ann.edit(Set("lens", {"name": "not stored"}))
    wire.poll(ann)
    wire.send_up(ann)
    wire.send_down(bob)
    assert "name" in bob.screen["lens"].props
    assert bob.screen["lens"].props["name"] == "Lens"
    wire.crash()
    wire.connect(ann, bob)
    assert equal(wire, ann, bob)
    assert bob.screen["lens"].props["name"] == "not stored"


def test_edits_before_the_first_synchronisation_survive_it(wire: Wire, ann: Peer) -> None:
    """REP-7: records that a script puts before it connects are in the session afterwards."""
    bob = Peer("bob")
    bob.edit(Put("early", "component", {}))
    wire.connect(bob)
    assert equal(wire, ann, bob)
    assert {"early", "lens"} == set(ann.screen)
