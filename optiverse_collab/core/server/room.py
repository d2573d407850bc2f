"""One session on the server: its members, and what is sent to whom and when.

The driver passes `unsaved()` to storage, reports `saved(clock)`, and sends what `flush()` returns.
"""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.access import Role
from optiverse_collab.core.checks import check_client_ids
from optiverse_collab.core.limits import PRESENCE_BYTES
from optiverse_collab.core.presence import Presence, patches
from optiverse_collab.core.protocol.access import Request as AccessRequest
from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.messages import (
    ClientMessage,
    Error,
    Have,
    OtherHistory,
    Ping,
    PresencePatch,
    PresenceUpdate,
    SyncRequest,
)
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.protocol.pages import PageSize
from optiverse_collab.core.protocol.parcels import ParcelsReturned
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.past import EntriesRequest, PastRequest
from optiverse_collab.core.server import access, past
from optiverse_collab.core.server.answers import ack_of, answer_of, catch_up, lanes_of
from optiverse_collab.core.server.delivery import Delivery, Subscription
from optiverse_collab.core.server.effects import Close, RoomEffect, Send, SendPages, SendPresence, Unsaved
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Accepted, Kept
from optiverse_collab.core.server.lineage import was_replaced
from optiverse_collab.core.server.members import EVERYTHING, Admission, Member, Members
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.parcels import Parcels
from optiverse_collab.core.server.presence_pace import PresencePace
from optiverse_collab.core.server.recovery import Recovery
from optiverse_collab.core.server.signatures import Signatures
from optiverse_collab.core.server.standby_news import StandbyNews
from optiverse_collab.core.server.subscribers import Bounds
from optiverse_collab.errors import ChangeRefused, Reason, Refused


