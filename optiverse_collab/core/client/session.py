"""The client's side of a session, over any number of connections (MSG, PRES and HB rules).

It joins the replica with who is there, presence and the heartbeat. What carries it — QWebSocket in
the editor, asyncio in scripts — passes text and the time in and carries out the effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from optiverse_collab.core.client.connection_effects import DropConnection
from optiverse_collab.core.client.effects import (
    Acknowledged,
    ParticipantAway,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRenamed,
    PresenceChanged,
    ProtocolFault,
    SavingChanged,
    SessionEffect,
    Transmit,
)
from optiverse_collab.core.client.host_watch import HostWatch
from optiverse_collab.core.client.line import Line
from optiverse_collab.core.client.past import PastRequests
from optiverse_collab.core.client.replica import MOST_IN_FLIGHT, PUSH_EVERY_MS, Replica
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.presence import Presence
from optiverse_collab.core.protocol.codec import decode_server
from optiverse_collab.core.protocol.messages import (
    WAIT_STORAGE,
    ConnectionAck,
    Error,
    PastPage,
    PastRefused,
    Pong,
    PresencePatch,
    PresenceUpdate,
    ServerMessage,
    UserAway,
    UserJoined,
    UserLeft,
    Wait,
)
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.throttle import Throttle
from optiverse_collab.errors import ChangeRefused, MessageRefused, Reason

PRESENCE_EVERY_MS, SLOW_PRESENCE_EVERY_MS = 33, 500
"""The shortest time between two presence updates (PRES-1), and on a congested line (PUSH-10)."""


class SessionClient:
    """The client's half of a session: one participant.

    Args:
        user_id: the name to be shown.
        replica: the document.

    Attributes:
        replica: the document; edit it through `Replica.edit`.
        me: this participant, as the server named it; None while not connected.
        participants: connection_id → participant, this one included.
        presence: the others' presence.
        past: asks for the bench as it was earlier.
        host: knows whose editor runs the server.
        line: the connection, and how well it does.
        saving_is_late: the server said that it does not save for now (DUR-6).
    """

    def __init__(self, user_id: str, replica: Replica) -> None:
        self.user_id = user_id
        self.replica = replica
        self.me: Participant | None = None
        self.saving_is_late = False
        self.participants: dict[str, Participant] = {}
        self.presence = Presence(Limits())
        self.past = PastRequests()
        self.host = HostWatch()
        self.line = Line(user_id)
        self._mine = Presence(Limits())
        self._presence_throttle = Throttle(PRESENCE_EVERY_MS)
        self._slow_presence_throttle = Throttle(SLOW_PRESENCE_EVERY_MS)

    def opened(self, now_ms: float) -> None:
        """A connection is open; the server speaks first."""
        self.line.opened(now_ms)
        self.replica.window = self.line.window.bytes

    def closed(self) -> None:
        """The connection is gone. Edits and presence go on being collected."""
        self.me = None
        self.saving_is_late = False
        self.participants.clear()
        self.presence.replace({})
        self.line.closed()
        self.replica.disconnected()
        self.past.disconnected()

    def show(self, state: Mapping[str, Any]) -> None:
        """Change my presence: key → value, None to take a key away; `poll` sends it.

        Raises:
            ChangeRefused: a key or value that can't travel.
        """
        self._mine.update("", state)

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `poll` has something to do; None while not connected."""
        if self.me is None:
            return None
        waits = [self.line.wait_ms(now_ms)]
        push = self.replica.wait_ms(now_ms)
        if push is not None:
            waits.append(push)
        past = self.past.wait_ms(now_ms) if self.replica.synced else None
        if past is not None:
            waits.append(past)
        if self._mine.changed:
            waits.append(self._presence_wait_ms(now_ms))
        return min(waits)

    def poll(self, now_ms: float) -> list[SessionEffect]:
        """Do what is due."""
        if self.me is None:
            return []
        if self.line.is_dead(now_ms):
            return [DropConnection()]
        effects: list[SessionEffect] = [*self.replica.poll(now_ms)]
        if self.replica.synced:
            effects += self.past.poll(now_ms)
        if self._mine.changed and not self._presence_wait_ms(now_ms):
            self._presence_throttle.fire(now_ms)
            self._slow_presence_throttle.fire(now_ms)
            effects.append(Transmit(PresenceUpdate(self._mine.take()[""])))
        effects += self.line.poll(now_ms)
        self.line.transmitted(effects, now_ms)
        return effects

    def flush(self, now_ms: float) -> list[SessionEffect]:
        """Send all that waits to be sent, however recent the last push, and however slow the line."""
        effects: list[SessionEffect] = []
        due_ms = now_ms
        self.replica.window = MOST_IN_FLIGHT
        while self.replica.wait_ms(due_ms) is not None:  # a push takes as much as fits into one message
            due_ms += PUSH_EVERY_MS
            effects += self.replica.poll(due_ms)
        self.replica.window = self.line.window.bytes
        if self.me is not None and self._mine.changed:
            effects.append(Transmit(PresenceUpdate(self._mine.take()[""])))
        self.line.transmitted(effects, now_ms)
        return effects

    def receive(self, text: str, now_ms: float) -> list[SessionEffect]:
        """Take a message of the server's. What can't be read is told and otherwise ignored."""
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
        slow = self.line.is_congested(now_ms)
        return (self._slow_presence_throttle if slow else self._presence_throttle).wait_ms(now_ms)

    def _handle(self, message: ServerMessage, size: int, now_ms: float) -> list[SessionEffect]:
        if isinstance(message, ConnectionAck):
            return self._acknowledged(message)
        if isinstance(message, UserJoined):
            known = self.participants.get(message.connection_id)
            participant = Participant(
                message.user_id,
                message.connection_id,
                message.timestamp,
                away=known is not None and known.away,
            )
            self.participants[message.connection_id] = participant
            if self.me is not None and message.connection_id == self.me.connection_id:
                self.me = participant
            self.host.look(self.participants, self.presence.states)
            return [ParticipantJoined(participant) if known is None else ParticipantRenamed(participant)]
        if isinstance(message, UserLeft):
            self.presence.forget(message.connection_id)
            gone = self.participants.pop(message.connection_id, None)
            self.host.look(self.participants, self.presence.states)
            return [ParticipantLeft(gone)] if gone is not None else []
        if isinstance(message, UserAway):
            return self._hear_away(message)
        if isinstance(message, Pong):
            answered = self.line.ponged(now_ms)
            return [] if answered is None else [answered, *self.replica.check_clock(message.clock)]
        if isinstance(message, PresencePatch):
            return self._hear_presence(message)
        if isinstance(message, (PastPage, PastRefused)):
            self.line.paged(size, now_ms)
            return [*self.past.receive(message)]
        if isinstance(message, Error):
            return [ProtocolFault(f"The server did not accept a message: {message.message}", serious=True)]
        if isinstance(message, Wait):
            return self._note_saving(True) if message.reason == WAIT_STORAGE else []
        effects: list[SessionEffect] = [*self._note_saving(False), *self.replica.receive(message, size)]
        pending = self.replica.pending
        self.line.answered(message, size, pending[0].client_clock if pending else None, now_ms)
        self.replica.window = self.line.window.bytes
        return effects

    def _acknowledged(self, ack: ConnectionAck) -> list[SessionEffect]:
        self.replica.limits = ack.limits
        self.participants = {user.connection_id: user for user in ack.users}
        self.me = self.participants.get(ack.connection_id) or Participant(
            ack.user_id, ack.connection_id, ack.timestamp
        )
        self.host.connected(self.me, ack.users)
        if self._mine.states.get(""):
            self._mine.update("", dict(self._mine.states[""]))  # a new connection knows none of it
        return [Acknowledged(ack), *self.replica.connected()]

    def _hear_away(self, message: UserAway) -> list[SessionEffect]:
        known = self.participants.get(message.connection_id)
        if known is None:
            return []
        participant = self.participants[message.connection_id] = structs.replace(known, away=message.away)
        if self.me is not None and message.connection_id == self.me.connection_id:
            self.me = participant
            return []
        return [ParticipantAway(participant)]

    def _note_saving(self, is_late: bool) -> list[SessionEffect]:
        """The server said that it does not save for now, or sends what it has saved."""
        if is_late is self.saving_is_late:
            return []
        self.saving_is_late = is_late
        return [SavingChanged(is_late)]

    def _hear_presence(self, message: PresencePatch) -> list[SessionEffect]:
        mine = self.me.connection_id if self.me is not None else ""
        others = {id: state for id, state in message.participants.items() if id != mine}
        if message.full:
            self.presence.replace(others)
        else:
            for participant, state in others.items():
                self.presence.update(participant, state)
            self.presence.take()
        self.host.look(self.participants, self.presence.states)
        return [PresenceChanged(frozenset(others), message.full)] if others or message.full else []
