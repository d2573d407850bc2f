"""What a server must remember about replicas: a second, plain reading of SYNC-10."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import msgspec

from optiverse_collab.core.protocol.messages import SyncRequest
from optiverse_collab.core.server.journal import Entry
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.room import Room
from tests.core.simulation.truth import Broken, Truth

LogEntry = tuple[int, str, int, AbstractSet[str]]
"""Clock, client id, client_clock, and the ids that it settles."""


class Memory(NamedTuple):
    """The server's memory after a log.

    Attributes:
        numbers: client id → its last accepted number.
        forgotten: client id → the clock of its last change that is forgotten.
        settled_by: client id → whose change made the server forget it, if that was one that settled it.
        latest: the clock of the last change that was ever forgotten, also if it was sent again since.
    """

    numbers: dict[str, int]
    forgotten: dict[str, int]
    settled_by: dict[str, str]
    latest: int

    def has_forgotten(self, client_id: str, number: int) -> bool:
        """Whether a change of a replica may have been accepted, and is not remembered."""
        return client_id in self.forgotten and self.numbers.get(client_id, 0) < number


def memory_of(log: Iterable[LogEntry], most: int) -> Memory:
    """Read a log: settled replicas are forgotten, and the oldest of more than `most`."""
    numbers: dict[str, int] = {}
    clocks: dict[str, int] = {}
    forgotten: dict[str, int] = {}
    settled_by: dict[str, str] = {}
    latest = 0
    for clock, client_id, number, settles in log:
        gone = [id for id in settles if id in numbers and id != client_id]
        numbers.pop(client_id, None)
        numbers[client_id] = number
        settled_by.update(dict.fromkeys(gone, client_id))
        gone += [id for id in numbers if id not in gone][: max(0, len(numbers) - len(gone) - most)]
        for id in gone:
            forgotten[id] = clocks[id]
            latest = max(latest, clocks[id])
            del numbers[id]
        clocks[client_id] = clock
    return Memory(numbers, forgotten, settled_by, latest)


def log_of(
    truth: Truth, room: Room, client_ids: Mapping[str, str], own: Mapping[tuple[str, int], AbstractSet[str]]
) -> Iterator[LogEntry]:
    """All accepted changes, including those not yet handed to storage.

    Args:
        truth: what was.
        room: which may have more.
        client_ids: by origin.
        own: which ids counted as its author's own, by change.
    """
    for one in truth.log:
        if one is not None:
            yield one.clock, one.client_id, one.change_clock, one.own
    for kept in room._unsaved:
        entry = msgspec.json.decode(kept.data, type=Entry)
        if not entry.origin:
            continue
        client_id = client_ids[room.history.names.text(NameKind.ORIGIN, entry.origin)]
        yield entry.clock, client_id, entry.client_clock, own[client_id, entry.client_clock]


class Answer(NamedTuple):
    """What the pages for a replica must say about its former changes.

    Attributes:
        request: which they answer.
        epoch: of the history.
        memory: what the server remembered when it asked.
        told: client id → the clock up to which a replica knows that it is forgotten; `check` notes it there.
    """

    request: SyncRequest
    epoch: str
    memory: Memory
    told: dict[str, int]

    @property
    def forgotten(self) -> Mapping[str, int]:
        """Its ids of which something is forgotten that it may not know of, up to which clock."""
        ids = (self.request.client_id, *self.request.settles)
        gone = self.memory.forgotten
        return {id: gone[id] for id in ids if gone.get(id, 0) > self.request.clock}

    @property
    def in_doubt(self) -> list[str]:
        """Those of the forgotten whose changes have no other number that the server remembers.

        A replica gives what is pending new numbers before it sends anything under a new id. That id speaks
        for the former ones, unless it is the one that made the server forget them: it may know the answer.
        """
        ids = (*self.request.settles, self.request.client_id)
        numbers, settled_by = self.memory.numbers, self.memory.settled_by
        return [
            id
            for place, id in enumerate(ids)
            if id in self.forgotten
            and not any(later in numbers and later != settled_by.get(id) for later in ids[place + 1 :])
        ]

    def check(self, known: bool, client_clock: int, settled: Mapping[str, int]) -> None:
        """Compare a page with it.

        Raises:
            Broken: the page says something else.
        """
        request, clock = self.request, self.request.clock
        numbers = {request.client_id: client_clock, **settled}
        expected = {id: self.memory.numbers.get(id, 0) for id in (request.client_id, *request.settles)}
        if numbers != expected:
            raise Broken(f"SYNC-6: the pages say {numbers}, and {expected} was accepted")
        if known and self.in_doubt:
            raise Broken(f"SYNC-10: {self.in_doubt} are forgotten, and the replica at {clock} is known")
        if not known and request.epoch in (None, self.epoch) and clock >= self.memory.latest:
            raise Broken(f"SYNC-10: nothing is forgotten after {clock}, and the replica is not known")
        for id, last in self.forgotten.items():
            self.told[id] = max(last, self.told.get(id, 0))
