"""The replica against a real room: REP, SYNC and PUSH rules of docs/protocol.md."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from optiverse_collab.core.client.effects import (
    Diverged,
    EpochChanged,
    LossKind,
    Lost,
    ShowChange,
    Synced,
    SyncProgress,
)
from optiverse_collab.core.client.replica import Replica, Saved
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import Change, Patch, SyncRequest
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.core.server import delivery
from optiverse_collab.core.server.history import History
from optiverse_collab.errors import ChangeRefused, Reason
from tests.helpers.wire import Peer, Wire

LENS = Put("lens", "component", {"pos": [0.0, 0.0], "name": "Lens"})


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def ann(wire: Wire) -> Peer:
    peer = Peer("ann")
    wire.connect(peer)
    peer.edit(LENS)
    wire.settle()
    return peer


@pytest.fixture
def bob(wire: Wire, ann: Peer) -> Peer:
    peer = Peer("bob")
    wire.connect(peer)
    return peer


def equal(wire: Wire, *peers: Peer) -> bool:
    """Whether everybody sees what the room holds."""
    records = wire.room.history.document.records
    return all(peer.replica.view == records == peer.screen for peer in peers)


# Unhappy paths first


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


def test_change_refused_by_the_server_is_taken_back_and_told() -> None:
    """PUSH-6, REP-8: the view goes back, the log has the values, what follows goes on."""
    wire, ann = Wire(Limits(records=1)), Peer("ann")
    wire.connect(ann)
    ann.edit(Put("a", "component", {"n": 1}))
    wire.settle()
    ann.edit(Put("b", "component", {"n": 2}))
    ann.edit(Set("a", {"n": 3}))
    wire.settle()
    assert [lost.result for lost in ann.told(Lost)] == [LossKind.REFUSED]
    assert ann.told(Lost)[0].ops == (Put("b", "component", {"n": 2}),)
    assert "at most 1" in ann.told(Lost)[0].message
    assert wire.room.history.document.records == {"a": Record("a", "component", {"n": 3})}
    assert equal(wire, ann)


def test_edit_of_what_somebody_removed_is_told(wire: Wire, ann: Peer, bob: Peer) -> None:
    """DOC-5, PUSH-4, REP-8: remove beats set; the loser hears of it with the values."""
    ann.edit(Remove("lens"))
    bob.edit(Set("lens", {"pos": [5.0, 5.0]}))
    wire.settle()
    assert equal(wire, ann, bob)
    assert bob.told(Lost) == [Lost((Set("lens", {"pos": [5.0, 5.0]}),), LossKind.DISCARD)]


def test_part_of_a_change_is_lost(wire: Wire, ann: Peer, bob: Peer) -> None:
    """PUSH-4: a rebase says what of it had no effect; the rest has."""
    ann.edit(Put("other", "component", {}))
    wire.settle()
    ann.edit(Remove("lens"))
    bob.edit(Set("lens", {"a": 1}), Set("other", {"a": 1}))
    wire.settle()
    assert equal(wire, ann, bob)
    assert bob.told(Lost) == [Lost((Set("lens", {"a": 1}),), LossKind.REBASE)]
    assert bob.replica.view["other"].props == {"a": 1}


def test_another_history_is_never_merged(wire: Wire, ann: Peer) -> None:
    """CLK-3: the view stays, what is pending stays, and the owner is told."""
    wire.lose(ann)
    ann.edit(Set("lens", {"name": "mine"}))
    wire.start, wire.journal = History.empty("epoch 2"), []
    wire.room = wire.open_room()
    wire.room.join("c99", "ann", wire.now_ms)
    [request] = ann.replica.connected()
    effects = wire.room.receive("c99", request.message, wire.now_ms)
    assert effects == []
    [answer] = wire.room.flush()
    heard = [effect for page in answer.pages for effect in ann.replica.receive(page)]
    assert heard == [EpochChanged("epoch 2")]
    assert ann.replica.view["lens"].props["name"] == "mine"
    assert len(ann.replica.pending) == 1
    assert not ann.replica.poll(1e9)


def test_any_history_will_do_where_there_was_none(wire: Wire) -> None:
    """CLK-3: a session without changes has no history to protect."""
    ann = Peer("ann")
    wire.connect(ann)
    wire.lose(ann)
    ann.edit(LENS)
    wire.start = History.empty("epoch 2")
    wire.room = wire.open_room()
    wire.connect(ann)
    assert ann.replica.epoch == "epoch 2"
    assert equal(wire, ann)
    assert "lens" in wire.room.history.document.records


def test_missing_change_is_noticed_and_fetched(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HASH-4: a gap in the clocks is told, and what is missing is asked for from where it starts."""
    clock = bob.replica.clock
    heard = bob.replica.receive(Patch([Change(clock + 2, "ann", [Set("lens", {"a": 1})])]))
    assert isinstance(heard[0], Diverged)
    assert heard[1].message == SyncRequest(bob.replica.client_id, bob.replica.epoch, clock)
    assert "a" not in bob.replica.view["lens"].props


