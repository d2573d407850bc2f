"""How many records are shown in one step without a noticeable delay."""

from __future__ import annotations

from collections import deque
from statistics import fmean

AIM_MS = 20.0
"""The time of a step, and of one while a bench loads: under 100 ms nobody notices that a window stops
(Nielsen, Usability Engineering, 1993, ch. 5), and the cost of one record varies by a factor of three."""

FIXED_PART = 2 / 3
"""The share of a long step that the host needs regardless of the number of records."""

REMEMBERED = 8
"""How many past steps decide about the next one; other programs make single ones longer."""


class Pace:
    """Chooses the size of the next step by the time of the last ones.

    A host may do something for all of its bench in each step, such as ordering it. Then a step takes long
    however small it is, and there would be thousands of small ones. So the fixed cost is separated from
    the cost of each record, by the line that fits the last steps best.

    Attributes:
        records: how many the next step shows.
    """

    def __init__(self, records: int = 10) -> None:
        self.records = records
        self._steps = deque[tuple[int, float]](maxlen=REMEMBERED)

    def took(self, records: int, ms: float) -> None:
        """A step that showed `records` records took `ms`."""
        self._steps.append((records, ms))
        fixed_ms, each_ms = self._costs()
        wanted = 2 * records
        if each_ms > 0:
            wanted = round((max(AIM_MS, fixed_ms / FIXED_PART) - fixed_ms) / each_ms)
        self.records = max(1, records // 2, min(2 * records, wanted))

    def _costs(self) -> tuple[float, float]:
        """The fixed cost of a step, and the cost of each record, in ms."""
        records, ms = fmean(records for records, _ in self._steps), fmean(ms for _, ms in self._steps)
        spread = sum((one - records) ** 2 for one, _ in self._steps)
        if spread:
            each = sum((one - records) * (took - ms) for one, took in self._steps) / spread
        else:  # as if nothing were fixed; now and then two records at once show whether that is so
            each = 0.0 if records == 1 and len(self._steps) == REMEMBERED else ms / records
        each = max(0.0, each)
        return max(0.0, ms - each * records), each