class Room:
    """A session: members, document, presence.

    Args:
        session_id: the name of the session.
        history: its document.
        server: name and version of the server, for `ConnectionAck`.
        bounds: how much a receiver may leave unconfirmed.
        key: signs positions and parcels; None to sign none.
        news: of the server's standby, for the members; none if not given.

    Attributes:
        parcels: gathers the changes that clients carry.
    """

    def __init__(
        self,
        session_id: str,
        history: History,
        server: str,
        bounds: Bounds | None = None,
        key: bytes | None = None,
        news: StandbyNews | None = None,
    ) -> None:
        self.session_id = session_id
        self.history = history
        self._server = server
        self._members, self._now_ms, self._unsaved = Members(), 0, list[Kept]()
        self._presence = Presence(history.limits, PRESENCE_BYTES, history.space)
        self._pace = PresencePace(history.limits.page_bytes)
        self._delivery = Delivery(history, bounds)
        self._signatures, self._news = Signatures(key, session_id, history), news or StandbyNews()
        self.parcels = Parcels(key, session_id, history)
        self._recovery = Recovery(key, session_id, history, self._signatures, self._take)

    @property
    def participants(self) -> list[Participant]:
        """Everybody in the room, in the order of joining."""
        return self._members.participants

    def join(
        self, connection_id: str, user_id: str, now_ms: int, by: Admission = EVERYTHING, script: bool = False
    ) -> list[RoomEffect]:
        """Let a connection in (MSG-1, MSG-2, ACC-2, PRES-18)."""
        if len(self._members.all) >= self.history.limits.participants:
            return [Close(connection_id, CloseReason.SESSION_FULL)]
        joined = self._members.add(connection_id, user_id, now_ms, by, script)
        ack = self._members.ack(connection_id, self.session_id, self._server, self.history.limits, by)
        presence = (SendPresence((connection_id,), patch) for patch in self.presence_of_all())
        return [Send((connection_id,), ack), joined, *presence]

    def leave(self, connection_id: str, now_ms: int) -> list[RoomEffect]:
        """A connection is gone; does nothing if it was not in the room."""
        if connection_id not in self._members.all:
            return []
        left = self._members.remove(connection_id, now_ms)
        last = self._show([connection_id] if connection_id in self._presence.changes else [])
        self._delivery.unsubscribe(connection_id)
        for part in (self._presence, self._pace, self.parcels, self._recovery):
            part.forget(connection_id)
        return [*last, left]

    def set_away(self, connection_id: str, is_away: bool) -> list[RoomEffect]:
        """A member has been silent for a while, or is back (HB-6)."""
        return [*self._members.set_away(connection_id, is_away)]

    def set_role(self, grant: str, role: Role, now_ms: int) -> list[RoomEffect]:
        """The members who came in with a grant get another role, or are removed (ACC-2, ACC-6)."""
        effects: list[RoomEffect] = []
        for effect in self._members.set_role(grant, role):
            if isinstance(effect, Close):
                effects += self.leave(effect.to, now_ms)
            effects.append(effect)
        return effects

    def name_of(self, connection_id: str) -> str:
        """The displayed name of a member."""
        return self._members.all[connection_id].participant.user_id

    def presence_of_all(self, receiver: str = "") -> list[PresencePatch]:
        """The others' presence for somebody who has none of it yet; empty if there is none."""
        states = {id: state for id, state in self._presence.states.items() if id != receiver}
        return patches(states, self.history.limits.page_bytes, full=True)

    def receive(self, connection_id: str, message: ClientMessage, now_ms: int) -> list[RoomEffect]:
        """Process a message from a member; its changes leave through `flush`."""
        member = self._members.all.get(connection_id)
        if member is None:  # a connection that was replaced while its message was in transit
            return []
        self._now_ms = now_ms
        if isinstance(message, Ping):
            pong = self._signatures.pong(connection_id, self._delivery, now_ms)
            return [Send((connection_id,), self._news.added_to(pong))]
        if isinstance(message, SyncRequest):
            return self._sync(connection_id, member, message, now_ms)
        if isinstance(message, PresenceUpdate):
            try:
                self._presence.update(connection_id, message.state)
            except ChangeRefused as refusal:
                return [_error(connection_id, refusal.reason, str(refusal))]
            return []
        if isinstance(message, AccessRequest):
            return [access.answer(connection_id, member, message)]
        if isinstance(message, ParcelsReturned):
            self._recovery.take(connection_id, member.participant.user_id, message, now_ms)
            return []
        if member.request is None and not member.goes_back_with(message):
            return [_error(connection_id, Reason.NOT_SYNCED, "Send sync:request before anything else.")]
        if isinstance(message, (PastRequest, EntriesRequest)):
            return [past.answer(connection_id, message, known=self._delivery.sent)]
        if isinstance(message, Have):
            return self._confirm(connection_id, member, message.clock)
        for change in message.changes:
            self._accept(connection_id, member, change, now_ms)
        return []

    def refuse(self, connection_id: str, client_clocks: Sequence[int], refusal: Refused) -> None:
        """Report to a member that some of their changes can't be accepted (PUSH-6)."""
        for client_clock in client_clocks:
            ack = Ack(client_clock, AckResult.REFUSED, reason=refusal.reason.value, message=str(refusal))
            self._delivery.add(ack=(connection_id, ack))

    def _accept(self, connection_id: str, member: Member, change: PushedChange, now_ms: int) -> None:
        if change.client_clock <= member.pushed:
            self._delivery.add(ack=(connection_id, Ack(change.client_clock, AckResult.DUPLICATE)))
            return
        member.pushed = change.client_clock
        try:
            access.check_right(Role.NONE if member.denied else member.role, change.ops, self.history)
            accepted = self.history.accept(
                member.origin,
                member.settled,
                member.participant.user_id,
                now_ms,
                change,
                sent=self._delivery.sent,
            )
        except ChangeRefused as refusal:
            member.denied = member.denied or refusal.reason is Reason.NOT_ALLOWED
            self.refuse(connection_id, [change.client_clock], refusal)
            return
        member.accepted = change.client_clock
        ack = ack_of(accepted.entry, self.history.names.texts(NameKind.AUTHOR))
        self._take(accepted, ack=(connection_id, ack))
        if (version := self.history.keep_version()) is not None:
            self._take(version)  # stored with its reason: a crash loses both or neither

    def _take(self, accepted: Accepted, ack: tuple[str, Ack] | None = None) -> None:
        """Let a change become durable, and then go to everybody."""
        self._unsaved.append(accepted.kept)
        self._delivery.add(accepted, ack)

    def _sync(
        self, connection_id: str, member: Member, request: SyncRequest, now_ms: int
    ) -> list[RoomEffect]:
        """Answer with the news since the replica's position, or with everything (SYNC-2, SYNC-3)."""
        try:
            check_client_ids([request.client_id, *request.settles], self.history.limits)
        except ChangeRefused as refusal:
            return [_error(connection_id, refusal.reason, str(refusal))]
        connections = self._members.of_replica(connection_id, {request.client_id, *request.settles})
        if connections[-1] != connection_id:  # the client gave this connection up before its request came
            gone = [*self.leave(connection_id, now_ms), Close(connection_id, CloseReason.REPLACED)]
            return [*gone, *self._members.rename(connections[-1])]
        if was_replaced(self.history, request):
            return [*self.leave(connection_id, now_ms), Close(connection_id, CloseReason.DEPOSED)]
        effects: list[RoomEffect] = []
        for other_id in connections[:-1]:
            effects += [*self.leave(other_id, now_ms), Close(other_id, CloseReason.REPLACED)]
            effects += self._members.rename(connection_id)
        size = PageSize(self.history.limits.page_bytes)
        answer = answer_of(self.history, request, size)
        if isinstance(answer, OtherHistory):
            may_ask = self._recovery.may_ask(connection_id)
            answer, noticed = self._signatures.parted(connection_id, request, answer, may_ask)
            effects += noticed
        if self._recovery.holds(connection_id, request, answer):
            return effects
        if isinstance(answer, OtherHistory):
            member.parted = answer.parent
            return [*effects, Send((connection_id,), answer)]
        if request.carries:
            self.parcels.carry(connection_id)
        member.synchronise(request, self.history)
        subscription = Subscription(SendPages(connection_id, answer, size), lanes_of(request))
        self._delivery.add(subscription=subscription)
        return effects

    def _confirm(self, connection_id: str, member: Member, clock: int) -> list[RoomEffect]:
        """A member has everything up to `clock`; one that is behind gets what it missed (SYNC-12)."""
        if not 0 <= clock <= self.history.clock:
            sentence = f"You have {clock}, and the session is at {self.history.clock}; say what you have."
            return [_error(connection_id, Reason.INVALID_MESSAGE, sentence)]
        if member.request is not None and self._delivery.confirm(connection_id, clock, self._now_ms):
            size = PageSize(self.history.limits.page_bytes)
            answer = catch_up(self.history, member.request, clock, member.accepted, size)
            pages = SendPages(connection_id, answer, size)
            self._delivery.add(subscription=Subscription(pages, lanes_of(member.request), unasked=True))
        return []

    # Durability and delivery

    def unsaved(self) -> Unsaved:
        """The data that storage has not got yet; it gets each entry and each name once."""
        if not self._unsaved:
            return Unsaved([], [])
        entries, self._unsaved = self._unsaved, []
        names = self.history.names.take_new()
        self.parcels.add(entries, names)
        return Unsaved(entries, names, self._recovery.take_moved())

    @property
    def has_unsaved(self) -> bool:
        """Whether there is data for storage."""
        return bool(self._unsaved)

    @property
    def stored(self) -> int:
        """Storage holds everything up to this clock."""
        return self._delivery.durable

    def saved(self, clock: int) -> None:
        """Storage holds everything up to `clock`."""
        self._delivery.durable = clock

    def flush(self) -> list[RoomEffect]:
        """Everything that waited for durability and no longer needs to, in order (PUSH-5)."""
        effects: list[RoomEffect] = []
        while self._recovery.is_due(self.stored, self._now_ms):
            asked, answered = self._recovery.step(self._now_ms, self.parcels.carriers)
            effects += asked
            for id, request in answered.items():
                effects += self._sync(id, self._members.all[id], request, self._now_ms)
        return effects + self._delivery.flush(self._members.all, self._now_ms)

    @property
    def has_waiting(self) -> bool:
        """Whether `flush` returns something, or will once it is durable."""
        return self._delivery.waiting or self._recovery.is_due(self.stored, self._now_ms)

    def owes_pages(self, connection_id: str) -> bool:
        """Whether `flush` will return pages for a connection."""
        return self._delivery.owes_pages(connection_id)

    @property
    def has_presence(self) -> bool:
        """Whether somebody's presence changed since `flush_presence`."""
        return bool(self._presence.changes)

    def flush_presence(self, now_ms: float) -> list[RoomEffect]:
        """One message with the changes of presence that may leave at `now_ms` (PRES-2, PRES-17)."""
        return self._show(self._pace.due(self._presence.changes, now_ms))

    def _show(self, participants: Sequence[str]) -> list[RoomEffect]:
        changes = self._presence.take(participants)
        return [SendPresence(tuple(self._members.all), PresencePatch(changes))] if changes else []


def _error(connection_id: str, reason: Reason, sentence: str) -> Send:
    return Send((connection_id,), Error(reason.value, sentence))
