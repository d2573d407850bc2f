"""The load generator of cursors, with real processes; no test asserts how fast they are."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from benchmarks.presence import measure
from benchmarks.targets import Target, relay, server


@pytest.mark.parametrize("target", [server, relay], ids=["server", "relay"])
def test_people_see_each_others_cursors(target: type[AbstractContextManager[Target]]) -> None:
    """PRES-1, PRES-2: and see every position at most once."""
    result = measure(target(), 5, 20.0, 0.5)
    assert result.ages_ms
    assert 0 < result.shown <= 1.3  # some are from the warm-up
    assert result.deliveries_per_s > 0
    assert all(age >= 0 for age in result.ages_ms)
