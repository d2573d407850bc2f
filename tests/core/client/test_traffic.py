"""Traffic rates per second, averaged over the last ten seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.client.traffic import SPAN_S, Rate, Traffic

START_MS = 1_000_000.0


def test_nothing_is_no_traffic() -> None:
    assert Traffic(START_MS).rate(START_MS + 5000) == Rate(0, 0)


@given(every_ms=st.integers(1, 900), size=st.integers(0, 100_000), seconds=st.integers(1, 40))
def test_steady_traffic_has_its_rate(every_ms: int, size: int, seconds: int) -> None:
    """Within one message that may fall on either side of the window's edge."""
    traffic = Traffic(START_MS)
    for at_ms in range(0, seconds * 1000, every_ms):
        traffic.note(size, START_MS + at_ms)
    rate = traffic.rate(START_MS + seconds * 1000 - 1)
    assert rate.messages == pytest.approx(1000 / every_ms, abs=1.1)
    assert rate.bytes == pytest.approx(rate.messages * size)


def test_what_is_long_ago_does_not_count() -> None:
    traffic = Traffic(START_MS)
    traffic.note(1000, START_MS)
    assert traffic.rate(START_MS + (SPAN_S - 1) * 1000).messages > 0
    assert traffic.rate(START_MS + SPAN_S * 1000) == Rate(0, 0)
    traffic.note(500, START_MS + 60_000)
    assert traffic.rate(START_MS + 60_000 + (SPAN_S - 1) * 1000).bytes == pytest.approx(500 / 9)


def test_first_moment_is_no_flood() -> None:
    """A message in the first ms does not count as a thousand in a second."""
    traffic = Traffic(START_MS)
    traffic.note(300, START_MS)
    assert traffic.rate(START_MS + 1) == Rate(300, 1)
