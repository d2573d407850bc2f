"""Checks of roles, and the handling of participants' requests about access (ACC rules)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.access import Role, all_that_is_allowed, may_manage, may_write
from optiverse_collab.core.protocol import access
from optiverse_collab.core.protocol.access import AccessRefusal, AccessRefused
from optiverse_collab.core.records import Lane, Op
from optiverse_collab.core.server.effects import ManageAccess, Send
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.lanes import lane_of
from optiverse_collab.core.server.members import Member
from optiverse_collab.errors import ChangeRefused, Reason

_SENTENCES = {
    AccessRefusal.NOT_ALLOWED: "Only owners of the session can see and change who may come in.",
    AccessRefusal.LAST_OWNER: "You are the session's last owner; make somebody else an owner first.",
    AccessRefusal.NO_SUCH_GRANT: "The session has no such invite or device; look at the list again.",
    AccessRefusal.NO_SUCH_KNOCK: "They are no longer waiting: they left, or another owner has answered.",
    AccessRefusal.TOO_MANY: "The session has reached its limit of invites and devices; remove some first.",
    AccessRefusal.NO_TOKENS: "The server asks nobody for an invite, so everybody may come in.",
    AccessRefusal.BUSY: "The server is still busy with earlier requests; try again in a moment.",
    AccessRefusal.NOT_SAVED: "The server could not save this, and changed nothing; its log says why.",
}

_WRITES_EVERYWHERE = [role for role in Role if all(may_write(role, lane) for lane in Lane)]


def check_right(role: Role, ops: Sequence[Op], history: History) -> None:
    """Check that a role may write in the lane of a change (ACC-8).

    Raises:
        ChangeRefused: it may not.
    """
    if role in _WRITES_EVERYWHERE:
        return
    if not may_write(role, lane_of(ops, history.document.records, history.tombstones)):
        raise ChangeRefused(
            Reason.NOT_ALLOWED,
            f"You may only {all_that_is_allowed(role)}, so the change was not made; ask an owner for the "
            "right to edit.",
        )


def answer(to: str, member: Member, message: access.Request) -> ManageAccess | Send:
    """The effect of a participant's request; the driver has the grants (ACC-4 to ACC-7).

    Args:
        to: the participant's connection.
    """
    if may_manage(member.role):
        return ManageAccess(to, member.grant, message)
    return Send((to,), refused(message.request, AccessRefusal.NOT_ALLOWED))


def refused(request: int, reason: AccessRefusal) -> AccessRefused:
    """The refusal of a request."""
    return AccessRefused(request, reason.value, _SENTENCES[reason])
