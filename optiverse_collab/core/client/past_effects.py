"""What a client's half of the core reports about earlier benches (PUSH-9, HIST)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record


@dataclass(frozen=True)
class BenchReplaced:
    """A part of a step that replaces the bench, or brings an earlier one back (PUSH-9).

    Attributes:
        step, clock: the same id in all parts, and the clock of this one.
        by: the author; `mine` if it is this replica. `restores`: it brings a bench back.
        removed, added, changed: the records that were really removed, added and changed.
    """

    step: str
    by: str
    mine: bool
    restores: bool
    clock: int
    removed: tuple[Record, ...] = field(repr=False)
    added: tuple[Record, ...] = field(repr=False)
    changed: tuple[Record, ...] = field(repr=False)


@dataclass(frozen=True)
class WentBack:
    """The server was restored from a backup, and the replica brings back what that lacks (BACK-11).

    Attributes:
        restored: the time (MSG-7) of the backup.
        missing: how many changes it lacks.
        records: how many records they changed in the end.
        versions: the names of moments that were kept in the lost time; they don't come back.
    """

    restored: str
    missing: int
    records: int
    versions: tuple[str, ...] = ()


@dataclass(frozen=True)
class PastArrived:
    """The requested bench, as it was after the change at `clock` (HIST-2)."""

    clock: int
    records: Mapping[str, Record] = field(repr=False)


@dataclass(frozen=True)
class PastUnavailable:
    """The bench at `clock` is not available; `message` is a sentence (HIST-3)."""

    clock: int
    message: str


@dataclass(frozen=True)
class Span:
    """A part of a session's history (HIST-6).

    Attributes:
        after: the clock before its first change.
        until: the clock of its last one; None for the newest.
        since_ms: without those that were made before that, in ms since 1970 UTC.
    """

    after: int = 0
    until: int | None = None
    since_ms: int = 0


@dataclass(frozen=True)
class EntriesArrived:
    """Changes of a span that was asked for (HIST-7).

    Attributes:
        span: what was asked for.
        after: the clock before the first entry.
        entries: as many as the server tells at a time; none if nothing is left.
    """

    span: Span
    after: int
    entries: Sequence[PastEntry] = field(repr=False)


@dataclass(frozen=True)
class EntriesUnavailable:
    """The changes of a span can't be had; `message` is a sentence (HIST-3)."""

    span: Span
    message: str
