"""A session's data on disk: entries, which are kept, and snapshots, from which reading starts.

A snapshot and the entries after it reproduce the history (DUR-4). Storage keeps bytes and does not interpret
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from optiverse_collab.core.protocol.positions import Turn
from optiverse_collab.core.records import Lane, Record
from optiverse_collab.core.server.stamps import Stamp


class Touched(msgspec.Struct, frozen=True, array_like=True):
    """A part of a change, and the author of the other value.

    Attributes:
        id: the record.
        names: the properties; none for the whole operation.
        origin, author, clock: of the other value; 0 if unknown.
    """

    id: str
    names: list[str]
    origin: int = 0
    author: int = 0
    clock: int = 0


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One accepted change.

    Attributes:
        clock: its place in the session's history; the first is 1 and there are no gaps.
        term: which server added it (CLK-6).
        origin: number of the replica that made it; `author` the number of the name that people saw. Both are
            0 if the server made it itself (HIST-13).
        client_clock: that replica's own number for it, which grows with every change.
        time_ms: the server's wall clock, ms since 1970 UTC; it never runs backwards.
        ops: JSON array of the operations that took effect, as sent to everybody.
        seen: the clock of what its user had on the screen.
        yields: whether it kept unseen values of others.
        step: the step that it belongs to.
        settles: numbers of origins whose place the replica took (SYNC-8); they are forgotten now.
        dropped: JSON array of the operations that had no effect: lost or held.
        lost: parts whose record was gone; `held`: parts that yielded; `replaced`: unseen values of others.
    """

    clock: int
    term: int
    origin: int
    author: int
    client_clock: int
    time_ms: int
    ops: msgspec.Raw
    seen: int = 0
    yields: bool = msgspec.field(name="yield", default=False)
    step: str = ""
    settles: list[int] = []
    dropped: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    lost: list[Touched] = []
    held: list[Touched] = []
    replaced: list[Touched] = []


class Kept(msgspec.Struct, frozen=True):
    """A stored entry.

    Attributes:
        clock: of the entry.
        data: its JSON, over which the chain goes (CLK-5).
        head: the session's head after it, 16 bytes.
    """

    clock: int
    data: bytes
    head: bytes


class Accepted(NamedTuple):
    """A change that became part of the history.

    Attributes:
        entry: for the receivers.
        kept: to store.
        lane: the change's lane.
    """

    entry: Entry
    kept: Kept
    lane: Lane


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """The outcomes of a change that people may not have received yet (SYNC-6, SYNC-9)."""

    clock: int
    origin: int
    author: int
    client_clock: int
    lost: list[Touched]
    held: list[Touched]
    replaced: list[Touched]


