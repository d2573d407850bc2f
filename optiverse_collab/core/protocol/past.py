"""The bench as it was earlier: the question, the answer, and why there is none (HIST-1 to HIST-3)."""

from __future__ import annotations

from enum import Enum

from optiverse_collab.core.protocol.message import Message, RequestNumber
from optiverse_collab.core.records import Record


class PastRefusal(str, Enum):
    """Why there is no answer (HIST-3); more words may come."""

    NO_SUCH_CLOCK = "no_such_clock"
    """The session has not got there, or the clock is negative."""
    NOT_KEPT = "not_kept"
    """This part of the history was dropped."""
    BUSY = "busy"
    """Too many requests at a time, or too fast."""
    TOO_LARGE = "too_large"
    """The server has too little memory left for it."""
    UNREADABLE = "unreadable"
    """Storage failed, or the history is damaged there."""


class PastRequest(Message, frozen=True, tag="past:request"):
    """Ask for the bench as it was after the change at a clock (HIST-1).

    Attributes:
        clock: of the session's history; 0 is before the first change.
    """

    request: RequestNumber
    clock: int


class PastPage(Message, frozen=True, tag="past:page"):
    """A page of the answer (HIST-2).

    Attributes:
        epoch, clock, head: the position that all pages describe.
        total: how many records they have together; `records` are this page's, in the document's order.
        done: True in the last page.
    """

    request: int
    epoch: str
    clock: int
    head: str
    total: int
    records: list[Record] = []
    done: bool = False


class PastRefused(Message, frozen=True, tag="past:refused"):
    """There is no answer, or no more of it (HIST-3).

    Attributes:
        reason: a `PastRefusal`, or one that only a newer server knows.
        message: a sentence.
    """

    request: int
    reason: str
    message: str
