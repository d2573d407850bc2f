"""The heads that a replica remembers, closer together the newer they are (BACK-14).

If the session's history becomes another one, they show where the two parted.
"""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.protocol.positions import HEADS, SPACING, START, OldHead


class KnownHeads:
    """Those of one history, each with its clock.

    Args:
        kept: as they were on disk.

    Attributes:
        kept: oldest first.
    """

    def __init__(self, kept: Sequence[OldHead] = ()) -> None:
        self.kept = [*kept]

    def contradict(self, clock: int, head: str) -> bool:
        """Whether another head is known at a clock."""
        return any(one.clock == clock and one.start != head[:START] for one in self.kept)

    def add(self, clock: int, head: str) -> None:
        """Advance to a position, or go back to it."""
        self.extend([OldHead(clock, head[:START])] if head else [])

    def extend(self, heads: Sequence[OldHead]) -> None:
        """Add heads, oldest first, in place of those that reach their clocks."""
        while heads and self.kept and self.kept[-1].clock >= heads[0].clock:
            self.kept.pop()
        self.kept += heads
        if len(self.kept) > HEADS:
            self.kept = thinned(self.kept)[-HEADS:]


def thinned(heads: Sequence[OldHead]) -> list[OldHead]:
    """Leave out what no gap needs: a gap may be an eighth of its distance from the newest head."""
    newest, *older = reversed(heads)
    kept = [newest]
    for place, one in enumerate(older, 1):
        after = kept[-1].clock
        is_last = place == len(older)
        if is_last or after - older[place].clock > (newest.clock - after) // SPACING:
            kept.append(one)
    return kept[::-1]
