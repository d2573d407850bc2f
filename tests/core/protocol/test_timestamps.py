"""MSG-7 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.timestamps import timestamp


@pytest.mark.parametrize(
    ("now_ms", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_740_832_496_789, "2025-03-01T12:34:56.789Z"),
        (1_740_832_496_000, "2025-03-01T12:34:56.000Z"),
    ],
)
def test_iso_8601_in_utc_with_milliseconds(now_ms: int, text: str) -> None:
    assert timestamp(now_ms) == text
