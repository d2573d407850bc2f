"""When a line is dead: a plain model of HB-3 on the simulation's clock, where bytes never wait to leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from optiverse_collab.core.protocol.messages import ClientMessage, Ping, Push, SyncRequest

LEAST_MS = 8000.0
"""A line is not dead before …"""

MOST_MS = 12_000.0
"""… and dead after so long in quiet; between them is the time for what was sent, and for looking."""


class Silence:
    """One connection of a client."""

    def __init__(self, now_ms: float) -> None:
        self._pings: list[float] = []
        self._pushes: dict[int, float] = {}
        self._quiet_ms = 0.0
        self._looked_ms = now_ms

    def sent(self, messages: Iterable[ClientMessage], now_ms: float) -> None:
        """These messages went out."""
        for message in messages:
            if isinstance(message, Ping):
                self._pings.append(now_ms)
            elif isinstance(message, Push):
                self._pushes[message.changes[-1].client_clock] = now_ms
            elif isinstance(message, SyncRequest):
                self._pushes.clear()

    def heard(self, is_pong: bool, pending: Collection[int]) -> None:
        """A message arrived; these changes are still pending."""
        self._quiet_ms = 0.0
        if is_pong:
            self._pings.pop(0)
        self._pushes = {number: at_ms for number, at_ms in self._pushes.items() if number in pending}

    def looked(self, now_ms: float) -> tuple[bool, bool]:
        """The client did what is due; whether its line may be dead, and whether it must be."""
        passed_ms, self._looked_ms = now_ms - self._looked_ms, now_ms
        waiting = [now_ms - at_ms for at_ms in self._pushes.values()]
        if not self._pings and all(ms < 3000 for ms in waiting):
            self._quiet_ms = 0.0
        elif passed_ms <= 2000:
            self._quiet_ms += passed_ms
        return self._quiet_ms >= LEAST_MS, self._quiet_ms >= MOST_MS
