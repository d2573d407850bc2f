"""Counts and times in words. Pure."""

from __future__ import annotations

from datetime import datetime


def counted(count: int, noun: str) -> str:
    """``1 edit``, ``3 edits``; of nouns whose plural ends with an s."""
    return f"{count} {noun}{'s' * (count != 1)}"


def moment(at: datetime, now: datetime) -> str:
    """A time of the day, with its date if that is not today's: ``14:02``, ``2026-05-03 09:05``.

    Args:
        at: in local time.
        now: the same for the present.
    """
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
