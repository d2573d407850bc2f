"""The room: its members, and its answers (MSG, SYNC, PRES rules of docs/protocol.md)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import (
    Acknowledged,
    ParticipantJoined,
    ParticipantLeft,
)
from optiverse_collab.core.limits import SETTLES, Limits
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.messages import (
    Error,
    OtherHistory,
    Ping,
    Pong,
    Push,
    SyncRequest,
    UserLeft,
)
from optiverse_collab.core.records import Lane, Put, Set
from optiverse_collab.core.server.chain import first_head
from optiverse_collab.core.server.effects import Close, Send, SendFrame
from optiverse_collab.errors import Reason
from tests.helpers.wire import Peer, Wire

NOW = 1_740_832_496_789


def test_message_of_somebody_who_is_not_in_is_ignored(wire: Wire) -> None:
    """SYNC-7: for example, late messages of a replaced connection."""
    assert wire.room.receive("nobody", Ping(), NOW) == []


def test_full_session_closes_the_next(wire: Wire) -> None:
    """LIM-7."""
    wire = Wire(Limits(participants=1))
    wire.room.join("c1", "ann", NOW)
    assert wire.room.join("c2", "bob", NOW) == [Close("c2", CloseReason.SESSION_FULL)]
    assert [user.user_id for user in wire.room.participants] == ["ann"]


def test_leaving_twice_is_told_once(wire: Wire) -> None:
    """MSG-2."""
    wire.room.join("c1", "ann", NOW)
    wire.room.join("c2", "bob", NOW)
    assert len(wire.room.leave("c1", NOW)) == 1
    assert wire.room.leave("c1", NOW) == []


def test_everybody_hears_who_comes_and_goes(wire: Wire) -> None:
    """MSG-1, MSG-2."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    [ack] = [heard.ack for heard in bob.told(Acknowledged)]
    assert [user.user_id for user in ack.users] == ["ann", "bob"]
    assert ack.user_id == "bob"
    assert ack.limits == wire.limits
    assert [came.participant.user_id for came in ann.told(ParticipantJoined)] == ["bob"]
    wire.lose(bob)
    wire.settle()
    assert [went.participant.user_id for went in ann.told(ParticipantLeft)] == ["bob"]
    assert [user.user_id for user in ann.session.participants.values()] == ["ann"]


def test_second_of_a_name_is_numbered(wire: Wire) -> None:
    """MSG-2: both work, and can be distinguished."""
    ann, other, third = Peer("ann", "1"), Peer("ann", "2"), Peer("ann", "3")
    wire.connect(ann, other, third)
    names = [user.user_id for user in wire.room.participants]
    assert names == ["ann", "ann (2)", "ann (3)"]
    other.edit(Put("a", "k"))
    ann.edit(Put("b", "k"))
    wire.settle()
    assert third.screen.keys() == {"a", "b"}
    assert {wire.author_of(entry) for entry in wire.journal} == {"ann", "ann (2)"}


