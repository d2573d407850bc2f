"""The messages about access: ACC-2 to ACC-7 of docs/protocol.md."""

from __future__ import annotations

import json

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.access import (
    AccessExpires,
    AccessGrants,
    AccessInvite,
    AccessInvited,
    AccessList,
    AccessRefusal,
    AccessRefused,
    AccessSet,
    Grant,
    GrantKind,
    UserRole,
)
from optiverse_collab.core.protocol.codec import decode_client, decode_server, encode
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.messages import ConnectionAck, UserJoined
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.errors import MessageRefused, Reason

LIMITS = Limits()
WHEN = "2025-03-01T12:34:56.789Z"
INVITE = Grant("g1", GrantKind.INVITE, Role.EDITOR, WHEN, "for the lab", WHEN, 5)
DEVICE = Grant("g2", GrantKind.DEVICE, Role.VIEWER, WHEN, "Ann", seen=WHEN, connections=["c3"])


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (AccessList(1), '{"type":"access:list","request":1}'),
        (
            AccessInvite(2, Role.VIEWER, "lab", 3600, 5),
            '{"type":"access:invite","request":2,"role":"viewer","label":"lab","expires_s":3600,"uses":5}',
        ),
        (AccessInvite(3, Role.EDITOR), '{"type":"access:invite","request":3,"role":"editor"}'),
        (AccessSet(4, "g1", Role.NONE), '{"type":"access:set","request":4,"id":"g1","role":"none"}'),
        (AccessSet(5, "g1", expires_s=0), '{"type":"access:set","request":5,"id":"g1","expires_s":0}'),
    ],
)
def test_requests_are_what_the_protocol_says(message: Message, text: str) -> None:
    """ACC-4, ACC-5, ACC-6: omitted keys say nothing, and 0 s differs from an omitted time."""
    assert encode(message) == text
    assert decode_client(text, LIMITS) == message


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"access:list"}',
        '{"type":"access:list","request":-1}',
        '{"type":"access:invite","request":1,"role":"king"}',
        '{"type":"access:invite","request":1,"role":"viewer","uses":0}',
        '{"type":"access:invite","request":1,"role":"viewer","expires_s":-1}',
        '{"type":"access:invite","request":1,"role":"viewer","expires_s":1000000001}',
        '{"type":"access:invite","request":1,"role":"viewer","label":"%s"}' % ("x" * 257),
        '{"type":"access:set","request":1,"role":"viewer"}',
    ],
)
def test_requests_of_another_form_are_not_accepted(text: str) -> None:
    """ACC-1, ACC-5, LIM-5."""
    with pytest.raises(MessageRefused) as refusal:
        decode_client(text, LIMITS)
    assert refusal.value.reason is Reason.INVALID_MESSAGE


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (UserRole("c3", Role.VIEWER), {"type": "user:role", "connection_id": "c3", "role": "viewer"}),
        (AccessExpires(WHEN), {"type": "access:expires", "expires": WHEN}),
        (AccessExpires(None), {"type": "access:expires", "expires": None}),
        (
            AccessGrants(1, [INVITE, DEVICE], done=True),
            {
                "type": "access:grants",
                "request": 1,
                "grants": [
                    {
                        "id": "g1",
                        "kind": "invite",
                        "role": "editor",
                        "made": WHEN,
                        "label": "for the lab",
                        "expires": WHEN,
                        "uses": 5,
                    },
                    {
                        "id": "g2",
                        "kind": "device",
                        "role": "viewer",
                        "made": WHEN,
                        "label": "Ann",
                        "seen": WHEN,
                        "connections": ["c3"],
                    },
                ],
                "done": True,
            },
        ),
        (
            AccessInvited(2, Grant("g1", GrantKind.INVITE, Role.OWNER, WHEN), "secret"),
            {
                "type": "access:invited",
                "request": 2,
                "grant": {"id": "g1", "kind": "invite", "role": "owner", "made": WHEN},
                "token": "secret",
            },
        ),
        (
            AccessRefused(3, AccessRefusal.LAST_OWNER.value, "No."),
            {"type": "access:refused", "request": 3, "reason": "last_owner", "message": "No."},
        ),
    ],
)
def test_answers_are_what_the_protocol_says(message: Message, says: object) -> None:
    """ACC-2, ACC-3, ACC-4, ACC-5, ACC-7."""
    assert json.loads(encode(message)) == says
    assert decode_server(encode(message), LIMITS) == message


def test_people_have_roles_and_no_word_means_owner() -> None:
    """ACC-2: a server without access control omits the role, and so does an older one."""
    ann, bob = Participant("ann", "c1", WHEN), Participant("bob", "c2", WHEN, role=Role.VIEWER)
    ack = ConnectionAck("s", "bob", "c2", [ann, bob], "server", 3, LIMITS, WHEN, Role.VIEWER, "secret", WHEN)
    says = json.loads(encode(ack))
    assert [user.get("role") for user in says["users"]] == [None, "viewer"]
    assert (says["role"], says["token"], says["expires"]) == ("viewer", "secret", WHEN)
    assert decode_server(encode(ack), LIMITS) == ack
    plain = ConnectionAck("s", "ann", "c1", [ann], "server", 3, LIMITS, WHEN)
    assert not {"role", "token", "expires"} & json.loads(encode(plain)).keys()
    assert decode_server(encode(plain), LIMITS) == plain
    assert plain.role is Role.OWNER
    joined = UserJoined("bob", "c2", WHEN, Role.COMMENTER)
    assert json.loads(encode(joined))["role"] == "commenter"
    assert decode_server(encode(joined), LIMITS) == joined
