"""Counts and times in words. Pure."""

from __future__ import annotations

from datetime import datetime

from optiverse_collab.core.protocol import timestamps
from optiverse_collab.core.text import printable

START = timestamps.timestamp(0)
"""The time of a session's history without changes."""


def counted(count: int, noun: str) -> str:
    """``1 edit``, ``3 edits``; of nouns whose plural ends with an s."""
    return f"{count} {noun}{'s' * (count != 1)}"


def length(mm: float) -> str:
    """A distance: ``3.2 mm``; a small one with one digit: ``0.02 mm``."""
    return f"{mm:.1f} mm" if mm >= 0.1 else f"{mm:.1g} mm"


def moment(at: datetime, now: datetime) -> str:
    """A time of the day, with its date if that is not today's: ``14:02``, ``2026-05-03 09:05``.

    Args:
        at: in local time.
        now: the same for the present.
    """
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"


def time_of(timestamp: str | None) -> datetime | None:
    """A time from the wire (MSG-7) in local time; None for never, and for invalid ones."""
    try:
        return datetime.fromisoformat((timestamp or "").replace("Z", "+00:00")).astimezone()
    except ValueError:
        return None


def backup_time(time: str) -> str:
    """A time from the wire (MSG-7) up to which a server has a session, to follow "a backup of"."""
    return "the time before its first change" if time == START else local_time(time)


def local_time(timestamp: str) -> str:
    """A time from the wire (MSG-7) in local time: ``2026-05-03 09:05:30``; invalid ones as printable text."""
    at = time_of(timestamp)
    return printable(timestamp) if at is None else f"{at:%Y-%m-%d %H:%M:%S}"
