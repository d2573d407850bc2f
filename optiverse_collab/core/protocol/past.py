"""Why a server does not tell the past (HIST-3)."""

from __future__ import annotations

from enum import Enum


class PastRefusal(str, Enum):
    """Why there is no answer (HIST-3); more words may come."""

    NO_SUCH_CLOCK = "no_such_clock"
    """The session has not got there, or the clock is negative."""
    NOT_KEPT = "not_kept"
    """This part of the history was dropped."""
    BUSY = "busy"
    """Too many requests at a time, or too fast."""
    UNREADABLE = "unreadable"
    """Storage failed, or the history is damaged there."""
