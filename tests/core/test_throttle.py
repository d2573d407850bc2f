"""The first call acts at once, the next ones together: PUSH-2."""

from __future__ import annotations

from optiverse_collab.core.throttle import Throttle


def test_first_at_once_then_once_an_interval() -> None:
    throttle = Throttle(33)
    assert throttle.wait_ms(0) == 0
    throttle.fire(0)
    assert throttle.wait_ms(10) == 23
    assert throttle.wait_ms(33) == 0
    assert throttle.wait_ms(1000) == 0, "unused time does not accumulate"
    throttle.fire(1000)
    assert throttle.wait_ms(1000) == 33


def test_a_stream_that_jitters_is_not_delayed() -> None:
    throttle = Throttle(33, early_ms=16)
    for at in (0, 33, 50, 99, 120):  # 33 ms apart, give or take 16
        assert throttle.wait_ms(at) == 0
        throttle.fire(at)
    assert throttle.wait_ms(121) == 28, "the next one waits until it is on time again"
    for at in (200, 217):
        throttle.fire(at)
    assert throttle.wait_ms(217) == 33, "two may come close together, three not"
