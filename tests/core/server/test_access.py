"""What roles allow in a room: ACC-4 to ACC-8 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import AccessList, AccessRefusal, AccessRefused
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.records import Lane, Op, Put, Remove, Set
from optiverse_collab.core.server.access import answer, check_right, refused
from optiverse_collab.core.server.effects import ManageAccess, Send
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.members import Member
from optiverse_collab.errors import ChangeRefused, Reason
from tests.core.server.histories import do, make

TALK: list[Op] = [Put("note", "comment", {"text": "?"}, Lane.TALK)]


@pytest.fixture
def history() -> History:
    """A lens on the bench, and a comment."""
    history = make()
    do(history, Put("lens", "component"))
    do(history, Put("talk", "comment", {}, Lane.TALK))
    return history


@pytest.mark.parametrize("ops", [[Set("lens", {"x": 1})], [Put("new", "component")], [Remove("lens")], []])
@pytest.mark.parametrize("role", [Role.NONE, Role.VIEWER, Role.COMMENTER])
def test_bench_is_changed_by_editors_alone(history: History, role: Role, ops: list[Op]) -> None:
    """ACC-1, ACC-8."""
    with pytest.raises(ChangeRefused) as refusal:
        check_right(role, ops, history)
    assert refusal.value.reason is Reason.NOT_ALLOWED
    assert ("only comment" in str(refusal.value)) == (role is Role.COMMENTER)
    check_right(Role.EDITOR, ops, history)
    check_right(Role.OWNER, ops, history)


@pytest.mark.parametrize("ops", [TALK, [Set("talk", {"text": "!"})], [Remove("talk")]])
def test_commenters_talk_and_viewers_do_not(history: History, ops: list[Op]) -> None:
    """ACC-1, ACC-8."""
    check_right(Role.COMMENTER, ops, history)
    with pytest.raises(ChangeRefused):
        check_right(Role.VIEWER, ops, history)


@pytest.mark.parametrize("role", Role)
def test_owners_requests_are_answered_by_whoever_has_the_grants(role: Role) -> None:
    """ACC-4, ACC-7: the room passes them on."""
    member = Member("ann", Participant("ann", "c1", "", role=role, person="g1"))
    message = AccessList(7)
    if role is Role.OWNER:
        assert answer("c1", member, message) == ManageAccess("c1", "g1", message)
    else:
        assert answer("c1", member, message) == Send(("c1",), refused(7, AccessRefusal.NOT_ALLOWED))


@pytest.mark.parametrize("reason", AccessRefusal)
def test_each_refusal_is_a_sentence(reason: AccessRefusal) -> None:
    """ACC-7."""
    refusal = refused(3, reason)
    assert refusal == AccessRefused(3, reason.value, refusal.message)
    assert refusal.message.endswith(".")
