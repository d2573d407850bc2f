"""What a client's half of the core tells the program of benches that are no more (PUSH-9, HIST)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optiverse_collab.core.records import Record


@dataclass(frozen=True)
class BenchReplaced:
    """A part of a step that replaces the bench, or brings an earlier one back (PUSH-9).

    Attributes:
        step, clock: the same id in all parts, and the clock of this one.
        by: who does it; `mine` if this replica does. `restores`: it brings a bench back.
        removed, added, changed: the records that really went, came, and became others.
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
class PastArrived:
    """The bench as it was after the change at `clock`, which was asked for (HIST-2)."""

    clock: int
    records: Mapping[str, Record] = field(repr=False)


@dataclass(frozen=True)
class PastUnavailable:
    """The bench at `clock` can't be had; `message` is a sentence (HIST-3)."""

    clock: int
    message: str
