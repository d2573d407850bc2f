"""How long changes are gathered: PUSH-5 of docs/protocol.md."""

from __future__ import annotations

from itertools import pairwise

import pytest

from optiverse_collab_server.tick import tick_ms


@pytest.mark.parametrize(
    ("receivers", "expected"),
    [(1, 0.15), (2, 0.6), (4, 2.4), (10, 15), (50, 15), (105, 15), (140, 20), (175, 25), (5000, 25)],
)
def test_few_wait_little_and_a_crowd_longest(receivers: int, expected: float) -> None:
    """PUSH-5."""
    assert tick_ms(receivers) == pytest.approx(expected)


def test_tick_never_shrinks_when_somebody_joins() -> None:
    """PUSH-5."""
    assert all(before <= after for before, after in pairwise(map(tick_ms, range(1000))))
