"""Versions in words. Pure."""

from __future__ import annotations

from datetime import datetime

from optiverse_collab.core.text import printable
from optiverse_collab.core.versions import DAY, REMOVAL, SWEEP, Version
from optiverse_collab.wording.timeline import moment

KEEP_ENTRY = "&Keep a version…"
KEEP_TITLE = "Keep a version"
KEEP = "&Keep"
NAME = "Name of the version"
NAME_HINT = "Before the new lens"

_REASONS = {
    SWEEP: "before {by} replaced the bench",
    REMOVAL: "before {by} removed many items",
    DAY: "before {by} made the first edit of the day",
}


def entry(version: Version) -> str:
    """The entry of a menu; an ampersand in a name is no mnemonic."""
    return description(version).replace("&", "&&")


def moment_to_keep(time_ms: int | None, now: datetime) -> str:
    """Which moment a version will be of.

    Args:
        time_ms: in ms since 1970 UTC; None for now.
        now: in local time.
    """
    what = "of now" if time_ms is None else f"of {moment(time_ms, now)}"
    return f"The version keeps the bench {what} for good, and everybody in the session can see it."


def preview_title(session: str, version: Version) -> str:
    """The title of the window with a version."""
    return f"Session '{printable(session)}': {description(version)}"


def line(version: Version) -> str:
    """``2026-05-03 09:05:30  812  "before the new lens", kept by Ana``; the time is local.

    The clock is that of the bench, the time is when the version was made.
    """
    time = datetime.fromtimestamp(version.time_ms / 1000).astimezone()
    return f"{time:%Y-%m-%d %H:%M:%S}  {version.clock}  {description(version)}"


def description(version: Version) -> str:
    """Its name and its reason: ``"before the new lens", kept by Ana``; ``before Ana replaced the bench``."""
    by = printable(version.by) or "somebody"
    reason = _REASONS.get(version.why, "kept by {by}").format(by=by)
    return f'"{printable(version.name)}", {reason}' if version.name else reason
