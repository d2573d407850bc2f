"""The waits between attempts to connect."""

from __future__ import annotations

from random import Random

import pytest

from optiverse_collab.core.client.backoff import FIRST_S, LONGEST_S, Backoff


@pytest.mark.parametrize(("chance", "part"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_waits_double_up_to_the_longest(chance: float, part: float) -> None:
    backoff = Backoff(lambda: chance)
    waits = [backoff.next_s() for _ in range(100)]
    assert waits[:4] == [FIRST_S * part * 2**attempt for attempt in range(4)]
    assert waits[-1] == LONGEST_S * part
    assert waits == sorted(waits)


def test_waits_begin_again_with_the_shortest() -> None:
    backoff = Backoff(lambda: 1.0)
    waits = [backoff.next_s(), backoff.next_s()]
    assert backoff.next_s() == 2 * waits[1]
    backoff.reset()
    assert backoff.next_s() == waits[0]


def test_two_clients_do_not_come_back_together() -> None:
    first, second = Backoff(Random(1).random), Backoff(Random(2).random)
    assert [first.next_s() for _ in range(8)] != [second.next_s() for _ in range(8)]
