"""Possible faults with rights: on the server, and with edits that wait for them at a client."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from optiverse_collab.core.access import Role
from optiverse_collab.core.client import confirmed, rights
from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.core.client.rights import EVERY_LANE, Rights
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.outcomes import Ack
from optiverse_collab.core.records import Lane, Op
from optiverse_collab.core.server import access
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.members import Member
from optiverse_collab.core.server.room import Room
from tests.core.simulation.mutation import Mutations

RIGHTS_MUTATIONS = Mutations()
_mutation = RIGHTS_MUTATIONS.add

_accept, _change = Room._accept, Rights.change


@_mutation("The server applies what a role may not write (ACC-8).", (access, "check_right"))
def everybody_may_write(role: Role, ops: Sequence[Op], history: History) -> None:
    pass


@_mutation("A later change overtakes one that was not allowed (ACC-8).", (Room, "_accept"))
def denials_forgotten(self: Room, connection_id: str, member: Member, *change: Any) -> None:
    _accept(self, connection_id, member, *change)
    member.denied = False


@_mutation("Nothing is allowed any more after a denial (ACC-8).", (Room, "_accept"))
def denials_last(self: Room, connection_id: str, member: Member, *change: Any) -> None:
    before = self.__dict__.setdefault("denied", set())
    member.denied = member.denied or member.origin in before
    _accept(self, connection_id, member, *change)
    if member.denied:
        before.add(member.origin)


@_mutation("A client does not hear of its role (ACC-2).", (SessionClient, "_hear_access"))
def role_ignored(self: SessionClient, message: object) -> list[SessionEffect]:
    return []


@_mutation("An edit shows that nobody will ever see (RIGHT-1).", (Rights, "lane_of"))
def edits_without_a_right_show(self: Rights, ops: Sequence[Op], view: object) -> object:
    return Lane.BENCH


@_mutation("What needs a right is sent anyway (RIGHT-2).", (Rights, "change"))
def edits_without_a_right_are_sent(self: Rights, role: Role) -> bool:
    asks = _change(self, role)
    self._pending.lanes = EVERY_LANE
    return asks


@_mutation("What waited for a right goes out without a question (RIGHT-2).", (Rights, "change"))
def no_question_before_what_waited(self: Rights, role: Role) -> bool:
    _change(self, role)
    return False


@_mutation("What was not allowed is given up (RIGHT-3).", (confirmed, "is_denial"), (rights, "is_denial"))
def denied_change_given_up(ack: Ack) -> bool:
    return False


@_mutation("What was not allowed counts as on its way (RIGHT-3).", (Rights, "take_denials"))
def denied_change_on_its_way(self: Rights, acks: Iterable[Ack]) -> bool:
    return False
