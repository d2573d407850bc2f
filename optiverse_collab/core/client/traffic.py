"""The traffic of a connection in one direction."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

SPAN_S = 10
"""Over which time rates are averaged."""


class Rate(NamedTuple):
    """The average traffic per second.

    Attributes:
        bytes: of the messages' text, without the overhead of frames, TLS and TCP.
        messages: how many messages.
    """

    bytes: float = 0.0
    messages: float = 0.0


@dataclass
class _Second:
    """The traffic of one second."""

    number: int
    bytes: int = 0
    messages: int = 0


class Traffic:
    """Counts messages, second by second.

    Args:
        now_ms: the start.
    """

    def __init__(self, now_ms: float) -> None:
        self._since_ms = now_ms
        self._seconds: deque[_Second] = deque(maxlen=SPAN_S + 1)

    def note(self, size: int, now_ms: float) -> None:
        """A message of `size` bytes passed."""
        number = int(now_ms // 1000)
        if not self._seconds or self._seconds[-1].number != number:
            self._seconds.append(_Second(number))
        second = self._seconds[-1]
        second.bytes += size
        second.messages += 1

    def rate(self, now_ms: float) -> Rate:
        """The average over the last `SPAN_S`, or since the start; the current second counts partly."""
        first = now_ms // 1000 - SPAN_S + 1
        recent = [second for second in self._seconds if second.number >= first]
        seconds = max(1.0, (now_ms - max(self._since_ms, first * 1000)) / 1000)
        total = sum(second.bytes for second in recent), sum(second.messages for second in recent)
        return Rate(total[0] / seconds, total[1] / seconds)
