"""Reads a span of a session's history in as many requests as it takes (HIST-6, HIST-7)."""

from __future__ import annotations

from collections.abc import Mapping

from optiverse_collab.core.client.past import Answer
from optiverse_collab.core.client.past_effects import (
    EntriesArrived,
    EntriesUnavailable,
    PastArrived,
    PastUnavailable,
    Span,
)
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record

TOO_LARGE = "The changes of this time are too large to show all of them; ask for a shorter time."
DROPPED = "The server dropped a part of this history; read it again."


class PastReading:
    """The changes of a span, and the bench before the first of them.

    Args:
        span: what to read.
        most_bytes: give up if there is more [bytes of JSON]; None for no limit.

    Attributes:
        wanted: what to ask for now; None when all is there, or nothing more can be had.
        entries: the changes so far.
        bytes: the size of all their operations [bytes of JSON].
        after: the clock before the first of them.
        start: the bench at `after`; None until it has arrived, and if there are no changes.
        failure: a sentence: why there is no answer; empty while there is none.
    """

    def __init__(self, span: Span, most_bytes: int | None = None) -> None:
        self.wanted: int | Span | None = span
        self.entries: list[PastEntry] = []
        self.bytes = 0
        self.after = span.after
        self.start: Mapping[str, Record] | None = None
        self.failure = ""
        self._until, self._most_bytes = span.until, most_bytes

    @property
    def last(self) -> int:
        """The clock of the last change; `after` if there is none."""
        return self.after + len(self.entries)

    def take(self, answer: Answer) -> bool:
        """Take an answer; returns False if it belongs to another request."""
        if isinstance(answer, (PastArrived, PastUnavailable)):
            if answer.clock != self.wanted:
                return False
        elif answer.span != self.wanted:
            return False
        if isinstance(answer, (PastUnavailable, EntriesUnavailable)):
            self._fail(answer.message)
        elif isinstance(answer, PastArrived):
            self.start, self.wanted = answer.records, None
        else:
            self._take_entries(answer)
        return True

    def _take_entries(self, answer: EntriesArrived) -> None:
        if not self.entries:
            self.after = answer.after
        elif answer.entries and answer.after != self.entries[-1].clock:
            self._fail(DROPPED)
            return
        self.entries += answer.entries
        self.bytes += sum(size_of(entry.ops) for entry in answer.entries)
        if self._most_bytes is not None and self.bytes > self._most_bytes:
            self._fail(TOO_LARGE)
        elif not self.entries:
            self.wanted = None
        elif answer.entries and self.entries[-1].clock != self._until:
            self.wanted = Span(self.entries[-1].clock, self._until)
        else:
            self.wanted = self.after

    def _fail(self, sentence: str) -> None:
        self.wanted, self.failure = None, sentence
