"""A session's reports and requests about access (ACC-2 to ACC-7, RIGHT-4)."""

from __future__ import annotations

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.access_effects import (
    AccessEnds,
    DeviceMade,
    GrantsArrived,
    Knocked,
    RoleChanged,
)
from optiverse_collab.core.client.connection_effects import DropConnection
from optiverse_collab.core.client.credentials import Credentials, Device, digest
from optiverse_collab.core.client.effects import Acknowledged, Transmit
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.access import (
    AccessExpires,
    AccessGrants,
    AccessKnock,
    AccessList,
    AccessWait,
    Grant,
    GrantKind,
    UserRole,
)
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import PROTOCOL_VERSION, ConnectionAck, Ping
from optiverse_collab.core.protocol.participants import Participant

GRANTS = [Grant("g1", GrantKind.DEVICE, Role.OWNER, "2025-03-01T12:00:00.000Z", "ann")]


def greeting(token: str = "", expires: str | None = None) -> str:
    users = [Participant("ann", "c1", "", role=Role.VIEWER), Participant("bob", "c2", "")]
    return encode(
        ConnectionAck(
            *("lab", "ann", "c1", users, "", PROTOCOL_VERSION, Limits(), ""),
            role=Role.VIEWER,
            token=token,
            expires=expires,
        )
    )


def test_session_asks_as_soon_as_it_is_connected() -> None:
    session = SessionClient("ann", Replica("client 1"))
    session.opened(0.0)
    session.receive(greeting(), 0.0)
    session.access.ask_all()
    assert session.wait_ms(0.0) == 0
    assert Transmit(AccessList(1)) in session.poll(0.0)
    page = encode(AccessGrants(1, GRANTS, done=True))
    assert session.receive(page, 0.0) == [GrantsArrived(tuple(GRANTS), True)]
    session.access.ask_all()
    session.closed()
    assert not session.access.is_due


def test_session_keeps_what_the_greeting_says_of_access() -> None:
    """ACC-2, RIGHT-4: the token goes only to the code that stores it."""
    session = SessionClient("ann", Replica("client 1"), Credentials(None, "invite"))
    session.opened(0.0)
    effects = session.receive(greeting("device", "2025-03-01T12:00:00.000Z"), 0.0)
    assert DeviceMade(Device("device", digest("invite"))) in effects
    assert [effect.ack.token for effect in effects if isinstance(effect, Acknowledged)] == [""]
    assert session.credentials.token == "device"
    assert session.expires == "2025-03-01T12:00:00.000Z"
    assert session.replica.rights.role is Role.VIEWER


def test_end_of_a_role_may_move() -> None:
    """ACC-3."""
    session = SessionClient("ann", Replica("client 1"))
    session.opened(0.0)
    session.receive(greeting(expires="2025-03-01T12:00:00.000Z"), 0.0)
    assert session.receive(encode(AccessExpires(None)), 0.0) == [AccessEnds(None)]
    assert session.expires is None


def test_role_of_somebody_who_is_not_there_is_no_news() -> None:
    session = SessionClient("ann", Replica("client 1"))
    session.opened(0.0)
    session.receive(greeting(), 0.0)
    assert session.receive(encode(UserRole("c9", Role.OWNER)), 0.0) == []


def test_role_that_comes_before_the_greeting_is_no_news() -> None:
    session = SessionClient("ann", Replica("client 1"))
    session.opened(0.0)
    assert session.receive(encode(UserRole("c1", Role.OWNER)), 0.0) == []


def test_roles_change_while_everybody_is_there() -> None:
    """ACC-2: one's own, and those of others."""
    session = SessionClient("ann", Replica("client 1"))
    session.opened(0.0)
    session.receive(greeting(), 0.0)
    for id in ("c1", "c2"):
        session.receive(encode(UserRole(id, Role.EDITOR)), 0.0)
    assert (session.me, session.replica.rights.role) == (session.participants["c1"], Role.EDITOR)
    assert [one.role for one in session.participants.values()] == [Role.EDITOR, Role.EDITOR]
    told = session.receive(encode(UserRole("c2", Role.VIEWER)), 0.0)
    assert told == [RoleChanged(session.participants["c2"])]
    assert session.replica.rights.role is Role.EDITOR


def test_session_forgets_who_waits_once_its_user_is_no_owner() -> None:
    """ACC-13: it would not learn how the wait ends."""
    session = SessionClient("ann", Replica("client 1"))
    session.opened(0.0)
    session.receive(greeting(), 0.0)
    ana = AccessKnock("k1", "Ana", Role.EDITOR)
    assert session.receive(encode(ana), 0.0) == [Knocked(ana)]
    session.receive(encode(UserRole("c2", Role.VIEWER)), 0.0)
    session.receive(encode(UserRole("c1", Role.OWNER)), 0.0)
    assert [*session.access.knocks] == ["k1"]
    session.receive(encode(UserRole("c1", Role.EDITOR)), 0.0)
    assert not session.access.knocks


def test_session_that_waits_outside_sends_heartbeats_alone() -> None:
    """ACC-12, HB-1, HB-3."""
    session = SessionClient("ann", Replica("client 1"))
    session.opened(0.0)
    assert session.wait_ms(0.0) is None
    session.receive(encode(AccessWait()), 0.0)
    session.show({"cursor": [0, 0]})
    session.access.ask_all()
    assert session.is_outside
    assert session.wait_ms(0.0) == 1000
    assert session.poll(1000.0) == [Transmit(Ping("ann"))]
    for now_ms in range(1000, 20_000, 500):
        effects = session.poll(now_ms)
    assert effects == [DropConnection()]
    session.receive(greeting(), 20_000.0)
    assert not session.is_outside
