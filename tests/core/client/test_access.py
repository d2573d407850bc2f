"""An owner's requests, and reports about one's own access (ACC-2 to ACC-7)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.access import AccessRequests
from optiverse_collab.core.client.access_effects import (
    AccessDenied,
    DeviceMade,
    GrantsArrived,
    InviteMade,
    Knocked,
    KnockOver,
    WaitsOutside,
)
from optiverse_collab.core.client.credentials import Device
from optiverse_collab.core.client.effects import Transmit
from optiverse_collab.core.protocol.access import (
    WAITING,
    AccessAdmit,
    AccessGrants,
    AccessInvite,
    AccessInvited,
    AccessKnock,
    AccessKnockOver,
    AccessList,
    AccessRefused,
    AccessSet,
    AccessWait,
    Grant,
    GrantKind,
)

GRANTS = [
    Grant("g1", GrantKind.DEVICE, Role.OWNER, "2025-03-01T12:00:00.000Z", "ann"),
    Grant("g2", GrantKind.INVITE, Role.EDITOR, "2025-03-01T12:00:00.000Z", "students", uses=5),
]


@pytest.fixture
def requests() -> AccessRequests:
    return AccessRequests()


def test_one_request_at_a_time(requests: AccessRequests) -> None:
    """ACC-4 to ACC-6."""
    assert requests.poll() == []
    requests.ask_all()
    requests.invite(Role.EDITOR, "students", 3600, 5)
    requests.change("g2", Role.NONE)
    requests.change("g2", expires_s=0)
    requests.let_follow("ab" * 32, "Ben")
    assert requests.is_due
    assert requests.poll() == [Transmit(AccessList(1))]
    assert (requests.is_due, requests.poll()) == (False, [])
    assert requests.receive(AccessGrants(1, GRANTS[:1])) == []
    assert requests.receive(AccessGrants(1, GRANTS[1:], done=True)) == [GrantsArrived(tuple(GRANTS), True)]
    assert requests.poll() == [Transmit(AccessInvite(2, Role.EDITOR, "students", 3600, 5))]
    assert requests.receive(AccessInvited(2, GRANTS[1], "secret")) == [InviteMade(GRANTS[1], "secret")]
    assert requests.poll() == [Transmit(AccessSet(3, "g2", Role.NONE))]
    answer = AccessGrants(3, GRANTS[1:], done=True)
    assert requests.receive(answer) == [GrantsArrived((GRANTS[1],), False)]
    assert requests.poll() == [Transmit(AccessSet(4, "g2", None, 0))]
    refusal = AccessRefused(4, "last_owner", "You are the last owner.")
    assert requests.receive(refusal) == [AccessDenied("You are the last owner.")]
    assert requests.poll() == [Transmit(AccessInvite(5, Role.FOLLOWER, "Ben", hash="ab" * 32))]  # STAND-10
    assert requests.receive(refusal) == []


def test_answers_say_what_was_asked(requests: AccessRequests) -> None:
    """ACC-5: several participants may ask for the same at the same time, and the token is for one of them."""
    first, second = requests.invite(Role.EDITOR, "students"), requests.invite(Role.EDITOR, "students")
    requests.poll()
    [made] = requests.receive(AccessInvited(1, GRANTS[1], "secret"))
    requests.poll()
    [denied] = requests.receive(AccessRefused(2, "many_grants", "There are too many."))
    assert isinstance(made, InviteMade)
    assert isinstance(denied, AccessDenied)
    assert made.asked is first
    assert denied.asked is second


def test_answers_to_others_are_ignored(requests: AccessRequests) -> None:
    requests.ask_all()
    requests.poll()
    assert requests.receive(AccessGrants(7, GRANTS, done=True)) == []


def test_lost_connection_ends_what_was_asked(requests: AccessRequests) -> None:
    """Its answer may have been lost; the user looks at the list again."""
    requests.ask_all()
    requests.poll()
    requests.receive(AccessGrants(1, GRANTS))
    requests.change("g2", Role.NONE)
    requests.disconnected()
    assert not requests.is_due
    requests.ask_all()
    assert requests.poll() == [Transmit(AccessList(2))]
    assert requests.receive(AccessGrants(1, GRANTS, done=True)) == []
    assert requests.receive(AccessGrants(2, [], done=True)) == [GrantsArrived((), True)]


def test_token_of_an_invite_is_in_no_log() -> None:
    assert "secret" not in repr(InviteMade(GRANTS[1], "secret"))
    assert "secret" not in repr(DeviceMade(Device("secret")))


ANA = AccessKnock("k0", "Ana", Role.EDITOR, "students")
BO = AccessKnock("k1", "Bo", Role.EDITOR, "students")


def test_owner_hears_of_those_who_wait_and_answers(requests: AccessRequests) -> None:
    """ACC-13, ACC-14: each knock is shown once, and so is its end."""
    assert requests.hear(ANA) == [Knocked(ANA)]
    assert requests.hear(ANA) == []
    assert requests.hear(BO) == [Knocked(BO)]
    assert [*requests.knocks.values()] == [ANA, BO]
    assert requests.admit("k1", admitted=False) == AccessAdmit(0, "k1", False)
    requests.admit("k0", admitted=True)
    assert requests.poll() == [Transmit(AccessAdmit(1, "k1", False))]
    assert requests.receive(AccessGrants(1, [], done=True)) == [GrantsArrived((), False)]
    assert requests.hear(AccessKnockOver("k1")) == [KnockOver(BO)]
    assert requests.hear(AccessKnockOver("k1")) == []
    assert requests.poll() == [Transmit(AccessAdmit(2, "k0", True))]
    requests.disconnected()
    assert requests.knocks == {}


def test_no_more_knocks_are_kept_than_there_can_be(requests: AccessRequests) -> None:
    """ACC-13."""
    for number in range(WAITING + 5):
        requests.hear(AccessKnock(f"k{number}", "x", Role.VIEWER))
    assert len(requests.knocks) == WAITING


def test_one_who_waits_outside_knows_it_until_the_line_is_lost(requests: AccessRequests) -> None:
    """ACC-12: until the connection is lost."""
    assert requests.hear(AccessWait()) == [WaitsOutside()]
    assert requests.is_outside
    requests.disconnected()
    assert not requests.is_outside
