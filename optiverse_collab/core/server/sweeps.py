"""The last steps that replaced the bench, for people who were away (PUSH-9, SYNC-14, HIST-9)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import msgspec

from optiverse_collab.core.protocol.changes import RESTORE, replaces_bench
from optiverse_collab.core.server.journal import Entry, Sweep
from optiverse_collab.errors import ChangeRefused, Reason

SWEEPS = 16
"""How many are remembered."""


class Sweeps:
    """The steps of one history.

    Args:
        kept: those before its start.

    Attributes:
        kept: oldest first.
    """

    def __init__(self, kept: Iterable[Sweep] = ()) -> None:
        self.kept = deque(kept, SWEEPS)

    def note(self, entry: Entry) -> bool:
        """Advance the history by an entry; returns whether it is the first change of such a step."""
        if not replaces_bench(entry.step):
            return False
        for place, one in enumerate(self.kept):
            if (one.step, one.author) == (entry.step, entry.author):
                self.kept[place] = msgspec.structs.replace(one, last=entry.clock)
                return False
        self.kept.append(Sweep(entry.step, entry.clock, entry.clock, entry.author))
        return True

    def check(self, step: str, author: int, seen: int) -> None:
        """Refuse to bring a bench back for somebody who has not seen that others did (HIST-9).

        Raises:
            ChangeRefused: somebody else brought another bench back after `seen`.
        """
        if step.startswith(RESTORE) and any(
            one.step.startswith(RESTORE) and one.author != author and one.last > seen for one in self.kept
        ):
            raise ChangeRefused(
                Reason.STALE_RESTORE,
                "Somebody else has restored an earlier bench in the meantime; look at it and try again.",
            )

    def since(self, clock: int) -> list[Sweep]:
        """The steps that a replica at `clock` lacks in part or in full, oldest first."""
        return [one for one in self.kept if one.last > clock]
