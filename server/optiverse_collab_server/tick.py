"""How long a busy session gathers changes before it stores and sends them (PUSH-5).

docs/performance.md has the measured curves of CPU time and latency for each tick.
"""

from __future__ import annotations

TICK_MS, CROWD_TICK_MS = 15.0, 25.0
"""The longest ticks: up to 105 receivers, and of a crowd, where sending takes most of the time."""


def tick_ms(receivers: int) -> float:
    """The tick for a number of receivers.

    If all of them edit, their deliveries grow with the square of their number, and so does what a longer tick
    saves. Two people would only wait.
    """
    return min(0.15 * receivers * receivers, max(TICK_MS, receivers / 7), CROWD_TICK_MS)
