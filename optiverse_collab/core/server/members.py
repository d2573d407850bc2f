"""Who is in a room, what they are called, and what they may do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import structs

from optiverse_collab.core.access import Role
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.lookalikes import skeleton
from optiverse_collab.core.protocol.access import UserRole
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.messages import (
    PROTOCOL_VERSION,
    ClientMessage,
    ConnectionAck,
    SyncRequest,
    UserAway,
    UserJoined,
    UserLeft,
)
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.past import PastRequest
from optiverse_collab.core.protocol.positions import ParentPosition
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.server.effects import Close, Send
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.names import NameKind


class Admission(NamedTuple):
    """The right by which somebody joins (ACC-2).

    Attributes:
        role: what they may do.
        grant: the id of their grant; empty if they need none.
        token: the secret of a new grant, to send to them; empty if they have it.
        expires_ms: when the right ends, in ms since 1970 UTC; None for never.
    """

    role: Role = Role.OWNER
    grant: str = ""
    token: str = ""
    expires_ms: int | None = None


EVERYTHING = Admission()
"""The right if the server asks nobody for an invite."""


@dataclass
class Member:
    """One connection.

    Attributes:
        wanted_name: the name that it asked for; `participant` has the name that it got.
        request: its last ``sync:request``; None before the first.
        origin: its replica's.
        settled: the numbers of the origins that it has settled (SYNC-8).
        pushed: its last change; `accepted` the last one that was accepted.
        denied: one of its changes lacked a right, and it has not synchronised since (ACC-8).
        parted: where its history became another one (BACK-11); None if it didn't.
    """

    wanted_name: str
    participant: Participant
    request: SyncRequest | None = None
    origin: str = ""
    settled: frozenset[int] = frozenset()
    pushed: int = 0
    denied: bool = False
    accepted: int = 0
    parted: ParentPosition | None = None

    @property
    def role(self) -> Role:
        """What it may do."""
        return self.participant.role

    @property
    def grant(self) -> str:
        """The id of its grant; empty if it needs none."""
        return self.participant.person

    def goes_back_with(self, message: ClientMessage) -> bool:
        """Whether a message asks for the bench where its history became another one (BACK-11)."""
        parted = self.parted
        return parted is not None and isinstance(message, PastRequest) and message.clock == parted.clock

    def synchronise(self, request: SyncRequest, history: History) -> None:
        """Its request is about to be answered with pages of this history."""
        self.request = structs.replace(request, heads=[])  # they are long, and have been looked at
        self.origin = origin_of(request.client_id)
        self.pushed = self.accepted = history.last_client_clock_of(self.origin)
        self.denied = False
        known = (history.names.known(NameKind.ORIGIN, origin_of(id)) for id in request.settles)
        self.settled = frozenset(number for number in known if number > 0)


class Members:
    """The connections in a room, and the messages about them to the others.

    Attributes:
        all: by id, in the order of joining.
    """

    def __init__(self) -> None:
        self.all: dict[str, Member] = {}

    @property
    def participants(self) -> list[Participant]:
        """Everybody, in the form of the messages."""
        return [member.participant for member in self.all.values()]

    def add(
        self, connection_id: str, user_id: str, now_ms: int, admission: Admission, script: bool = False
    ) -> Send:
        """Somebody joined; notify the others (MSG-2)."""
        name, others = free_name(user_id, self.all.values()), tuple(self.all)
        participant = Participant(
            name,
            connection_id,
            timestamp(now_ms),
            role=admission.role,
            person=admission.grant,
            script=script,
        )
        self.all[connection_id] = Member(user_id, participant)
        return Send(others, _joined(participant))

    def ack(
        self, connection_id: str, session_id: str, server: str, limits: Limits, admission: Admission
    ) -> ConnectionAck:
        """The first message to somebody who has just joined (MSG-1, ACC-2).

        Args:
            server: name and version of the server.
            limits: of the session.
        """
        me = self.all[connection_id].participant
        return ConnectionAck(
            session_id=session_id,
            user_id=me.user_id,
            connection_id=connection_id,
            users=self.participants,
            server=server,
            protocol=PROTOCOL_VERSION,
            limits=limits,
            timestamp=me.connected_at,
            role=admission.role,
            token=admission.token,
            expires=None if admission.expires_ms is None else timestamp(admission.expires_ms),
        )

    def remove(self, connection_id: str, now_ms: int) -> Send:
        """Somebody left; notify the others (MSG-2)."""
        name = self.all.pop(connection_id).participant.user_id
        return Send(tuple(self.all), UserLeft(name, connection_id, timestamp(now_ms)))

    def of_replica(self, connection_id: str, client_ids: Collection[str]) -> list[str]:
        """A connection, and those that have synchronised with its client ids; in the order of joining."""
        return [
            id
            for id, other in self.all.items()
            if id == connection_id or (other.request is not None and other.request.client_id in client_ids)
        ]

    def set_away(self, connection_id: str, is_away: bool) -> list[Send]:
        """A connection has been silent for a while, or is back (HB-6)."""
        member = self.all.get(connection_id)
        if member is None:  # it was replaced, and is about to close
            return []
        member.participant = structs.replace(member.participant, away=is_away)
        return [Send(tuple(self.all), UserAway(connection_id, is_away))]

    def rename(self, connection_id: str) -> list[Send]:
        """Restore the name of somebody who came back before the server noticed the loss (MSG-2)."""
        member = self.all[connection_id]
        name = free_name(member.wanted_name, (other for other in self.all.values() if other is not member))
        if name == member.participant.user_id:
            return []
        member.participant = structs.replace(member.participant, user_id=name)
        return [Send(tuple(self.all), _joined(member.participant))]

    def set_role(self, grant: str, role: Role) -> list[Send | Close]:
        """A grant's role changed; notify those who came in with it, and the others (ACC-2)."""
        effects: list[Send | Close] = []
        for id, member in self.all.items():
            if member.grant != grant or member.role is role:
                continue
            member.participant = structs.replace(member.participant, role=role)
            if role is Role.NONE:
                effects.append(Close(id, CloseReason.REMOVED))
            else:
                effects.append(Send(tuple(self.all), UserRole(id, role)))
        return effects


def free_name(wanted: str, others: Iterable[Member]) -> str:
    """`wanted`, or ``wanted (2)`` and so on if somebody already has a name that looks the same (MSG-2)."""
    taken = {skeleton(member.participant.user_id) for member in others}
    name, number = wanted, 1
    while skeleton(name) in taken:
        number += 1
        name = f"{wanted} ({number})"
    return name


def _joined(participant: Participant) -> UserJoined:
    return UserJoined(
        participant.user_id,
        participant.connection_id,
        participant.connected_at,
        participant.role,
        participant.person,
        participant.script,
    )
