"""Roles in a room: ACC-2, ACC-6 to ACC-8 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import AccessList, AccessRefused, UserRole
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.codec import close_patch, decode_server, encode
from optiverse_collab.core.protocol.messages import (
    ConnectionAck,
    Patch,
    Push,
    SyncRequest,
    UserJoined,
    UserLeft,
)
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.records import Lane, Op, Put, Set
from optiverse_collab.core.server.effects import Close, ManageAccess, RoomEffect, Send, SendFrame
from optiverse_collab.core.server.members import Admission
from optiverse_collab.core.server.room import Room
from tests.helpers.wire import Peer, Wire

NOW = 1_740_832_496_789
TALK = Put("note", "comment", {"text": "?"}, Lane.TALK)


@pytest.fixture
def room() -> Room:
    """Ann owns the room, and Bob joined with a viewer's grant."""
    room = Wire().room
    room.join("ann", "ann", NOW)
    room.join("bob", "bob", NOW, Admission(Role.VIEWER, "g-bob", expires_ms=NOW))
    for id in ("ann", "bob"):
        room.receive(id, SyncRequest(f"client of {id}", lanes=[*Lane]), NOW)
    room.flush()
    return room


def push(room: Room, who: str, number: int, *ops: Op) -> Ack:
    """Let a client push a change; returns its acknowledgement."""
    room.receive(who, Push([PushedChange(number, [*ops])]), NOW)
    room.saved(room.history.clock)
    frames = [effect for effect in room.flush() if isinstance(effect, SendFrame)]
    patch = decode_server(close_patch(frames[-1].body, frames[-1].acks[who]).decode(), room.history.limits)
    assert isinstance(patch, Patch)
    return patch.acks[-1]


def sent(effects: list[RoomEffect], kind: type) -> list[object]:
    """The messages of one kind among effects."""
    return [one.message for one in effects if isinstance(one, Send) and isinstance(one.message, kind)]


def test_newcomer_and_the_others_are_told_the_role(room: Room) -> None:
    """ACC-2."""
    effects = room.join("cid", "cid", NOW, Admission(Role.COMMENTER, "g", "secret", NOW))
    [ack] = sent(effects, ConnectionAck)
    assert isinstance(ack, ConnectionAck)
    assert (ack.role, ack.token, ack.expires) == (Role.COMMENTER, "secret", "2025-03-01T12:34:56.789Z")
    assert [user.role for user in ack.users] == [Role.OWNER, Role.VIEWER, Role.COMMENTER]
    [joined] = sent(effects, UserJoined)
    assert isinstance(joined, UserJoined)
    assert joined.role is Role.COMMENTER


def test_viewers_changes_are_refused_and_change_nothing(room: Room) -> None:
    """ACC-1, ACC-8."""
    for number, op in enumerate([Put("lens", "component"), TALK], start=1):
        ack = push(room, "bob", number, op)
        assert (ack.result, ack.reason) == (AckResult.REFUSED, "not_allowed")
    assert room.history.clock == 0
    assert not room.has_unsaved


def test_nothing_overtakes_a_change_that_was_not_allowed(room: Room) -> None:
    """ACC-8: numbers grow, so the change could not be sent again after a later one."""
    room.set_role("g-bob", Role.COMMENTER, NOW)
    assert push(room, "bob", 1, TALK).result is AckResult.COMMIT
    assert push(room, "bob", 2, Put("lens", "component")).reason == "not_allowed"
    room.set_role("g-bob", Role.EDITOR, NOW)
    for number, op in ((3, Set("note", {"text": "!"})), (4, Put("lens", "component"))):
        assert push(room, "bob", number, op).reason == "not_allowed"
    room.receive("bob", SyncRequest("client of bob", lanes=[*Lane]), NOW)
    room.flush()
    assert push(room, "bob", 2, Put("lens", "component")).result is AckResult.COMMIT
    assert room.history.document.records.keys() == {"note", "lens"}


def test_role_counts_when_the_change_is_taken(room: Room) -> None:
    """ACC-2, ACC-8: a refused change is sent again after the next sync:request."""
    assert push(room, "bob", 1, Put("lens", "component")).result is AckResult.REFUSED
    everybody = ("ann", "bob")
    assert room.set_role("g-bob", Role.EDITOR, NOW) == [Send(everybody, UserRole("bob", Role.EDITOR))]
    assert push(room, "bob", 1, Put("lens", "component")).result is AckResult.DUPLICATE
    room.receive("bob", SyncRequest("client of bob", "epoch 1", lanes=[*Lane]), NOW)
    assert push(room, "bob", 1, Put("lens", "component")).result is AckResult.COMMIT
    room.set_role("g-bob", Role.VIEWER, NOW)
    assert push(room, "bob", 2, Set("lens", {"x": 1})).reason == "not_allowed"
    assert room.history.document.records["lens"].props == {}


def test_removed_members_leave_at_once(room: Room) -> None:
    """ACC-6: their late messages have no effect."""
    room.set_role("g-bob", Role.EDITOR, NOW)
    effects = room.set_role("g-bob", Role.NONE, NOW)
    assert effects[-1] == Close("bob", CloseReason.REMOVED)
    assert len(sent(effects, UserLeft)) == 1
    assert [user.user_id for user in room.participants] == ["ann"]
    assert room.receive("bob", Push([PushedChange(1, [TALK])]), NOW) == []
    assert room.history.clock == 0


def test_requests_go_over_the_wire_like_all_else() -> None:
    """ACC-4."""
    wire, ann = Wire(), Peer("ann")
    wire.connect(ann, admission=Admission(grant="g-ann"))
    ann.up.append(encode(AccessList(3)))
    wire.settle()
    assert wire.asked == [ManageAccess("c1", "g-ann", AccessList(3))]


def test_owners_manage_access_and_others_are_refused(room: Room) -> None:
    """ACC-4, ACC-7: even before they have synchronised."""
    assert room.receive("ann", AccessList(1), NOW) == [ManageAccess("ann", "", AccessList(1))]
    [refusal] = sent(room.receive("bob", AccessList(2), NOW), AccessRefused)
    assert isinstance(refusal, AccessRefused)
    assert (refusal.request, refusal.reason) == (2, "not_allowed")
