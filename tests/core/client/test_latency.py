"""The latency that users share."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.latency import LONGEST_MS, latency_in, shown_latency
from optiverse_collab.core.client.quality import Grade, Quality


@pytest.mark.parametrize(
    ("quality", "shown"),
    [
        (Quality(Grade.FAIR, 300.0, 900.0), None),
        (Quality(Grade.OFFLINE), None),
        (Quality(Grade.POOR), None),
        (Quality(Grade.POOR, 30.0, 1249.0), 1200),
        (Quality(Grade.POOR, 30.0, 30.0), 100),
        (Quality(Grade.POOR, 30.0, 1e9), LONGEST_MS),
    ],
)
def test_it_shows_while_the_connection_is_poor(quality: Quality, shown: int | None) -> None:
    """PRES-19."""
    assert shown_latency(quality) == shown


@pytest.mark.parametrize(
    ("value", "read"),
    [(1200, 1200), (0, None), (-5, None), (True, None), (1.5, None), ("9", None), (LONGEST_MS + 1, None)],
)
def test_what_others_show(value: Any, read: int | None) -> None:
    """PRES-19: anything but a number of ms up to 60,000 is ignored."""
    assert latency_in({"latency": value}) == read
    assert latency_in({}) is None
