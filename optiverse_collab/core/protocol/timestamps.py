"""How times are written on the wire."""

from __future__ import annotations

from datetime import datetime, timezone


def timestamp(now_ms: int) -> str:
    """`now_ms` (ms since 1970 UTC) as ISO 8601 with milliseconds: ``2025-03-01T12:34:56.789Z``."""
    moment = datetime.fromtimestamp(now_ms / 1000, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
