"""The replica against a real room: what an edit does, and what is kept on disk (REP and PUSH rules)."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from optiverse_collab.core.client.effects import LossKind, Lost, ShowChange
from optiverse_collab.core.client.replica import Replica, Saved
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.errors import ChangeRefused, Reason
from tests.helpers.wire import LENS, Peer, Wire, equal


@pytest.mark.parametrize(
    ("op", "reason"),
    [
        (Set("gone", {"pos": [1.0, 2.0]}), Reason.NO_SUCH_RECORD),
        (Remove("gone"), Reason.NO_SUCH_RECORD),
        (Set("lens", {"pos": [float("nan"), 0.0]}), Reason.NOT_FINITE),
        (Set("lens", {"x": "y" * 600_000}), Reason.RECORD_TOO_LARGE),
        (Put("", "component"), Reason.ID_EMPTY),
        (Put("x" * 129, "component"), Reason.ID_TOO_LONG),
    ],
)
def test_refused_edit_changes_nothing(ann: Peer, op: Set | Remove | Put, reason: Reason) -> None:
    """REP-6, LIM-2, LIM-3, LIM-6: refused as a whole and before it shows."""
    before = dict(ann.replica.view)
    with pytest.raises(ChangeRefused) as refusal:
        ann.replica.edit([Set("lens", {"name": "not this either"}), op])
    assert refusal.value.reason is reason
    assert ann.replica.view == before
    assert not ann.replica.pending


def test_change_longer_than_a_message_is_refused(ann: Peer) -> None:
    """PUSH-3."""
    ops = [Put(f"r{n}", "component", {"x": "y" * 300_000}) for n in range(4)]
    with pytest.raises(ChangeRefused) as refusal:
        ann.replica.edit(ops)
    assert refusal.value.reason is Reason.TOO_LARGE
    assert set(ann.replica.view) == {"lens"}


def test_edit_shows_at_once(ann: Peer) -> None:
    """REP-2: nothing has been sent, the view has it."""
    ann.edit(Set("lens", {"pos": [3.0, 4.0]}))
    assert ann.replica.view["lens"].props["pos"] == [3.0, 4.0]
    assert not ann.up


def test_first_push_at_once_then_one_in_33_ms(ann: Peer, wire: Wire) -> None:
    """PUSH-2: a drag that moves every 5 ms makes a push every 33 ms, each one change."""
    start, sent = wire.now_ms + 1000, []
    for step in range(100):
        ann.edit(Set("lens", {"pos": [float(step), 0.0]}))
        if ann.replica.poll(start + step * 5):
            sent.append(step * 5)
    assert sent[0] == 0
    assert all(b - a >= 33 for a, b in pairwise(sent))
    assert len(sent) == 15
    assert len(ann.replica.pending) == len(sent) + 1


def test_wait_is_until_the_next_push(ann: Peer, wire: Wire) -> None:
    """PUSH-2: the surroundings know when to call again, and that there is nothing to wait for."""
    assert ann.replica.wait_ms(wire.now_ms) is None
    ann.edit(Set("lens", {"a": 1}))
    now = wire.now_ms + 1000
    assert ann.replica.wait_ms(now) == 0
    ann.replica.poll(now)
    ann.edit(Set("lens", {"a": 2}))
    assert ann.replica.wait_ms(now + 13) == 20


def test_pending_property_does_not_flicker(wire: Wire, ann: Peer, bob: Peer) -> None:
    """REP-1, REP-3, REP-8: Ann's value doesn't show at Bob, who moves the lens; the other does."""
    ann.edit(Set("lens", {"pos": [1.0, 1.0], "name": "from Ann"}))
    wire.poll(ann)
    wire.send_up(ann)
    bob.edit(Set("lens", {"pos": [2.0, 2.0]}))
    wire.commit()
    wire.send_down(bob)
    assert bob.screen["lens"].props == {"pos": [2.0, 2.0], "name": "from Ann"}
    assert bob.told(Lost) == [Lost((Set("lens", {"pos": [1.0, 1.0]}),), LossKind.OVERRIDDEN, by="ann")]
    wire.settle()
    assert ann.screen["lens"].props["pos"] == [2.0, 2.0]
    assert equal(wire, ann, bob)


def test_records_are_shown_in_the_order_in_which_they_were_put(wire: Wire, ann: Peer, bob: Peer) -> None:
    """REP-10: in a patch, in a full state, and after a restart from disk."""
    ids = ["lens", *(f"item {number * 7 % 50}" for number in range(50))]
    ann.edit(*(Put(id, "component") for id in ids[1:]))
    wire.settle()
    cem = Peer("cem")
    wire.connect(cem)
    wire.settle()
    for peer in (ann, bob, cem):
        assert list(peer.replica.view) == ids
        assert list(peer.screen) == ids
    assert list(Replica.restore(cem.replica.save()).view) == ids


def test_own_changes_are_never_shown_again(wire: Wire, ann: Peer, bob: Peer) -> None:
    """REP-4, REP-5: no echo; and to take a frame in sends nothing."""
    ann.heard.clear()
    for step in range(5):
        ann.edit(Set("lens", {"pos": [float(step), 0.0]}))
        wire.settle()
    assert ann.told(ShowChange) == []
    assert not bob.up
    [last] = bob.told(ShowChange)[-1:]
    assert last.authors == {"lens": "ann"}


def test_put_back_after_remove(wire: Wire, ann: Peer, bob: Peer) -> None:
    """DOC-6: the undo of a delete is an ordinary put."""
    ann.edit(Remove("lens"))
    wire.settle()
    assert bob.screen == {}
    ann.edit(LENS)
    wire.settle()
    assert equal(wire, ann, bob)
    assert "lens" in bob.screen


def test_restored_replica_goes_on(wire: Wire, ann: Peer, bob: Peer) -> None:
    """REP-9: the program ended while offline edits were pending."""
    wire.lose(bob)
    bob.edit(Set("lens", {"name": "offline"}), Put("new", "component", {"µ": "☃"}))
    text = msgspec.json.encode(bob.replica.save())
    restored = Peer("bob", replica=Replica.restore(msgspec.json.decode(text, type=Saved)))
    assert restored.replica.view == bob.replica.view
    restored.screen = dict(restored.replica.view)
    wire.connect(restored)
    assert equal(wire, ann, restored)
    assert ann.screen["lens"].props["name"] == "offline"


def test_restored_replica_counts_on(wire: Wire, ann: Peer) -> None:
    """REP-9, PUSH-7: a client clock that started again would be taken for a duplicate."""
    wire.lose(ann)
    restored = Peer("ann", replica=Replica.restore(ann.replica.save()))
    restored.screen = dict(restored.replica.view)
    wire.connect(restored)
    restored.edit(Set("lens", {"name": "after"}))
    wire.settle()
    assert wire.room.history.document.records["lens"].props["name"] == "after"


def test_unknown_kinds_and_properties_travel_untouched(wire: Wire, ann: Peer, bob: Peer) -> None:
    """DOC-7: a newer peer may know them."""
    props = {"flux": {"version": 9, "µ": [None, {"deep": True}]}, "pos": [1.0, 2.0]}
    ann.edit(Put("c1", "flux_capacitor", props))
    wire.settle()
    bob.edit(Set("c1", {"pos": [3.0, 4.0]}))
    wire.settle()
    assert equal(wire, ann, bob)
    assert ann.screen["c1"] == Record("c1", "flux_capacitor", {**props, "pos": [3.0, 4.0]})
