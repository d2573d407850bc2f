"""Edits without the right are refused at once, or kept until it is back (RIGHT-1 to RIGHT-3)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.access_effects import RoleChanged
from optiverse_collab.core.client.effects import Lost, Synced
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.rights import is_denial
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.records import Lane, Put, Remove, Set
from optiverse_collab.core.server.members import Admission
from optiverse_collab.errors import ChangeRefused, Reason
from tests.helpers.wire import LENS, Peer, Wire, equal


@pytest.fixture
def bob(wire: Wire, ann: Peer) -> Peer:
    """An editor, Bob, whose role others change."""
    bob = Peer("bob")
    wire.connect(bob, admission=Admission(Role.EDITOR, "bob's grant"))
    return bob


def give(wire: Wire, role: Role) -> None:
    """Let an owner give Bob a role; nobody has received the report yet."""
    wire.perform(wire.room.set_role("bob's grant", role, wire.now_ms))


def numbers(peer: Peer) -> list[int]:
    return [change.client_clock for change in peer.replica.pending]


def roles(bob: Peer, ann: Peer) -> list[Role]:
    """Bob's role according to him and to Ann."""
    return [bob.replica.rights.role, ann.session.participants["c2"].role]


def moved(x: float) -> Set:
    return Set("lens", {"pos": [x, 0.0]})


def test_role_comes_with_the_greeting_and_with_each_change(wire: Wire, ann: Peer, bob: Peer) -> None:
    """ACC-2."""
    assert roles(bob, ann) == [Role.EDITOR, Role.EDITOR]
    give(wire, Role.VIEWER)
    wire.settle()
    assert roles(bob, ann) == [Role.VIEWER, Role.VIEWER]
    assert bob.session.me == ann.session.participants["c2"] == bob.session.participants["c2"]
    assert [one.participant.role for one in ann.told(RoleChanged)] == [Role.VIEWER]
    assert [one.participant.role for one in bob.told(RoleChanged)] == [Role.VIEWER]


def test_edit_without_the_right_is_refused_at_once(wire: Wire, bob: Peer) -> None:
    """RIGHT-1: it is never visible, and nothing is sent."""
    may = [bob.replica.rights.may_edit]
    give(wire, Role.VIEWER)
    wire.settle()
    assert [*may, bob.replica.rights.may_edit] == [True, False]
    for edit in (moved(1.0), Put("mirror", "component", {}), Remove("lens"), Set("nothing", {"x": 1})):
        with pytest.raises(ChangeRefused, match=r"^You may only view this session") as refused:
            bob.replica.edit([edit])
        assert refused.value.reason is Reason.NOT_ALLOWED
    assert (bob.replica.view, bob.replica.pending) == (
        {"lens": wire.room.history.document.records["lens"]},
        [],
    )


def test_commenter_edits_the_lane_for_talk(wire: Wire, bob: Peer) -> None:
    """ACC-1, RIGHT-1."""
    bob.edit(Put("note", "note", {}, Lane.TALK))
    give(wire, Role.COMMENTER)
    wire.send_down(bob)
    with pytest.raises(ChangeRefused, match=r"^You may only comment on this session"):
        bob.replica.edit([moved(1.0)])
    bob.edit(Set("note", {"text": "Is this aligned?"}))
    assert [change.lane for change in bob.replica.pending] == [Lane.TALK]
    wire.settle()
    assert wire.room.history.document.records["note"].props == {"text": "Is this aligned?"}


def test_edits_from_before_wait_for_the_right(wire: Wire, ann: Peer, bob: Peer) -> None:
    """RIGHT-2: offline edits stay, nobody else sees them, and they are sent once the right is back."""
    wire.lose(bob)
    bob.edit(moved(1.0))
    wire.connect(bob, admission=Admission(Role.VIEWER, "bob's grant"), settle=False)
    wire.settle(waits=True)
    assert (numbers(bob), bob.replica.rights.withheld) == ([1], 1)
    assert bob.replica.view["lens"].props["pos"] == [1.0, 0.0]
    assert ann.replica.view["lens"].props["pos"] == [0.0, 0.0]
    give(wire, Role.EDITOR)
    wire.settle()
    assert bob.replica.rights.withheld == 0
    assert ann.replica.view["lens"].props["pos"] == [1.0, 0.0]
    assert equal(wire, ann, bob)


