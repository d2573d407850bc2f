"""Finds the moment at which a copy of a bench left its session, in the session's history.

Somebody mailed the bench as a file. It was edited elsewhere, and comes back. Whatever was not edited there is
still as in the session at that moment. So the session at that moment has more in common with the copy than
at any other. An example, with the positions of two items after each change:

    clock    lens   mirror   in common with a copy that has the lens at 9 and the mirror at 5
    1        0      0        nothing
    2        0      5        the mirror: it left after this
    3        7      5        the mirror
    4        7      6        nothing

At 2 and 3, the same is in common. Then the first counts: if the lens was moved after the copy left, its two
positions are a conflict, and nobody's work is replaced unseen.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from optiverse_collab.convert.equivalence import PLACE
from optiverse_collab.convert.kinds import is_item
from optiverse_collab.convert.resemblance import NEIGHBOUR, STATED, THERE, Resemblance, Unit
from optiverse_collab.core.client.past_steps import played
from optiverse_collab.core.protocol.changes import MERGE
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Put, Record, Remove, named

_CLEARLY = 3
"""One moment is clearly nearer than another one if this times as much speaks for it."""


class Certainty(str, Enum):
    """How sure it is that a copy left at a moment."""

    SURE = "sure"
    LIKELY = "likely"
    """Some of the copy is as at another moment: by chance, or because its editor put it back."""
    UNSURE = "unsure"
    """As much speaks for another moment, or the copy lacks most of the bench."""
    GIVEN = "as you say"
    """The user knows it."""


class Departure(NamedTuple):
    """When a copy left its session.

    Attributes:
        clock: the session's change after which it left.
        when_ms: when that was made, in ms since 1970 UTC; None if nobody knows any longer.
        until_ms: the copy may have left later, until after the change of that time; if `is_oldest`, that is
            at least the first change that is kept. None if there is none.
        certainty: of all of this.
        base: the session's bench at that clock: id → record.
        is_oldest: it left then or earlier, but earlier history is not kept.
        doubtful: what is different in the copy but was the same at another moment, at which it may have left.
        authors: who changed what in the session last; `THERE` stands for adding or removing a record.
    """

    clock: int
    when_ms: int | None
    until_ms: int | None
    certainty: Certainty
    base: Mapping[str, Record]
    is_oldest: bool = False
    doubtful: frozenset[Unit] = frozenset()
    authors: Mapping[Unit, str] = {}


class AncestorSearch:
    """Compares a copy with each state of a session, one change after the other.

    Args:
        copy: the copy's records.
        start: the session's bench before its first change that is kept.
        after: the clock of that bench; 0 if all changes are kept.
    """

    def __init__(self, copy: Mapping[str, Record], start: Mapping[str, Record], after: int) -> None:
        self._copy = copy
        self._start = start
        self._entries: list[PastEntry] = []
        self._after = after
        self._resemblance = Resemblance(copy, start)
        self._distances = array("q", [self._resemblance.distance])
        self._at_start = frozenset(self._resemblance.different)
        self._flips: list[tuple[int, Unit]] = []

    def add(self, entries: Iterable[PastEntry]) -> None:
        """Go on with these changes."""
        for entry in entries:
            self._entries.append(entry)
            flipped: set[Unit] = set()
            for unit in self._resemblance.play(entry.ops, entry.step.startswith(MERGE)):
                flipped ^= {unit}
            self._flips += [(len(self._entries), unit) for unit in flipped]
            self._distances.append(self._resemblance.distance)

    def find(self) -> Departure | None:
        """The moment with most in common; None if no item of the copy was on the bench then."""
        best = min(range(len(self._distances)), key=self._distances.__getitem__)
        base = played(self._start, self._entries[:best])
        shared = self._shared(base)
        if not shared:
            return None
        rivals = self._rivals(best)
        lacks_most = 2 * shared < sum(map(is_item, base.values()))
        return Departure(
            clock=self._entries[best - 1].clock if best else self._after,
            when_ms=self._time(best),
            until_ms=self._time(rivals.last or (1 if self._entries else 0)),
            certainty=Certainty.UNSURE if lacks_most else rivals.certainty,
            base=base,
            is_oldest=best == 0,
            doubtful=frozenset(rivals.doubtful | self._touched(best, rivals.last)),
            authors=self._authors(),
        )

    def at(self, clock: int) -> Departure | None:
        """A moment that the user knows, as `find`; None also if there is none with this clock."""
        number = clock - self._after
        base = played(self._start, self._entries[: max(number, 0)])
        if not 0 <= number <= len(self._entries) or not self._shared(base):
            return None
        when_ms = self._time(number)
        return Departure(clock, when_ms, when_ms, Certainty.GIVEN, base, authors=self._authors())

    def _shared(self, base: Mapping[str, Record]) -> int:
        """How many items are on a bench and in the copy."""
        return sum(is_item(record) and id in self._copy for id, record in base.items())

    def _authors(self) -> dict[Unit, str]:
        found: dict[Unit, str] = {}
        for entry in self._entries:
            for op in entry.ops:
                names = [THERE] if isinstance(op, (Put, Remove)) else named([op])[op.id]
                found.update(((op.id, name), entry.author) for name in names)
        return found

    def _rivals(self, best: int) -> _Rivals:
        different = set(self._at_start)
        for number, unit in self._flips:
            if number > best:
                break
            different ^= {unit}
        rivals = _Rivals(self._resemblance.weight, different, self._at_start)
        for number, flips in groupby(self._flips, key=itemgetter(0)):
            rivals.compare(number - 1)
            rivals.flip([unit for _, unit in flips], number <= best)
        rivals.compare(len(self._entries))
        return rivals

    def _touched(self, first: int, last: int) -> set[Unit]:
        """Everything that was changed while the same was in common: the copy may have seen either value."""
        found: set[Unit] = set()
        for entry in self._entries[first:last]:
            for id, names in named(entry.ops).items():
                found.add((id, THERE))
                found.update((id, NEIGHBOUR if name in PLACE else name) for name in names)
        return found

    def _time(self, number: int) -> int | None:
        return self._entries[number - 1].time_ms if number else None


class _Rivals:
    """Compares other moments with the nearest one.

    Args:
        weight: of a unit.
        nearest: the units that are different at the nearest moment.
        start: those at the start.

    Attributes:
        certainty: that the nearest moment is the right one.
        last: the last moment that has the same in common.
        doubtful: see `Departure`.
    """

    def __init__(
        self, weight: Callable[[Unit], int], nearest: Collection[Unit], start: Collection[Unit]
    ) -> None:
        self.certainty = Certainty.SURE
        self.last = 0
        self.doubtful: set[Unit] = set()
        self._weight = weight
        self._nearest = nearest
        self._different = set(start)
        self._fresh = {unit for unit in nearest if unit not in start}  # same now, and not yet doubtful
        self._against = sum(map(weight, self._fresh))
        self._for = sum(weight(unit) for unit in start if unit not in nearest)

    def flip(self, units: Iterable[Unit], is_before: bool) -> None:
        """The next moment: these became different, or the same; `is_before` the nearest one."""
        for unit in units:
            self._different ^= {unit}
            differs, weight = unit in self._different, self._weight(unit)
            if unit not in self._nearest:
                self._for += weight if differs else -weight
                continue
            self._against += -weight if differs else weight
            (self._fresh.discard if differs else self._fresh.add)(unit)
            if is_before and weight == STATED:  # the copy never saw the change, or put it back
                self.doubtful.add(unit)

    def compare(self, number: int) -> None:
        """Compare this moment; the session was the same up to the moment with this number."""
        if not self._against:
            if not self._for:
                self.last = number
        elif self._for < _CLEARLY * self._against:
            self.doubtful |= self._fresh
            self._fresh.clear()
            if self._for <= self._against:
                self.certainty = Certainty.UNSURE
            elif self.certainty is Certainty.SURE:
                self.certainty = Certainty.LIKELY
