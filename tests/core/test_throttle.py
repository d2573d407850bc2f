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