def test_they_yield_to_what_others_did_meanwhile(wire: Wire, ann: Peer, bob: Peer) -> None:
    """RIGHT-2, SYNC-5: as after an absence."""
    wire.lose(bob)
    bob.edit(moved(1.0))
    wire.connect(bob, admission=Admission(Role.VIEWER, "bob's grant"), settle=False)
    wire.settle(waits=True)
    ann.edit(moved(2.0))
    wire.settle(waits=True)
    give(wire, Role.OWNER)
    wire.settle()
    assert ann.replica.view["lens"].props["pos"] == [2.0, 0.0]
    assert list(bob.replica.held) == ["lens"]


def test_refused_edit_stays_until_the_right_is_back(wire: Wire, ann: Peer, bob: Peer) -> None:
    """ACC-8, RIGHT-3: it was on its way when the right was withdrawn."""
    bob.edit(moved(1.0))
    wire.poll(bob)
    bob.edit(Set("lens", {"name": "Bob's"}))
    wire.poll(bob)
    give(wire, Role.VIEWER)
    wire.settle(waits=True)
    assert (numbers(bob), bob.told(Lost)) == ([1, 2], [])
    assert bob.replica.unanswered is None
    assert ann.replica.view["lens"].props == LENS.props
    give(wire, Role.EDITOR)
    wire.settle()
    assert ann.replica.view["lens"].props == {"pos": [1.0, 0.0], "name": "Bob's"}
    assert [entry.client_clock for entry in wire.journal][-2:] == [1, 2]


def test_nothing_overtakes_a_refused_edit(wire: Wire, ann: Peer, bob: Peer) -> None:
    """ACC-8: the right is back before the second edit arrives, and the first still comes first."""
    bob.edit(moved(1.0))
    wire.poll(bob)
    give(wire, Role.VIEWER)
    wire.send_up(bob)
    bob.edit(moved(2.0))
    wire.poll(bob)
    give(wire, Role.EDITOR)
    wire.send_up(bob)
    assert wire.room.history.document.records["lens"].props["pos"] == [0.0, 0.0]
    wire.settle()
    assert ann.replica.view["lens"].props["pos"] == [2.0, 0.0]
    assert [entry.client_clock for entry in wire.journal][-2:] == [1, 2]
    assert equal(wire, ann, bob)


def test_refusal_that_comes_late_synchronises_again(wire: Wire, ann: Peer, bob: Peer) -> None:
    """RIGHT-3: the right came back before the replica noticed its loss."""
    bob.edit(moved(1.0))
    wire.poll(bob)
    give(wire, Role.VIEWER)
    wire.send_up(bob)
    give(wire, Role.EDITOR)
    bob.down.clear()  # both reports about the role are lost, and only the refusal arrives
    wire.settle()
    assert len(bob.told(Synced)) == 2
    assert ann.replica.view["lens"].props["pos"] == [1.0, 0.0]


def test_more_rights_without_edits_ask_for_nothing(wire: Wire, bob: Peer) -> None:
    give(wire, Role.VIEWER)
    wire.settle()
    give(wire, Role.EDITOR)
    wire.settle()
    assert len(bob.told(Synced)) == 1


def test_what_waits_for_a_right_outlives_the_program(wire: Wire, ann: Peer, bob: Peer) -> None:
    """RIGHT-3, DISK-4."""
    bob.edit(moved(1.0))
    wire.poll(bob)
    give(wire, Role.VIEWER)
    wire.settle(waits=True)
    saved = bob.replica.save()
    wire.lose(bob)
    again = Peer("bob", replica=Replica.restore(saved, "bob again"))
    wire.connect(again, admission=Admission(Role.VIEWER, "bob's grant"), settle=False)
    wire.settle(waits=True)
    assert again.replica.rights.withheld == 1
    give(wire, Role.EDITOR)
    wire.settle()
    assert ann.replica.view["lens"].props["pos"] == [1.0, 0.0]


def test_other_refusals_are_losses(wire: Wire, bob: Peer) -> None:
    """PUSH-6: a second attempt would be refused, too."""
    assert is_denial(Ack(1, AckResult.REFUSED, reason="not_allowed"))
    assert not is_denial(Ack(1, AckResult.REFUSED, reason="too_large"))
    assert not is_denial(Ack(1, AckResult.COMMIT, reason="not_allowed"))
    bob.edit(moved(1.0))
    wire.poll(bob)
    wire.room.refuse(bob.connection_id, [1], ChangeRefused(Reason.TOO_LARGE, "Too long."))
    bob.up.clear()
    wire.settle()
    assert [lost.message for lost in bob.told(Lost)] == ["Too long."]
    assert bob.replica.pending == []


def test_denial_of_a_change_that_is_settled_means_nothing(wire: Wire, bob: Peer) -> None:
    """RIGHT-3: for example, of a change that was sent twice."""
    assert not bob.replica.rights.take_denials([Ack(7, AckResult.REFUSED, reason="not_allowed")])
