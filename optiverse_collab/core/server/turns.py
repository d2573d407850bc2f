"""Which server added which part of a history: where its standbys took over (CLK-6, CLK-9)."""

from __future__ import annotations

from collections.abc import Iterable

from optiverse_collab.core.server.journal import Entry, Turn

MOST = 64
"""How many takeovers are remembered, the last ones."""


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

    def begin(self, term: int, clock: int, time_ms: int) -> None:
        """A server with this term continues after the change at a clock; does nothing if it did before."""
        if term <= self.term:
            return
        self.term = term
        if clock:  # whoever takes over nothing lacks nothing that anybody could name
            self.kept = [*self.kept, Turn(term, clock, time_ms)][-MOST:]

    def note(self, entry: Entry, time_ms: int) -> None:
        """The next change comes; the one before it was made at `time_ms`.

        If it is of an earlier term, it was lost, and has come back before anything else was added (BACK-7).
        """
        self.begin(entry.term, entry.clock - 1, time_ms)
        if entry.term < self.term and self.kept:
            self.kept[-1] = Turn(self.term, entry.clock, entry.time_ms)

    def parted(self, term: int, clock: int) -> Turn | None:
        """The takeover at which a replica's history parted from this one; None if it didn't.

        Args:
            term: of the server that brought the replica to its position; 0 if that isn't known. Then this is
                the earliest takeover at which it may have parted.
            clock: of that position.
        """
        return next((turn for turn in self.kept if turn.term > term and turn.clock < clock), None)
