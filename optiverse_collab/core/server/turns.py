"""Which server added which part of a history: where its standbys took over (CLK-6, CLK-9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optiverse_collab.core.protocol.positions import TURNS, Turn
from optiverse_collab.core.server.journal import Entry


class Turns:
    """The takeovers in a history.

    Args:
        kept: those that are known, oldest first.
        term: the highest so far.

    Attributes:
        kept: the same, and later ones.
        term: of the server that adds the next change.
    """

    def __init__(self, kept: Iterable[Turn], term: int) -> None:
        self.kept = [*kept]
        self.term = term
        self._before = self.kept[-2].term if len(self.kept) > 1 else 0  # the term before this one

    def begin(self, term: int, clock: int, time_ms: int) -> None:
        """A server with this term continues after the change at a clock; does nothing if it did before."""
        if term > self.term:
            self._before, self.term = self.term, term
            self.kept = [*self.kept, Turn(term, clock, time_ms)][-TURNS:]

    def note(self, entry: Entry, time_ms: int) -> None:
        """The next change comes; the one before it was made at `time_ms`.

        If it is of an earlier term, it was lost, and has come back before anything else was added (BACK-7).
        """
        if entry.term >= self.term or not self.kept:
            self.begin(entry.term, entry.clock - 1, time_ms)
            return
        others = self.kept[:-1]
        if entry.term > self._before:  # of another standby that had taken over
            self._before = entry.term
            others.append(Turn(entry.term, entry.clock - 1, time_ms))
        self.kept = [*others, Turn(self.term, entry.clock, entry.time_ms)][-TURNS:]

    def parted(self, term: int, clock: int, turns: Sequence[Turn] = ()) -> Turn | None:
        """The takeover at which a replica's history parted from this one; None if it didn't.

        Two standbys that were both promoted have different terms. Their histories part where the first of
        them took over, since both have a start of their primary's.

        Args:
            term: of the server that brought the replica to its position; 0 if that isn't known. Then this is
                the earliest takeover at which it may have parted.
            clock: of that position.
            turns: the takeovers before, as the replica knows them.
        """
        known = [turn.term for turn in self.kept]
        shared = [turn.term for turn in turns if turn.term in known]
        here = [turn for turn in self.kept if turn.term > term]
        if turns:
            here = self.kept[known.index(shared[-1]) + 1 :] if shared else self.kept
        there = [turn for turn in turns if turn.term not in known]
        there = [turn for turn in there if not shared or turn.term > shared[-1]]
        parted = min((*here[:1], *there[:1]), key=lambda turn: turn.clock, default=None)
        return None if parted is None or parted.clock >= clock else parted
