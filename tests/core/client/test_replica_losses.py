"""The room refuses a change, or its answer is lost: the author gets a report (PUSH-6, REP-8)."""

from __future__ import annotations

from optiverse_collab.core.client.effects import Conflict, ConflictKind, Diverged, LossKind, Lost
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import Patch
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.records import Put, Record, Remove, Set
from tests.helpers.wire import LENS, Peer, Wire, equal


def test_change_refused_by_the_server_is_taken_back_and_told() -> None:
    """PUSH-6, REP-8: the view reverts, the log has the values, and later edits continue."""
    wire, ann = Wire(Limits(records=1)), Peer("ann")
    wire.connect(ann)
    ann.edit(Put("a", "component", {"n": 1}))
    wire.settle()
    ann.edit(Put("b", "component", {"n": 2}))
    ann.edit(Set("a", {"n": 3}))
    wire.settle()
    [lost] = ann.told(Lost)
    assert lost.kind is LossKind.REFUSED
    assert lost.ops == (Put("b", "component", {"n": 2}),)
    assert "the limit is 1" in lost.message
    assert wire.room.history.document.records == {"a": Record("a", "component", {"n": 3})}
    assert equal(wire, ann)


def test_refusal_in_a_lost_frame_is_asked_for_again() -> None:
    """HASH-4, REP-8: a change whose answer was lost doesn't wait for the next connection."""
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
    assert [lost.kind for lost in ann.told(Lost)] == [LossKind.REFUSED]
    assert equal(wire, ann, bob)


def test_refused_change_before_an_accepted_one_is_known() -> None:
    """SYNC-6, REP-8: both answers were lost; the pages have one, and pass over the other."""
    wire, ann = Wire(Limits(records=1)), Peer("ann")
    wire.connect(ann)
    ann.edit(LENS)
    wire.settle()
    ann.edit(Put("mirror", "component", {}))
    ann.edit(Set("lens", {"name": "accepted"}))
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()
    wire.lose(ann)
    wire.connect(ann)
    assert ann.told(Lost) == [Lost((Put("mirror", "component", {}),), LossKind.REFUSED)]
    assert equal(wire, ann)


def test_duplicate_without_an_answer_asks_what_became_of_it(wire: Wire, ann: Peer, bob: Peer) -> None:
    """PUSH-7, REP-8: the first answer reported a loss, and was lost itself."""
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
    [gone] = bob.told(Conflict)
    assert (gone.kind, gone.by, gone.mine) == (ConflictKind.GONE, "ann", Set("lens", {"name": "too late"}))
    assert equal(wire, ann, bob)


def test_answers_that_arrive_while_pages_are_awaited_count() -> None:
    """SYNC-6, REP-8: a refused change is undone at once; the results of the others are in the pages."""
    wire = Wire(Limits(records=1))
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    ann.edit(LENS)
    wire.settle()
    bob.edit(Remove("lens"), Put("mirror", "component", {}))
    wire.poll(bob)
    wire.send_up(bob)
    ann.edit(Set("lens", {"name": "too late"}))
    ann.edit(Put("prism", "component", {}))
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()
    ann.do(ann.replica._request_sync(everything=True))
    wire.send_down(ann)
    assert [lost.kind for lost in ann.told(Lost)] == [LossKind.REFUSED]
    assert "prism" not in ann.screen
    assert [change.client_clock for change in ann.replica.pending] == [2]
    wire.settle()
    assert [told.kind for told in ann.told(Conflict)] == [ConflictKind.GONE]
    assert len(ann.told(Lost)) == 1
    assert equal(wire, ann, bob)
    assert not ann.replica.pending


def test_answer_to_a_change_that_is_settled_is_ignored(ann: Peer) -> None:
    """PUSH-4: one acknowledgement settles a change; further ones have nothing to settle."""
    refusal = Ack(99, AckResult.REFUSED, message="No.")
    assert ann.replica.receive(Patch([], acks=[refusal])) == []
    assert set(ann.replica.view) == {"lens"}
