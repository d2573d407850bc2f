"""What replicas have brought back that the server had lost (BACK-13).

After a loss, most replicas have the same changes, and some have a few more. The first of them brings all of
it; what the others bring then is not their edit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence

from optiverse_collab.core.protocol.changes import PushedChange, returned_by
from optiverse_collab.core.records import Op
from optiverse_collab.core.server.journal import Entry, Return

RETURNS = 16
"""How many are remembered."""


class Returns:
    """The steps of one history that brought something back.

    Args:
        kept: those before its start.

    Attributes:
        kept: oldest first.
    """

    def __init__(self, kept: Iterable[Return] = ()) -> None:
        self.kept = deque(kept, RETURNS)

    def note(self, entry: Entry) -> None:
        """Advance the history by an entry."""
        new = returned_by(entry.step)
        if new is None:
            return
        for place, one in enumerate(self.kept):
            if (one.heads, one.origin) == (new.heads, entry.origin):
                is_whole = one.is_whole or new.is_whole
                self.kept[place] = Return(one.heads, one.origin, one.first, entry.clock, is_whole)
                return
        self.kept.append(Return(new.heads, entry.origin, entry.clock, entry.clock, new.is_whole))

    def news(self, step: str, origin: int, ops: Sequence[Op]) -> Sequence[Op]:
        """A change without what is here already: nothing is left if somebody else brought all of it, or more.

        Args:
            step: of the change.
            origin: of the replica.
            ops: the change.
        """
        mine = returned_by(step) if self.kept else None
        is_here = mine is not None and any(
            one.is_whole and mine.heads[0] in one.heads and one.origin != origin for one in self.kept
        )
        return [] if is_here else ops

    def known_to(self, change: PushedChange, origin: int) -> Collection[Return]:
        """The steps that brought back nothing newer than what the author of a change saw before the loss.

        Args:
            change: the change.
            origin: of its replica.
        """
        if not self.kept:
            return ()
        mine = returned_by(change.step)
        own = (one for one in self.kept if one.origin == origin and one.heads[0] == change.after)
        seen = {head for one in own for head in one.heads}.union(() if mine is None else mine.heads)
        return [one for one in self.kept if one.heads[0] in seen]