class Client(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the server remembers about a replica.

    Attributes:
        origin: its number.
        client_clock: its number for its last accepted change.
        clock: of that change; `time_ms` when it came.
        since: the clock up to which everything accepted from it, or from those that it settled, is forgotten.
        first: the clock of its own first remembered change …
        first_number: … and its number for that.
    """

    origin: int
    client_clock: int
    clock: int = 0
    time_ms: int = 0
    since: int = 0
    first: int = 0
    first_number: int = 0


class Return(msgspec.Struct, frozen=True, array_like=True):
    """A step that brought back what the server had lost (BACK-13).

    Attributes:
        heads: the last ones of the lost history that its replica knew, newest first.
        origin: the number of the replica's origin.
        first, last: the clocks of its changes.
        is_whole: whether the last of them is here.
    """

    heads: tuple[str, ...]
    origin: int
    first: int
    last: int
    is_whole: bool

    def has(self, stamp: Stamp) -> bool:
        """Whether it set a value."""
        return self.origin == stamp.origin and self.first <= stamp.clock <= self.last


class Sweep(msgspec.Struct, frozen=True, array_like=True):
    """A step that replaced the bench (PUSH-9).

    Attributes:
        step: its id.
        first, last: the clocks of its changes.
        author: the number of its author.
    """

    step: str
    first: int
    last: int
    author: int


class Removal(msgspec.Struct, frozen=True, array_like=True):
    """How many records one replica removed from the bench in one second.

    Attributes:
        second: of the server's clock, since 1970.
        clock: of the bench before the first of these changes, and `there` how many records it had.
        count: how many it removed.
    """

    second: int
    clock: int
    there: int
    count: int


class Burst(msgspec.Struct, frozen=True, array_like=True):
    """The latest removals by one replica (HIST-13).

    Attributes:
        origin: its number.
        is_kept: the bench before them is a version already.
        removals: oldest first, at least one.
    """

    origin: int
    is_kept: bool
    removals: list[Removal]


class Watched(msgspec.Struct, frozen=True, array_like=True):
    """What the server remembers for its own versions (HIST-13).

    Attributes:
        edited: the clock of the last change of the bench; 0 if unknown.
        edited_ms: its time, ms since 1970 UTC.
        bursts: removals of the last seconds; the most recent is last.
    """

    edited: int = 0
    edited_ms: int = 0
    bursts: list[Burst] = []


class StampedRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A record, its stamp, and the stamps of single properties, as indexes into `Snapshot.stamps`.

    It can't be part of a cycle, and there are many: Python's garbage collector need not scan them.
    """

    record: Record
    whole: int
    own: dict[str, int]


class StampedTombstone(msgspec.Struct, frozen=True, array_like=True):
    """A removed id, the stamp of its removal as an index into `Snapshot.stamps`, and its lane."""

    id: str
    stamp: int
    lane: Lane = Lane.BENCH


class Parent(msgspec.Struct, frozen=True, array_like=True):
    """Where a history branched off from another one, whose changes it has up to there (CLK-8).

    Attributes:
        epoch: the other one's.
        clock: of the last change that both have, and `time_ms` its time.
        term: of the server that made that change, if this history can't check the replicas of others: it has
            the changes of that server, and perhaps not those of another one. 0 if it can.
    """

    epoch: str
    clock: int
    time_ms: int
    term: int = 0


class Snapshot(msgspec.Struct, frozen=True):
    """A session at one position.

    Attributes:
        epoch, term, clock, head: the position; the head has 16 bytes.
        time_ms: of the last entry.
        history_start: the oldest clock from which a delta can be made.
        heads: the first bytes of the last heads (`Chain.recent`).
        records: the living records, in the order in which they were put.
        tombstones: the removed ids.
        stamps: the table of stamps for the indexes.
        clients: which changes were accepted from whom; the most recently changed replica is last.
        skipped: number of an origin → the last earlier numbers that were not accepted.
        outcomes: the last ones, oldest first.
        outcomes_from: the clock from which on `outcomes` is complete.
        sweeps: the last ones, oldest first.
        parents: the histories that it was restored from, oldest first.
        forgotten: the newest clock of a change by a forgotten replica, and the same for replicas that
        others settled (`Clients`).
        watched: for the server's own versions.
        turns: the takeovers by standbys, oldest first.
        returns: the last steps that brought lost changes back, oldest first.
    """

    epoch: str
    term: int
    clock: int
    head: bytes
    time_ms: int
    history_start: int
    heads: bytes
    records: list[StampedRecord]
    tombstones: list[StampedTombstone]
    stamps: list[Stamp]
    clients: list[Client]
    skipped: dict[int, list[int]]
    outcomes: list[Outcome]
    outcomes_from: int
    sweeps: list[Sweep] = []
    parents: list[Parent] = []
    forgotten: tuple[int, int] = (0, 0)
    watched: Watched = Watched()
    turns: list[Turn] = []
    returns: list[Return] = []


def newest(parents: Sequence[Parent]) -> list[Parent]:
    """The last place of each history, in order: a restored session may move one (BACK-9)."""
    last = {parent.epoch: place for place, parent in enumerate(parents)}
    return [parent for place, parent in enumerate(parents) if last[parent.epoch] == place]
