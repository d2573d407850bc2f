"""The replica against a real room: edits, and its state on disk (REP, PUSH and SYNC rules)."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from optiverse_collab.core.client.confirmed import LANES
from optiverse_collab.core.client.effects import Conflict, ConflictKind, ShowChange, Transmit
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.saved import FORMERS, Saved
from optiverse_collab.core.protocol.messages import Push, SyncRequest
from optiverse_collab.core.protocol.origins import origin_of
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
    """REP-6, LIM-2, LIM-3, LIM-6: refused as a whole, and before it is visible."""
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
    """REP-2: the view has it before anything is sent."""
    ann.edit(Set("lens", {"pos": [3.0, 4.0]}))
    assert ann.replica.view["lens"].props["pos"] == [3.0, 4.0]
    assert not ann.up


def test_without_answers_a_push_leaves_every_33_ms(ann: Peer, wire: Wire) -> None:
    """PUSH-2: a drag that moves every 5 ms makes one push of one change; the second comes a little early."""
    start, sent = wire.now_ms + 1000, []
    for step in range(100):
        ann.edit(Set("lens", {"pos": [float(step), 0.0]}))
        if ann.replica.poll(start + step * 5):
            sent.append(step * 5)
    assert sent[0] == 0
    assert sent[1] == 20
    assert all(b - a >= 30 for a, b in pairwise(sent[1:]))
    assert len(sent) == 16
    assert len(ann.replica.pending) == len(sent) + 1


def test_with_answers_few_push_every_12_ms(ann: Peer, wire: Wire) -> None:
    """PUSH-2: and a fifth participant slows them down."""
    sent = []
    for step in range(100):
        ann.replica.pace.few = step < 50
        ann.edit(Set("lens", {"pos": [float(step), 0.0]}))
        wire.now_ms += 5
        if ann.replica.push_wait_ms(wire.now_ms) == 0:
            ann.do(ann.session.poll(wire.now_ms))
            wire.send_up(ann)
            wire.commit()
            wire.send_down(ann)
            sent.append(step)
    assert len([step for step in sent if step < 50]) > 18
    assert len([step for step in sent if step >= 50]) < 9


def test_wait_is_until_the_next_push(ann: Peer, wire: Wire) -> None:
    """PUSH-2: the driver learns when to call again, and when there is nothing to wait for."""
    wire.poll(ann)
    assert ann.replica.wait_ms(wire.now_ms) is None
    ann.edit(Set("lens", {"a": 1}))
    now = wire.now_ms + 1000
    assert ann.replica.wait_ms(now) == 0
    assert ann.replica.push_wait_ms(now) == 0
    ann.replica.poll(now)
    assert ann.replica.wait_ms(now + 13) is None
    assert ann.replica.push_wait_ms(now + 13) == 3.5
    ann.edit(Set("lens", {"a": 2}))
    assert ann.replica.wait_ms(now + 13) == 3.5


def test_pending_property_does_not_flicker(wire: Wire, ann: Peer, bob: Peer) -> None:
    """REP-1, REP-3: Bob moves the lens and does not see Ann's value of it, but sees her other property."""
    ann.edit(Set("lens", {"pos": [1.0, 1.0], "name": "from Ann"}))
    wire.poll(ann)
    wire.send_up(ann)
    bob.edit(Set("lens", {"pos": [2.0, 2.0]}))
    wire.commit()
    wire.send_down(bob)
    assert bob.screen["lens"].props == {"pos": [2.0, 2.0], "name": "from Ann"}
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
    assert list(Replica.restore(cem.replica.save(), "another").view) == ids


def test_own_changes_are_never_shown_again(wire: Wire, ann: Peer, bob: Peer) -> None:
    """REP-4, REP-5: no echo, and a received frame sends nothing."""
    ann.heard.clear()
    for step in range(5):
        ann.edit(Set("lens", {"pos": [float(step), 0.0]}))
        wire.settle()
    assert ann.told(ShowChange) == []
    assert not bob.up
    [last] = bob.told(ShowChange)[-1:]
    assert last.authors == {"lens": "ann"}


def test_author_of_what_is_shown_is_who_did_it(wire: Wire, ann: Peer, bob: Peer) -> None:
    """REP-4: although the frame also has my own change of the record."""
    bob.edit(Set("lens", {"name": "Bob's"}))
    ann.edit(Set("lens", {"pos": [5.0, 0.0]}))
    for peer in (bob, ann):
        wire.poll(peer)
        wire.send_up(peer)
    wire.settle()
    [change] = [one for one in ann.told(ShowChange) if one.ops == (Set("lens", {"name": "Bob's"}),)]
    assert change.authors == {"lens": "bob"}


def test_put_back_after_remove(wire: Wire, ann: Peer, bob: Peer) -> None:
    """DOC-6: the undo of a delete is an ordinary put."""
    ann.edit(Remove("lens"))
    wire.settle()
    assert bob.screen == {}
    ann.edit(LENS)
    wire.settle()
    assert equal(wire, ann, bob)
    assert "lens" in bob.screen


