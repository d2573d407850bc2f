"""The client's side of a session, over any number of connections (MSG, PRES and HB rules).

It combines the replica with participants, presence and the heartbeat. A driver — QWebSocket in
the editor, asyncio in scripts — passes in text and the time and carries out the effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from optiverse_collab.core.access import may_manage
from optiverse_collab.core.client.access import AccessRequests, Outside
from optiverse_collab.core.client.access_effects import AccessEnds, DeviceMade, RoleChanged
from optiverse_collab.core.client.carrying import effect_of
from optiverse_collab.core.client.connection_effects import DropConnection
from optiverse_collab.core.client.credentials import Credentials
from optiverse_collab.core.client.effects import (
    Acknowledged,
    ParticipantAway,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRenamed,
    PresenceChanged,
    ProtocolFault,
    SessionEffect,
    Transmit,
)
from optiverse_collab.core.client.going_back import GoingBack
from optiverse_collab.core.client.host_watch import HOSTS, HostWatch
from optiverse_collab.core.client.line import Line
from optiverse_collab.core.client.own_presence import OwnPresence
from optiverse_collab.core.client.past import PastRequests
from optiverse_collab.core.client.people import COLOUR, PERSON, People
from optiverse_collab.core.client.push_pace import FEW, PUSH_EVERY_MS
from optiverse_collab.core.client.push_window import MOST_IN_FLIGHT
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.safekeeping import Safekeeping
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.presence import Presence
from optiverse_collab.core.protocol.access import AccessExpires, UserRole
from optiverse_collab.core.protocol.access import ServerMessage as AccessMessage
from optiverse_collab.core.protocol.codec import decode_server
from optiverse_collab.core.protocol.messages import (
    ConnectionAck,
    Error,
    Pong,
    PresencePatch,
    PresenceUpdate,
    ServerMessage,
    UserAway,
    UserJoined,
    UserLeft,
    Wait,
)
from optiverse_collab.core.protocol.parcels import ServerMessage as ParcelMessage
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.past import EntriesPage, PastPage, PastRefused
from optiverse_collab.errors import ChangeRefused, MessageRefused, Reason

_LOOKED_AT = frozenset((HOSTS, PERSON, COLOUR))
"""The keys of presence that identify people."""


class SessionClient:
    """The client's half of a session: one participant.

    Args:
        user_id: the displayed name.
        replica: the document.
        credentials: the tokens of this participant; none if not given.

    Attributes:
        credentials: the tokens for the next connection.
        replica: the document; edit it through `Replica.edit`.
        me: this participant, as the server named it; None while not connected.
        participants: connection_id → participant, this one included.
        mine: this participant's presence; parts may be hidden.
        presence: the others' presence.
        past: requests earlier benches; `going_back` one for the replica.
        access: an owner's requests about access.
        expires: when this participant's role ends, as a timestamp; None for never.
        host: knows whose editor runs the server.
        people: knows who is who, and in which colour.
        line: the connection, and its quality.
        safekeeping: knows how safe edits are on the server.
    """

    def __init__(self, user_id: str, replica: Replica, credentials: Credentials | None = None) -> None:
        self.user_id = user_id
        self.credentials = credentials or Credentials()
        self.replica = replica
        self.me: Participant | None = None
        self.safekeeping = Safekeeping()
        self.participants: dict[str, Participant] = {}
        self.presence = Presence(Limits())
        self.past, self.access, self.going_back = PastRequests(), AccessRequests(), GoingBack(replica)
        self.expires: str | None = None
        self.host = HostWatch()
        self.people = People()
        self.line = Line(user_id)
        self.mine = OwnPresence()

    def opened(self, now_ms: float) -> None:
        """A connection is open; the server sends first."""
        self.line.opened(now_ms)
        self.replica.window = self.line.window.bytes

    def closed(self) -> None:
        """The connection is gone. Edits and presence are still collected."""
        self.me = None
        self.safekeeping.disconnected()
        self.participants.clear()
        self.presence.replace({})
        self.line.closed()
        for part in (self.replica, self.past, self.going_back, self.access):
            part.disconnected()

    def show(self, state: Mapping[str, Any]) -> None:
        """Change my presence: key → value, None to remove a key; `poll` sends it.

        Raises:
            ChangeRefused: a key or value that can't be sent.
        """
        self.mine.show(state)

    @property
    def is_outside(self) -> bool:
        """Whether this participant waits until an owner lets it in (ACC-12)."""
        return self.me is None and self.access.is_outside

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `poll` has something to do; None while not connected."""
        if self.me is None:
            return self.line.wait_ms(now_ms) if self.is_outside else None
        waits = [self.line.wait_ms(now_ms)]
        past = self.past.wait_ms(now_ms) if self.replica.synced else None
        others = self.replica.wait_ms(now_ms), self.going_back.wait_ms(now_ms), past
        waits += [wait for wait in others if wait is not None]
        if self.mine.changed:
            waits.append(self._presence_wait_ms(now_ms))
        return 0.0 if self.access.is_due else min(waits)

    def poll(self, now_ms: float) -> list[SessionEffect]:
        """Do what is due."""
        if self.me is None and not self.is_outside:
            return []
        if self.line.is_dead(now_ms):
            return [DropConnection()]
        effects = [] if self.is_outside else self._due(now_ms)
        effects += self.line.poll(now_ms)
        self.line.transmitted(effects, now_ms)
        return effects

    def _due(self, now_ms: float) -> list[SessionEffect]:
        effects: list[SessionEffect] = [*self.replica.poll(now_ms), *self.going_back.poll(now_ms)]
        if self.replica.synced:
            effects += self.past.poll(now_ms)
        effects += self.access.poll()
        if self.mine.changed and not self._presence_wait_ms(now_ms):
            self.mine.sent(now_ms)
            effects.append(Transmit(PresenceUpdate(self.mine.take())))
        return effects

    def flush(self, now_ms: float) -> list[SessionEffect]:
        """Send everything that waits, however recent the last push, and however slow the line."""
        effects: list[SessionEffect] = []
        due_ms = now_ms
        self.replica.window = MOST_IN_FLIGHT
        while self.replica.wait_ms(due_ms) is not None:  # a push holds what fits into one message
            due_ms += PUSH_EVERY_MS
            effects += self.replica.poll(due_ms)
        self.replica.window = self.line.window.bytes
        if self.me is not None and self.mine.changed:
            effects.append(Transmit(PresenceUpdate(self.mine.take())))
        self.line.transmitted(effects, now_ms)
        return effects

    def receive(self, text: str, now_ms: float) -> list[SessionEffect]:
        """Take a message from the server. Unreadable ones are reported and otherwise ignored."""
        self.line.heard(len(text), now_ms)
        try:
            message = decode_server(text, self.replica.limits)
        except MessageRefused as refused:
            newer = refused.reason is Reason.UNKNOWN_TYPE
            return [ProtocolFault(f"Ignored a message of the server's. {refused}", serious=not newer)]
        try:
            effects = self._handle(message, len(text), now_ms)
        except ChangeRefused as refused:
            return [ProtocolFault(f"Ignored a message of the server's. {refused}", serious=True)]
        self.line.transmitted(effects, now_ms)
        return effects

    def _presence_wait_ms(self, now_ms: float) -> float:
        return self.mine.wait_ms(now_ms, self.line.is_congested(now_ms))

    def _handle(self, message: ServerMessage, size: int, now_ms: float) -> list[SessionEffect]:
        if isinstance(message, ConnectionAck):
            return self._acknowledged(message)
        if isinstance(message, UserJoined):
            known = self.participants.get(message.connection_id)
            away = known is not None and known.away
            names = message.user_id, message.connection_id, message.timestamp
            participant = Participant(*names, away, message.role, message.person, message.script)
            self._update(participant)
            self._look()
            return [ParticipantJoined(participant) if known is None else ParticipantRenamed(participant)]
        if isinstance(message, UserLeft):
            self.presence.forget(message.connection_id)
            gone = self.participants.pop(message.connection_id, None)
            self._look()
            return [ParticipantLeft(gone)] if gone is not None else []
        if isinstance(message, UserAway):
            return self._hear_away(message)
        if isinstance(message, Pong):
            return self._hear_pong(message, now_ms)
        if isinstance(message, PresencePatch):
            return self._hear_presence(message)
        if isinstance(message, (PastPage, EntriesPage, PastRefused)):
            self.line.paged(size, now_ms)
            return [*self.going_back.hear(message), *self.past.receive(message)]
        if isinstance(message, AccessMessage):
            return self._hear_access(message)
        if isinstance(message, ParcelMessage):
            return [effect_of(message)]
        if isinstance(message, Error):
            return [ProtocolFault(f"The server did not accept a message: {message.message}", serious=True)]
        if isinstance(message, Wait):
            return [*self.safekeeping.waits(message)]
        effects: list[SessionEffect] = [*self.safekeeping.saved(), *self.going_back.receive(message, size)]
        self.line.answered(message, size, self.replica.unanswered, now_ms)
        self.replica.window = self.line.window.bytes
        return effects

    def _acknowledged(self, ack: ConnectionAck) -> list[SessionEffect]:
        self.replica.limits = ack.limits
        self.replica.set_role(ack.role)
        self.expires = ack.expires
        self.participants = {user.connection_id: user for user in ack.users}
        self.me = self.participants.get(ack.connection_id) or Participant(
            ack.user_id, ack.connection_id, ack.timestamp
        )
        self.host.connected(self.me, ack.users)
        self._look()
        self.mine.repeat()
        device = self.credentials.acknowledged(ack.token)
        made = [DeviceMade(device)] if device is not None else []
        return [Acknowledged(structs.replace(ack, token="")), *made, *self.replica.connected()]

    def _look(self) -> None:
        """The participants or their presence changed."""
        self.replica.pace.few = len(self.participants) <= FEW
        self.host.look(self.participants, self.presence.states)
        if news := self.people.look(self.me, self.participants, self.presence.states):
            self.show(news)

    def _update(self, participant: Participant) -> bool:
        """Update a participant; returns whether it is this one."""
        self.participants[participant.connection_id] = participant
        is_me = self.me is not None and participant.connection_id == self.me.connection_id
        if is_me:
            self.me = participant
        return is_me

    def _hear_pong(self, pong: Pong, now_ms: float) -> list[SessionEffect]:
        answered = self.line.ponged(now_ms)
        if answered is None:
            return []
        return [answered, *self.safekeeping.answered(pong), *self.replica.check_clock(pong)]

    def _hear_away(self, message: UserAway) -> list[SessionEffect]:
        known = self.participants.get(message.connection_id)
        if known is None:
            return []
        participant = structs.replace(known, away=message.away)
        return [] if self._update(participant) else [ParticipantAway(participant)]

    def _hear_access(self, message: AccessMessage) -> list[SessionEffect]:
        if isinstance(message, AccessExpires):
            self.expires = message.expires
            return [AccessEnds(message.expires)]
        if isinstance(message, Outside):
            return [*self.access.hear(message)]
        if not isinstance(message, UserRole):
            return [*self.access.receive(message)]
        known = self.participants.get(message.connection_id)
        if known is None:
            return []
        participant = structs.replace(known, role=message.role)
        if not self._update(participant):
            return [RoleChanged(participant)]
        if not may_manage(message.role):
            self.access.knocks.clear()  # only owners learn what becomes of them
        return [RoleChanged(participant), *self.replica.set_role(message.role)]

    def _hear_presence(self, message: PresencePatch) -> list[SessionEffect]:
        mine = self.me.connection_id if self.me is not None else ""
        others = {id: state for id, state in message.participants.items() if id != mine}
        if message.full:
            self.presence.replace(others)
        else:
            for participant, state in others.items():
                self.presence.update(participant, state)
            self.presence.take()
        if message.full or not all(map(_LOOKED_AT.isdisjoint, others.values())):
            self._look()  # most messages are only about cursors, and there are many
        return [PresenceChanged(frozenset(others), message.full)] if others or message.full else []