def test_differing_copy_is_noticed_and_replaced(
    wire: Wire, ann: Peer, bob: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HASH-1, HASH-3."""
    bob.replica._base.apply(Set("lens", {"name": "flipped by a cosmic ray"}))
    monkeypatch.setattr(delivery, "HASH_EVERY", 1)
    wire.room._delivery._hash_due = 0
    ann.edit(Set("lens", {"pos": [1.0, 1.0]}))
    wire.settle()
    assert len(bob.told(Diverged)) == 1
    assert not ann.told(Diverged)
    assert equal(wire, ann, bob)


def test_pages_that_nobody_asked_for_are_ignored(ann: Peer, wire: Wire) -> None:
    """SYNC-5: an answer belongs to a request."""
    _, answer = wire.room.history, delivery.answer_pages(wire.room.history, SyncRequest("x"))
    assert [ann.replica.receive(page) for page in answer] == [[]]


# Editing


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


# Connections that come and go


def test_offline_edits_arrive_later(wire: Wire, ann: Peer, bob: Peer) -> None:
    """REP-7, SYNC-2: both worked on; both have everything, through a delta."""
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
    """SYNC-6, PUSH-7: the push arrived, the answer did not; it is neither lost nor applied twice."""
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
    assert bob.told(Lost) == [Lost((Set("lens", {"name": "once"}),), LossKind.SUPERSEDED)]
    assert sum(entry.client_id == bob.replica.client_id for entry in wire.journal) == 1


def test_push_that_arrives_twice_applies_once(wire: Wire, ann: Peer) -> None:
    """PUSH-7: an old connection's push arrives after the new one sent it again."""
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
    """DUR-1: nobody saw the change, its author still has it and sends it again."""
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
    """REP-7: what a script puts before it is connected is in the session after."""
    bob = Peer("bob")
    bob.edit(Put("early", "component", {}))
    wire.connect(bob)
    assert equal(wire, ann, bob)
    assert {"early", "lens"} == set(ann.screen)


def test_edits_while_pages_arrive_survive_them(wire: Wire, ann: Peer) -> None:
    """SYNC-5, REP-1: an edit in the middle of a resynchronisation stays on the screen."""
    ann.do(ann.replica._request_sync(everything=True))
    ann.edit(Set("lens", {"name": "meanwhile"}))
    wire.settle()
    assert equal(wire, ann)
    assert ann.screen["lens"].props["name"] == "meanwhile"


def test_a_large_bench_arrives_in_pages() -> None:
    """SYNC-3, LIM-1: progress is told, no message is longer than the limit, the view changes at once."""
    wire, ann, bob = Wire(Limits(page_bytes=2000)), Peer("ann"), Peer("bob")
    wire.connect(ann)
    for n in range(100):
        ann.edit(Put(f"r{n}", "component", {"text": "x" * 100}))
    wire.settle()
    wire.connect(bob)
    assert len(bob.told(SyncProgress)) > 5
    assert bob.told(SyncProgress)[-1].total == 100
    assert len(bob.told(ShowChange)) == 1
    assert max(len(text) for text in bob.texts if "sync:full_state" in text) < 3000
    assert equal(wire, ann, bob)


def test_history_that_was_pruned_is_told_in_full(wire: Wire) -> None:
    """CLK-4: from before the start of the history only a full state is right."""
    wire = Wire(tombstones=4)
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    for n in range(20):
        ann.edit(Put(f"r{n}", "component", {}))
    wire.settle()
    wire.lose(bob)
    for n in range(10):
        ann.edit(Remove(f"r{n}"))
        wire.settle()
    bob.heard.clear()
    wire.connect(bob)
    assert bob.told(Synced) == [Synced(full=True, records=10)]
    assert equal(wire, ann, bob)


def test_refusal_in_a_lost_frame_is_asked_for_again() -> None:
    """HASH-4, REP-8: a change of which the answer was lost doesn't wait for the next connection."""
    wire = Wire(Limits(records=1))
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    bob.edit(LENS)
    ann.edit(Put("mirror", "component", {}))
    for peer in (bob, ann):
        wire.poll(peer)
        wire.send_up(peer)
    wire.commit()
    ann.down.clear()
    bob.edit(Set("lens", {"name": "next"}))
    wire.settle()
    assert len(ann.told(Diverged)) == 1
    assert [lost.result for lost in ann.told(Lost)] == [LossKind.REFUSED]
    assert equal(wire, ann, bob)


def test_duplicate_of_a_change_without_an_answer_asks_what_became_of_it(
    wire: Wire, ann: Peer, bob: Peer
) -> None:
    """PUSH-7, REP-8: the answer said what was lost, and it was lost itself."""
    ann.edit(Remove("lens"))
    bob.edit(Set("lens", {"name": "too late"}))
    for peer in (ann, bob):
        wire.poll(peer)
    again = list(bob.up)
    for peer in (ann, bob):
        wire.send_up(peer)
    wire.commit()
    bob.down.clear()
    bob.up.extend(again)
    wire.settle()
    assert len(bob.told(Diverged)) == 1
    assert bob.told(Lost) == [Lost((Set("lens", {"name": "too late"}),), LossKind.SUPERSEDED)]
    assert equal(wire, ann, bob)


def test_what_comes_before_a_gap_is_shown(wire: Wire, ann: Peer, bob: Peer) -> None:
    """HASH-4, REP-4: the answer to the question won't hold it."""
    clock = bob.replica.clock
    patch = Patch(
        [
            Change(clock + 1, "ann", [Set("lens", {"name": "shown"})]),
            Change(clock + 3, "ann", [Set("lens", {"name": "not yet"})]),
        ]
    )
    bob.do(bob.replica.receive(patch))
    assert bob.replica.view["lens"].props["name"] == "shown"
    assert bob.screen == bob.replica.view


# Disk


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