def test_push_says_what_was_seen_and_meant(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SEEN-1, PUSH-8: what the window showed last, otherwise the replica's state; a change has the oldest."""
    replica, clock = ann.replica, ann.replica.clock
    ann.edit(Put("mirror", "component"))
    replica.edit([Set("lens", {"n": 1})], last_shown={"lens": clock - 1, "other": 0}, step="drag")
    replica.edit([Set("mirror", {"n": 1}), Put("new", "k")], last_shown={"new": clock - 1}, yields=True)
    replica.edit([])
    [push] = replica.poll(wire.now_ms + 1000)
    assert isinstance(push, Transmit)
    assert isinstance(push.message, Push)
    assert [(c.seen, c.yields, c.step) for c in push.message.changes] == [
        (clock, False, ""),
        (clock - 1, False, "drag"),
        (clock - 1, True, ""),
    ]


def test_edit_on_top_of_a_pending_one_saw_no_more(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SEEN-1, REP-3: the user's own value hides what others did to that property meanwhile."""
    clock = bob.replica.clock
    bob.edit(Set("lens", {"pos": [1.0, 1.0]}))
    ann.edit(Set("lens", {"name": "from Ann"}))
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()
    wire.send_down(bob)
    bob.edit(Set("lens", {"pos": [2.0, 2.0]}))
    bob.edit(Set("lens", {"name": "from Bob"}))
    assert [change.seen for change in bob.replica.pending] == [clock, clock]
    assert bob.replica.clock == clock + 1
    bob.replica.poll(wire.now_ms + 1000)
    bob.edit(Set("lens", {"other": 1}))
    assert bob.replica.pending[-1].seen == clock + 1


def restart(peer: Peer, client_id: str) -> Peer:
    """End the program, and start it again with its data from disk."""
    text = msgspec.json.encode(peer.replica.save())
    restored = Peer("bob", replica=Replica.restore(msgspec.json.decode(text, type=Saved), client_id))
    restored.screen = dict(restored.replica.view)
    return restored


def test_restored_replica_goes_on(wire: Wire, ann: Peer, bob: Peer) -> None:
    """DISK-4: the program ended while offline edits were pending."""
    wire.lose(bob)
    bob.edit(Set("lens", {"name": "offline"}), Put("new", "component", {"µ": "☃"}))
    restored = restart(bob, "bob 2")
    assert restored.replica.view == bob.replica.view
    assert restored.replica.save() != bob.replica.save()
    wire.connect(restored)
    assert equal(wire, ann, restored)
    assert ann.screen["lens"].props["name"] == "offline"


def test_restored_replica_has_a_new_name_and_settles_the_former(wire: Wire, bob: Peer) -> None:
    """DISK-4, SYNC-8: an accepted change is not sent again, although the replica missed the answer."""
    bob.edit(Set("lens", {"name": "once"}))
    wire.poll(bob)
    wire.send_up(bob)
    wire.lose(bob)
    wire.commit()
    restored = restart(restart(bob, "bob 2"), "bob 3")
    clock, head, formers = bob.replica.clock, bob.replica.head, ["client of bob", "bob 2"]
    heads = bob.replica.save().heads
    request = SyncRequest("bob 3", "epoch 1", clock, head, formers, [*LANES], term=1, heads=heads)
    assert restored.replica.connected() == [Transmit(request)]
    restored.replica.disconnected()
    wire.connect(restored)
    assert not restored.replica.pending
    restored.edit(Set("lens", {"name": "after"}))
    wire.settle()
    origins = [origin_of(name) for name in ("client of ann", "client of bob", "bob 3")]
    assert [wire.origin_of(entry) for entry in wire.journal] == origins
    assert equal(wire, restored)


def test_only_the_last_former_names_are_kept(bob: Peer) -> None:
    """SYNC-8: a request must stay short."""
    replica = bob.replica
    for number in range(FORMERS + 3):
        replica = Replica.restore(replica.save(), f"bob {number}")
    assert replica.save().client_ids == [f"bob {number}" for number in range(2, FORMERS + 3)]


def test_values_from_before_a_restart_are_its_own(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-8, SEEN-2: nobody conflicts with their own edits."""
    bob.edit(Set("lens", {"name": "before"}))
    wire.settle()
    wire.lose(bob)
    restored = restart(bob, "bob 2")
    restored.replica.edit([Set("lens", {"name": "offline"})], last_shown={"lens": 0})
    restored.screen = dict(restored.replica.view)
    wire.connect(restored)
    assert restored.told(Conflict) == []
    assert ann.screen["lens"].props["name"] == "offline"


def test_values_from_before_a_restart_can_be_replaced(wire: Wire, ann: Peer, bob: Peer) -> None:
    """SYNC-8, SEEN-10: their author gets a report, although the values have another client id."""
    bob.edit(Set("lens", {"name": "before"}))
    wire.settle()
    wire.lose(bob)
    restored = restart(bob, "bob 2")
    wire.connect(restored)
    ann.replica.edit([Set("lens", {"name": "unseen"})], last_shown={"lens": 0})
    ann.screen = dict(ann.replica.view)
    wire.settle()
    assert [one.kind for one in restored.told(Conflict)] == [ConflictKind.REPLACED_MINE]
    assert equal(wire, ann, restored)


def test_unknown_kinds_and_properties_travel_untouched(wire: Wire, ann: Peer, bob: Peer) -> None:
    """DOC-7: a newer peer may know them."""
    props = {"flux": {"version": 9, "µ": [None, {"deep": True}]}, "pos": [1.0, 2.0]}
    ann.edit(Put("c1", "flux_capacitor", props))
    wire.settle()
    bob.edit(Set("c1", {"pos": [3.0, 4.0]}))
    wire.settle()
    assert equal(wire, ann, bob)
    assert ann.screen["c1"] == Record("c1", "flux_capacitor", {**props, "pos": [3.0, 4.0]})
