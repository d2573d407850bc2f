"""Outcomes of changes that people may not have received yet, for when they are back (SYNC-6, SYNC-9)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from optiverse_collab.core.protocol.codec import encode_ops, size_of
from optiverse_collab.core.server.conflicts import Judgement
from optiverse_collab.core.server.journal import Entry, Outcome, Touched
from optiverse_collab.core.server.names import NameKind, Names
from optiverse_collab.errors import ChangeRefused, Reason

MANY, MANY_BYTES = 10_000, 8 * 1024 * 1024
"""How many outcomes are remembered, and in how much memory, approximately."""

BYTES, PART_BYTES, PROPERTY_BYTES = 400, 200, 64
"""Approximate memory of an outcome, a part of it, and a property of that, in addition to their JSON."""

KEYS_BYTES = 100
"""The keys that describe a part (PUSH-4)."""


class Outcomes:
    """The outcomes of one history.

    Args:
        kept: those before its start, oldest first.
        since: the clock from which on these are complete.
        most: how many are remembered.

    Attributes:
        kept: oldest first …
        since: … and the clock from which on they are complete.
        memory: their approximate size, in bytes.
    """

    def __init__(self, kept: Iterable[Outcome], since: int, most: int = MANY) -> None:
        self.kept = deque(kept)
        self.since = since
        self.memory = sum(map(memory_of, self.kept))
        self._most = most

    def note(self, entry: Entry) -> None:
        """Advance the history by an entry."""
        if not (entry.lost or entry.held or entry.replaced):
            return
        parts = entry.lost, entry.held, entry.replaced
        outcome = Outcome(entry.clock, entry.origin, entry.author, entry.client_clock, *parts)
        self.kept.append(outcome)
        self.memory += memory_of(outcome)
        while len(self.kept) > self._most or self.memory > MANY_BYTES:
            oldest = self.kept.popleft()
            self.memory -= memory_of(oldest)
            self.since = oldest.clock


def memory_of(outcome: Outcome) -> int:
    """Approximate memory of an outcome."""
    parts = [*outcome.lost, *outcome.held, *outcome.replaced]
    properties = sum(len(part.names) for part in parts)
    return size_of(outcome) + BYTES + PART_BYTES * len(parts) + PROPERTY_BYTES * properties


def encoded_within(most: int, judged: Judgement, names: Names) -> bytes:
    """The JSON of what took effect, if it fits into a message together with its outcomes (LIM-13).

    Raises:
        ChangeRefused: it takes more than `most` bytes.
    """
    data = encode_ops(judged.happened)
    parts = [*judged.lost, *judged.held, *judged.replaced]
    if len(data) + sum(_told_bytes(part, names) for part in parts) > most:
        raise ChangeRefused(
            Reason.TOO_LARGE,
            f"The change takes more than {most} bytes, including a list of others' "
            "edits that it conflicts with; split it.",
        )
    return data


def _told_bytes(part: Touched, names: Names) -> int:
    """An upper bound on the size of a part in the acknowledgement, and in the patch."""
    text = names.text
    named = text(NameKind.AUTHOR, part.author), text(NameKind.ORIGIN, part.origin)
    return 2 * size_of((part.id, part.names, *named, part.clock)) + KEYS_BYTES
