"""The log's lines about traffic: a count of ten seconds instead of a line per message.

Somebody who drags sends thirty messages a second, and a host's log keeps a thousand lines.
"""

from __future__ import annotations

import logging
from collections import Counter

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.protocol.messages import Ping, PresenceUpdate, Push
from optiverse_collab.wording.log_lines import Line

COUNTED_MS = 10_000
"""How much traffic one line counts, at least: it is written with the next message, or at the end."""

HEARTBEAT_MS = 29_000
"""The shortest time between two logged heartbeats; users know one every 30 s."""

_RECEIVED, _SENT = "←", "→"


class Traffic:
    """Counts the messages of one session."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {_RECEIVED: Counter(), _SENT: Counter()}
        self._since_ms = 0.0
        self._ping_ms: float | None = None
        self._shows_pong = False

    def lines(self, effect: fx.SessionEffect, now_ms: float) -> list[Line]:
        """Count an effect of `SessionClient`; return the lines that are due."""
        due = self.take(now_ms) if now_ms - self._since_ms >= COUNTED_MS else []
        if isinstance(effect, fx.ShowChange):
            self._count(_RECEIVED, "updates", now_ms)
        elif isinstance(effect, fx.PresenceChanged):
            self._count(_RECEIVED, "presence", now_ms)
        elif isinstance(effect, fx.HeartbeatAnswered) and self._shows_pong:
            self._shows_pong = False
            due.append(Line(logging.DEBUG, f"← Received heartbeat pong ({effect.latency_ms:.1f} ms)"))
        elif isinstance(effect, fx.Transmit):
            due += self._sent(effect, now_ms)
        return due

    def take(self, now_ms: float) -> list[Line]:
        """Unwritten counts."""
        seconds = max(1, round((now_ms - self._since_ms) / 1000))
        lines = [
            Line(
                logging.DEBUG,
                f"{arrow} {', '.join(f'{n} {what}' for what, n in counts.items())} in {seconds} s",
            )
            for arrow, counts in self._counts.items()
            if counts
        ]
        for counts in self._counts.values():
            counts.clear()
        return lines

    def _sent(self, effect: fx.Transmit, now_ms: float) -> list[Line]:
        if isinstance(effect.message, Push):
            self._count(_SENT, "updates", now_ms)
        elif isinstance(effect.message, PresenceUpdate):
            self._count(_SENT, "presence", now_ms)
        elif isinstance(effect.message, Ping):
            if self._ping_ms is None or now_ms - self._ping_ms >= HEARTBEAT_MS:
                self._ping_ms, self._shows_pong = now_ms, True
                return [Line(logging.DEBUG, "→ Sending heartbeat ping")]
            self._shows_pong = False
        return []

    def _count(self, arrow: str, what: str, now_ms: float) -> None:
        if not any(self._counts.values()):
            self._since_ms = now_ms
        self._counts[arrow][what] += 1
