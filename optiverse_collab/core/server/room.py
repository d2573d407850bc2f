"""One session on the server: who is in it, what goes to whom, and when.

The surroundings take `unsaved()` to storage, report `saved(clock)`, and send what `flush()` gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import structs

from optiverse_collab.core.checks import check_client_ids
from optiverse_collab.core.limits import PRESENCE_BYTES
from optiverse_collab.core.presence import Presence, patches
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.messages import (
    PROTOCOL_VERSION,
    ClientMessage,
    ConnectionAck,
    Error,
    Have,
    OtherHistory,
    PastRequest,
    Ping,
    Pong,
    PresencePatch,
    PresenceUpdate,
    SyncRequest,
    UserAway,
    UserJoined,
    UserLeft,
)
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.protocol.pages import PageSize
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.server import past
from optiverse_collab.core.server.answers import answer_of, catch_up, lanes_of, parts_of
from optiverse_collab.core.server.delivery import Delivery, Subscription
from optiverse_collab.core.server.effects import Close, RoomEffect, Send, SendPages, SendPresence
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Kept
from optiverse_collab.core.server.members import Member, free_name
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.subscribers import Bounds
from optiverse_collab.errors import ChangeRefused, Reason, Refused


class Unsaved(NamedTuple):
    """What storage has to keep next.

    Attributes:
        entries: in order.
        names: that the entries are the first to refer to.
    """

    entries: list[Kept]
    names: list[Name]


class Room:
    """A session: members, document, presence.

    Args:
        session_id: the name of the session.
        history: its document.
        server: name and version of the server, for `ConnectionAck`.
        bounds: how much a receiver may leave unconfirmed.
    """

    def __init__(self, session_id: str, history: History, server: str, bounds: Bounds | None = None) -> None:
        self.session_id = session_id
        self.history = history
        self._server = server
        self._members: dict[str, Member] = {}
        self._presence = Presence(history.limits, PRESENCE_BYTES)
        self._delivery = Delivery(history, bounds)
        self._now_ms = 0
        self._unsaved: list[Kept] = []

    # Membership

    @property
    def participants(self) -> list[Participant]:
        """Everybody in the room, in the order in which they came."""
        return [member.participant for member in self._members.values()]

    def join(self, connection_id: str, user_id: str, now_ms: int) -> list[RoomEffect]:
        """Let a connection in (MSG-1, MSG-2)."""
        if len(self._members) >= self.history.limits.participants:
            return [Close(connection_id, CloseReason.SESSION_FULL)]
        others = tuple(self._members)
        name = free_name(user_id, self._members.values())
        participant = Participant(name, connection_id, timestamp(now_ms))
        self._members[connection_id] = Member(user_id, participant)
        ack = ConnectionAck(
            session_id=self.session_id,
            user_id=participant.user_id,
            connection_id=connection_id,
            users=self.participants,
            server=self._server,
            protocol=PROTOCOL_VERSION,
            limits=self.history.limits,
            timestamp=timestamp(now_ms),
        )
        joined = UserJoined(participant.user_id, connection_id, timestamp(now_ms))
        effects: list[RoomEffect] = [Send((connection_id,), ack), Send(others, joined)]
        return effects + [SendPresence((connection_id,), patch) for patch in self.presence_of_all()]

    def leave(self, connection_id: str, now_ms: int) -> list[RoomEffect]:
        """A connection is gone; nothing happens if it was not in."""
        member = self._members.pop(connection_id, None)
        if member is None:
            return []
        last = self.flush_presence()  # theirs, too
        self._presence.forget(connection_id)
        self._delivery.unsubscribe(connection_id)
        left = UserLeft(member.participant.user_id, connection_id, timestamp(now_ms))
        return [*last, Send(tuple(self._members), left)]

    def set_away(self, connection_id: str, is_away: bool) -> list[RoomEffect]:
        """Nothing was heard from a member for a while, or something again (HB-6)."""
        member = self._members.get(connection_id)
        if member is None:  # a connection that was replaced, and is about to close
            return []
        member.participant = structs.replace(member.participant, away=is_away)
        return [Send(tuple(self._members), UserAway(connection_id, is_away))]

    def name_of(self, connection_id: str) -> str:
        """The name under which a member is shown."""
        return self._members[connection_id].participant.user_id

    def presence_of_all(self) -> list[PresencePatch]:
        """Everybody's presence, for those who know nothing of it yet; nothing if there is none."""
        return patches(self._presence.states, self.history.limits.page_bytes, full=True)

    # Messages

    def receive(self, connection_id: str, message: ClientMessage, now_ms: int) -> list[RoomEffect]:
        """Take a message of a member's; what it changes leaves through `flush`."""
        member = self._members.get(connection_id)
        if member is None:  # a connection that was replaced while its message was on the way
            return []
        self._now_ms = now_ms
        if isinstance(message, Ping):
            return [Send((connection_id,), Pong(timestamp(now_ms), self._delivery.sent_to(connection_id)))]
        if isinstance(message, SyncRequest):
            return self._sync(connection_id, member, message, now_ms)
        if isinstance(message, PresenceUpdate):
            return self._update_presence(connection_id, message)
        if member.request is None:
            return [_error(connection_id, Reason.NOT_SYNCED, "Send sync:request before anything else.")]
        if isinstance(message, PastRequest):
            return [past.answer(connection_id, message, known=self._delivery.sent)]
        if isinstance(message, Have):
            return self._confirm(connection_id, member.request, message.clock)
        for change in message.changes:
            self._accept(connection_id, member, change, now_ms)
        return []

    def refuse(self, connection_id: str, client_clocks: Sequence[int], refusal: Refused) -> None:
        """Tell a member that changes of theirs can't be accepted (PUSH-6)."""
        for client_clock in client_clocks:
            ack = Ack(client_clock, AckResult.REFUSED, reason=refusal.reason.value, message=str(refusal))
            self._delivery.add(ack=(connection_id, ack))

    def _accept(self, connection_id: str, member: Member, change: PushedChange, now_ms: int) -> None:
        if change.client_clock <= member.pushed:
            ack = Ack(change.client_clock, AckResult.DUPLICATE)
            self._delivery.add(ack=(connection_id, ack))
            return
        member.pushed = change.client_clock
        name = member.participant.user_id
        try:
            accepted = self.history.accept(
                member.origin, member.settled, name, now_ms, change, sent=self._delivery.sent
            )
        except ChangeRefused as refusal:
            self.refuse(connection_id, [change.client_clock], refusal)
            return
        self._unsaved.append(accepted.kept)
        self._delivery.add(accepted, ack=(connection_id, self._ack(accepted.entry)))

    def _ack(self, entry: Entry) -> Ack:
        result = AckResult.COMMIT
        if entry.lost or entry.held:
            result = AckResult.DISCARD if bytes(entry.ops) == b"[]" else AckResult.REBASE
        lost, held, replaced = (
            parts_of(self.history, parts) for parts in (entry.lost, entry.held, entry.replaced)
        )
        return Ack(entry.client_clock, result, entry.clock, lost, held, replaced)

    def _sync(
        self, connection_id: str, member: Member, request: SyncRequest, now_ms: int
    ) -> list[RoomEffect]:
        """Answer with what is new since the replica's position, or with everything (SYNC-2, SYNC-3)."""
        try:
            check_client_ids([request.client_id, *request.settles], self.history.limits)
        except ChangeRefused as refusal:
            return [_error(connection_id, refusal.reason, str(refusal))]
        ids = {request.client_id, *request.settles}
        connections = [
            id
            for id, other in self._members.items()  # in the order in which they joined
            if id == connection_id or (other.request is not None and other.request.client_id in ids)
        ]
        newest = connections[-1]
        if newest != connection_id:  # the client gave this one up; its request was long on the way
            gone = [*self.leave(connection_id, now_ms), _replaced(connection_id)]
            return gone + self._rename(newest, self._members[newest])
        effects: list[RoomEffect] = []
        for other_id in connections[:-1]:
            effects += [*self.leave(other_id, now_ms), _replaced(other_id)]
            effects += self._rename(connection_id, member)
        size = PageSize(self.history.limits.page_bytes)
        answer = answer_of(self.history, request, size)
        if isinstance(answer, OtherHistory):
            return [*effects, Send((connection_id,), answer)]
        member.request, member.origin = request, origin_of(request.client_id)
        member.pushed = self.history.last_client_clock_of(member.origin)
        known = (self.history.names.known(NameKind.ORIGIN, origin_of(id)) for id in request.settles)
        member.settled = frozenset(number for number in known if number > 0)
        pages = SendPages(connection_id, answer, size)
        self._delivery.add(subscription=Subscription(pages, lanes_of(request)))
        return effects

    def _confirm(self, connection_id: str, request: SyncRequest, clock: int) -> list[RoomEffect]:
        """A member has everything up to `clock`; one that is behind gets what it was not sent (SYNC-12)."""
        if not 0 <= clock <= self.history.clock:
            sentence = f"You have {clock}, and the session is at {self.history.clock}; say what you have."
            return [_error(connection_id, Reason.INVALID_MESSAGE, sentence)]
        if self._delivery.confirm(connection_id, clock, self._now_ms):
            size = PageSize(self.history.limits.page_bytes)
            pages = SendPages(connection_id, catch_up(self.history, request, clock, size), size)
            self._delivery.add(subscription=Subscription(pages, lanes_of(request), unasked=True))
        return []

    def _update_presence(self, connection_id: str, message: PresenceUpdate) -> list[RoomEffect]:
        try:
            self._presence.update(connection_id, message.state)
        except ChangeRefused as refusal:
            return [_error(connection_id, refusal.reason, str(refusal))]
        return []

    def _rename(self, connection_id: str, member: Member) -> list[RoomEffect]:
        """Give a member who came back before the server noticed the loss their name again (MSG-2)."""
        others = (other for other in self._members.values() if other is not member)
        name = free_name(member.wanted_name, others)
        if name == member.participant.user_id:
            return []
        member.participant = structs.replace(member.participant, user_id=name)
        joined = UserJoined(name, connection_id, member.participant.connected_at)
        return [Send(tuple(self._members), joined)]

    # Durability and delivery

    def unsaved(self) -> Unsaved:
        """What storage has not been given yet; each entry and each name is given once."""
        if not self._unsaved:
            return Unsaved([], [])
        entries, self._unsaved = self._unsaved, []
        return Unsaved(entries, self.history.names.take_new())

    @property
    def has_unsaved(self) -> bool:
        """Whether there is something for storage."""
        return bool(self._unsaved)

    @property
    def stored(self) -> int:
        """Storage holds everything up to this clock."""
        return self._delivery.durable

    def saved(self, clock: int) -> None:
        """Storage holds everything up to `clock`."""
        self._delivery.durable = clock

    def flush(self) -> list[RoomEffect]:
        """Everything that waited for durability and need not wait any more, in order (PUSH-5)."""
        return self._delivery.flush(self._members, self._now_ms)

    @property
    def has_waiting(self) -> bool:
        """Whether there is something that `flush` gives, or will give once it is durable."""
        return self._delivery.waiting

    def owes_pages(self, connection_id: str) -> bool:
        """Whether `flush` will give pages for a connection."""
        return self._delivery.owes_pages(connection_id)

    @property
    def has_presence(self) -> bool:
        """Whether somebody's presence changed since `flush_presence`."""
        return self._presence.changed

    def flush_presence(self) -> list[RoomEffect]:
        """What changed of everybody's presence since the last call (PRES-2)."""
        changed = patches(self._presence.take(), self.history.limits.page_bytes)
        return [SendPresence(tuple(self._members), patch) for patch in changed]


def _replaced(connection_id: str) -> Close:
    return Close(connection_id, CloseReason.REPLACED)


def _error(connection_id: str, reason: Reason, sentence: str) -> Send:
    return Send((connection_id,), Error(reason.value, sentence))