def test_one_who_comes_back_early_gets_the_name_back(wire: Wire) -> None:
    """SYNC-7, MSG-2: the server hadn't noticed the loss; the new connection takes over."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann, bob)
    wire.lose(ann, noticed=False)
    wire.connect(ann)
    assert [user.user_id for user in wire.room.participants] == ["bob", "ann"]
    assert ann.session.me is not None
    assert ann.session.me.user_id == "ann"
    assert list(bob.session.participants.values()) == wire.room.participants


def test_second_connection_of_a_client_closes_the_first(wire: Wire) -> None:
    """SYNC-7: 4409 for the older one."""
    old, new = Peer("ann", "same client"), Peer("ann", "same client")
    wire.connect(old)
    wire.connect(new)
    assert old.closed is CloseReason.REPLACED
    assert new.closed is None


def test_late_request_of_a_given_up_connection_is_ignored(wire: Wire) -> None:
    """SYNC-7: the client has a newer connection, and that one stays."""
    wire.room.join("old", "ann", NOW)
    wire.room.join("new", "ann", NOW)
    wire.room.receive("new", SyncRequest("client of ann"), NOW)
    effects = wire.room.receive("old", SyncRequest("client of ann"), NOW)
    assert [effect for effect in effects if isinstance(effect, Close)] == [Close("old", CloseReason.REPLACED)]
    assert [(user.user_id, user.connection_id) for user in wire.room.participants] == [("ann", "new")]


def test_heartbeat_is_answered(wire: Wire) -> None:
    """HB-1, MSG-7."""
    wire.room.join("c1", "ann", NOW)
    assert wire.room.receive("c1", Ping("ann"), NOW) == [Send(("c1",), Pong("2025-03-01T12:34:56.789Z"))]


def test_unsynced_participants_get_no_frames(wire: Wire) -> None:
    """SYNC-4: frames start where the pages stand in the stream, not before."""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann)
    wire.perform(wire.room.join("c9", "bob", NOW))
    wire.peers["c9"] = bob
    ann.edit(Put("a", "k", {"x": 1}))
    wire.poll(ann)
    wire.send_up(ann)
    wire.room.receive("c9", SyncRequest("client of bob"), NOW)
    ann.edit(Set("a", {"x": 2}))
    wire.poll(ann)
    wire.send_up(ann)
    wire.commit()
    kinds = [text.split('"')[3] for text in bob.down]
    assert kinds == ["sync:full_state", "patch"]
    assert '"clock":1,' in bob.down[0]
    assert '"clock":2,' in bob.down[1]


def test_one_who_takes_over_under_another_name_keeps_it(wire: Wire) -> None:
    """SYNC-7, MSG-2: there is no name to give back."""
    wire.room.join("old", "ann", NOW)
    wire.room.receive("old", SyncRequest("client"), NOW)
    wire.room.join("new", "Ann B.", NOW)
    effects = wire.room.receive("new", SyncRequest("client"), NOW)
    joined = [effect for effect in effects if isinstance(effect, Send)]
    assert [type(send.message) for send in joined] == [UserLeft]
    assert wire.room.name_of("new") == "Ann B."


def test_one_who_settles_an_id_takes_over_from_it(wire: Wire) -> None:
    """SYNC-7, SYNC-8."""
    ann = Peer("ann")
    wire.connect(ann)
    wire.room.join("c9", "ann", NOW)
    effects = wire.room.receive("c9", SyncRequest("restored", settles=["client of ann"]), NOW)
    assert Close(ann.connection_id, CloseReason.REPLACED) in effects
    assert [(one.user_id, one.connection_id) for one in wire.room.participants] == [("ann", "c9")]


def test_position_of_another_history_gets_no_pages(wire: Wire) -> None:
    """CLK-3: and such a client can't push; MSG-2 still holds for the connection that it replaced."""
    wire.room.join("old", "ann", NOW)
    wire.room.receive("old", SyncRequest("client"), NOW)
    wire.room.flush()
    wire.room.join("new", "ann", NOW)
    effects = wire.room.receive("new", SyncRequest("client", "other", 7), NOW)
    assert Close("old", CloseReason.REPLACED) in effects
    assert effects[-1] == Send(("new",), OtherHistory("epoch 1", 0, first_head("epoch 1").hex()))
    assert not wire.room.has_waiting
    [answer] = wire.room.receive("new", Push([PushedChange(1, [Put("a", "k")])]), NOW)
    assert isinstance(answer, Send)
    assert isinstance(answer.message, Error)


def test_lanes_of_a_request_hold_for_what_follows(wire: Wire) -> None:
    """DOC-8: without any, the bench."""
    room = wire.room
    for id, lanes in ("c1", [Lane.TALK]), ("c2", []):
        room.join(id, id, NOW)
        room.receive(id, SyncRequest(f"client {id}", lanes=lanes), NOW)
    room.flush()
    room.receive("c1", Push([PushedChange(1, [Put("note", "k", {}, Lane.TALK)])]), NOW)
    room.saved(1)
    frames = [effect for effect in room.flush() if isinstance(effect, SendFrame)]
    assert {frame.to: b"note" in frame.body for frame in frames} == {("c1",): True, ("c2",): False}


@pytest.mark.parametrize(
    ("client_id", "settles", "reason"),
    [
        ("", [], Reason.ID_EMPTY),
        ("x" * 129, [], Reason.ID_TOO_LONG),
        ("\ud800", [], Reason.BAD_TEXT),
        ("new", [""], Reason.ID_EMPTY),
        ("new", ["former", "\ud800"], Reason.BAD_TEXT),
        ("new", ["former"] * (SETTLES + 1), Reason.INVALID_MESSAGE),
    ],
)
def test_what_can_be_no_replica_closes_nobody(
    wire: Wire, client_id: str, settles: list[str], reason: Reason
) -> None:
    """LIM-3, LIM-11: in particular, not every participant who has yet to synchronise."""
    for id in ("c1", "c2"):
        wire.room.join(id, id, NOW)
    [answer] = wire.room.receive("c2", SyncRequest(client_id, settles=settles), NOW)
    assert isinstance(answer, Send)
    assert isinstance(answer.message, Error)
    assert (answer.to, answer.message.reason) == (("c2",), reason.value)
    assert [one.connection_id for one in wire.room.participants] == ["c1", "c2"]
    assert not wire.room.has_waiting


def test_surroundings_see_what_is_stored_and_owed(wire: Wire) -> None:
    """DUR-6, LIM-14"""
    ann, bob = Peer("ann"), Peer("bob")
    wire.connect(ann)
    ann.edit(Put("a", "k"))
    wire.poll(ann)
    wire.send_up(ann)
    assert wire.room.stored == 0
    room = wire.room
    room.join("c9", "bob", NOW)
    room.receive("c9", SyncRequest("bob"), NOW)
    assert room.owes_pages("c9")
    wire.commit()
    assert wire.room.stored == 1
    assert not room.owes_pages("c9")
    assert bob.texts == []
