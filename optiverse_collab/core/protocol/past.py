"""What a session was and how it became what it is: questions, answers, and why there is none (HIST rules)."""

from __future__ import annotations

from enum import Enum

import msgspec

from optiverse_collab.core.protocol.message import Message, RequestNumber
from optiverse_collab.core.records import Lane, Op, Record


class PastRefusal(str, Enum):
    """Why there is no answer (HIST-3); more words may be added."""

    NO_SUCH_CLOCK = "no_such_clock"
    """The session has not reached it, or the clock is negative."""
    NOT_KEPT = "not_kept"
    """This part of the history was dropped."""
    BUSY = "busy"
    """Too many requests at a time, or too fast."""
    TOO_LARGE = "too_large"
    """The server has too little memory left for it."""
    UNREADABLE = "unreadable"
    """Storage failed, or the history is damaged there."""


class PastRequest(Message, frozen=True, tag="past:request", omit_defaults=True):
    """Ask for the bench as it was after the change at a clock (HIST-1).

    Attributes:
        clock: of the session's history; 0 is before the first change.
        lanes: of the records; only those of the bench if none are named.
    """

    request: RequestNumber
    clock: int
    lanes: list[Lane] = []


class PastPage(Message, frozen=True, tag="past:page"):
    """A page of the answer (HIST-2).

    Attributes:
        epoch, clock, head: the position that all pages describe.
        total: the number of records in all pages; `records` are this page's, in the document's order.
        done: True in the last page.
    """

    request: int
    epoch: str
    clock: int
    head: str
    total: int
    records: list[Record] = []
    done: bool = False


class EntriesRequest(Message, frozen=True, tag="entries:request", omit_defaults=True):
    """Ask for what was done, change by change (HIST-6).

    Attributes:
        after: the clock before the first change that is wanted.
        until: the clock of the last one; None for the session's newest change.
        since_ms: leave out what was done before that, in ms since 1970 UTC by the server's clock.
    """

    request: RequestNumber
    after: int = 0
    until: int | None = None
    since_ms: int = 0


class PastEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change as people saw it.

    Attributes:
        clock: its place in the session's history.
        time_ms: when the server accepted it, in ms since 1970 UTC; it never runs backwards.
        author: the author's name; empty if it was erased.
        ops: what took effect. Some may be of records that are not the bench's: their ids are in no
            `PastPage`.
        step: the gesture, command or script run that it is a part of; empty if it stands alone.
    """

    clock: int
    time_ms: int
    author: str
    ops: list[Op]
    step: str = ""


class EntriesPage(Message, frozen=True, tag="entries:page"):
    """A page of the answer (HIST-7).

    Attributes:
        after: the clock before the first entry of all pages; later than what was asked for if what is
            before it was made too early, or is not kept.
        entries: one clock after the other.
        done: True in the last page. There may be more up to `until`: ask again from the last entry.
    """

    request: int
    epoch: str
    after: int
    entries: list[PastEntry] = []
    done: bool = False


class PastRefused(Message, frozen=True, tag="past:refused"):
    """There is no answer, or no rest of it (HIST-3).

    Attributes:
        reason: a `PastRefusal`, or one that only a newer server knows.
        message: a sentence.
    """

    request: int
    reason: str
    message: str
