"""Possible faults with presence, and with who hosts (PRES-4, PRES-6, CONN-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.client.host_watch import HostWatch
from optiverse_collab.core.client.own_presence import OwnPresence
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.presence import Presence, States
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.presence_frames import PresenceFrames
from optiverse_collab.core.server import presence_pace
from optiverse_collab.core.server.effects import RoomEffect
from optiverse_collab.core.server.presence_pace import PresencePace
from optiverse_collab.core.server.room import Room
from tests.core.simulation.mutation import Mutations

PRESENCE_MUTATIONS = Mutations()
_mutation = PRESENCE_MUTATIONS.add

_closed, _leave, _take = SessionClient.closed, Room.leave, Presence.take
_connected, _judge, _look = HostWatch.connected, HostWatch.judge, HostWatch.look
_States = Mapping[str, Mapping[str, Any]]


@_mutation("The presence of those who left stays (PRES-4).", (Presence, "forget"))
def presence_stays(self: Presence, participant: str) -> None:
    pass


@_mutation("What somebody showed last is not told when they leave (PRES-4).", (Room, "leave"))
def last_presence_untold(self: Room, connection_id: str, now_ms: int) -> list[RoomEffect]:
    self._presence.forget(connection_id)
    return _leave(self, connection_id, now_ms)


@_mutation("Somebody's last presence is sent after they left (PRES-4).", (Room, "leave"))
def last_presence_late(self: Room, connection_id: str, now_ms: int) -> list[RoomEffect]:
    return _leave(self, connection_id, now_ms)[::-1]


@_mutation("Presence goes back to its author (PRES-17).", (PresenceFrames, "without"))
def own_presence_comes_back(self: PresenceFrames, receiver: str) -> bytes:
    return self.whole


@_mutation("A participant who shows something gets nothing of others (PRES-17).", (PresenceFrames, "without"))
def others_untold(self: PresenceFrames, receiver: str) -> bytes:
    return b"" if receiver in self._spans else self.whole


@_mutation("What had to wait for an allowance is forgotten (PRES-17).", (Presence, "take"))
def waiting_is_forgotten(self: Presence, participants: Iterable[str] | None = None) -> States:
    taken = _take(self, participants)
    self._changed.clear()
    return taken


@_mutation("An allowance that is spent doesn't come back (PRES-17).", (PresencePace, "_left_of"))
def spent_for_ever(self: PresencePace, participant: str, now_ms: float) -> float:
    return self._left.get(participant, (presence_pace.BURST_BYTES, now_ms))[0]


@_mutation("A new connection is not told my presence (PRES-4).", (SessionClient, "closed"))
def presence_forgotten(self: SessionClient) -> None:
    _closed(self)
    self.mine = OwnPresence()


@_mutation("A host who leaves is nobody's host at once (CONN-8).", (HostWatch, "look"))
def gone_host_forgotten(self: HostWatch, participants: Mapping[str, Participant], states: _States) -> None:
    _look(self, participants, states)
    if self._connection_id not in participants:
        self.name = ""


@_mutation("Whoever hosted once keeps hosting (PRES-6).", (HostWatch, "look"))
def taken_back_in_vain(self: HostWatch, participants: Mapping[str, Participant], states: _States) -> None:
    name = self.name
    _look(self, participants, states)
    self.name = self.name or name


@_mutation("My former connection is somebody else who hosts (PRES-6).", (HostWatch, "connected"))
def hosted_by_myself(self: HostWatch, me: Participant, participants: Iterable[Participant]) -> None:
    self._own.clear()
    _connected(self, me, ())


@_mutation("Who hosted before a connection hosts behind the next one (CONN-8).", (HostWatch, "connected"))
def host_of_before(self: HostWatch, me: Participant, participants: Iterable[Participant]) -> None:
    known = self.name, self._connection_id
    _connected(self, me, participants)
    self.name, self._connection_id = known


@_mutation("That the host left is not said (CONN-8).", (HostWatch, "judge"))
def any_server_goes_away(self: HostWatch, failure: Failure) -> Failure:
    return failure


@_mutation("A refused attempt says nothing of the host (CONN-8).", (HostWatch, "judge"))
def refusals_say_nothing(self: HostWatch, failure: Failure) -> Failure:
    return failure if failure.kind is FailureKind.REFUSED else _judge(self, failure)


@_mutation("However a connection ends, the host left (CONN-8).", (HostWatch, "judge"))
def always_the_host(self: HostWatch, failure: Failure) -> Failure:
    return Failure(FailureKind.HOST_LEFT, detail=self.name) if self.name else failure
