"""Versions in words. Pure."""

from __future__ import annotations

from datetime import datetime

from optiverse_collab.core.text import printable
from optiverse_collab.core.versions import DAY, REMOVAL, SWEEP, Version

_REASONS = {
    SWEEP: "before {by} replaced the bench",
    REMOVAL: "before {by} removed many items",
    DAY: "before {by} made the first edit of the day",
}


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
