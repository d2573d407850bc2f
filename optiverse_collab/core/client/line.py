"""The connection that carries a session: its heartbeat, and how well it does (HB rules)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client.effects import (
    HeartbeatAnswered,
    SessionEffect,
    Transmit,
)
from optiverse_collab.core.client.quality import QualityMeter
from optiverse_collab.core.client.questions import Questions
from optiverse_collab.core.protocol.messages import Patch, Ping, Push, ServerMessage, SyncRequest
from optiverse_collab.core.throttle import Throttle

HEARTBEAT_MS = 10_000
"""A ping goes out so often (HB-1) …"""

FIRST_HEARTBEAT_MS = 1000
"""… and the first soon, so that the latency is known."""

SILENCE_MS = 75_000
"""A server that said nothing for two heartbeats and some is gone (HB-3)."""


class Line:
    """One connection after the other.

    Args:
        user_id: the name to be shown.

    Attributes:
        meter: how well the connection does.
    """

    def __init__(self, user_id: str) -> None:
        self._user_id = user_id
        self._questions = Questions()
        self.meter = QualityMeter(self._questions)
        self._heartbeat = Throttle(HEARTBEAT_MS)
        self._heard_ms = 0.0

    def opened(self, now_ms: float) -> None:
        """A connection is open."""
        self._heard_ms = now_ms
        self._heartbeat.fire(now_ms - HEARTBEAT_MS + FIRST_HEARTBEAT_MS)
        self.meter.connected(now_ms)

    def closed(self) -> None:
        """The connection is gone."""
        self._questions.clear()
        self.meter.disconnected()

    def wait_ms(self, now_ms: float) -> float:
        """How long until `poll` has something to do."""
        return min(self._heartbeat.wait_ms(now_ms), max(0.0, self._heard_ms + SILENCE_MS - now_ms))

    def is_dead(self, now_ms: float) -> bool:
        """Whether to give the connection up (HB-3)."""
        return now_ms - self._heard_ms >= SILENCE_MS

    def poll(self, now_ms: float) -> list[SessionEffect]:
        """Ping, if it is time."""
        if self._heartbeat.wait_ms(now_ms):
            return []
        self._heartbeat.fire(now_ms)
        self._questions.pinged(now_ms)
        return [Transmit(Ping(self._user_id))]

    def transmitted(self, effects: Sequence[SessionEffect], now_ms: float) -> None:
        """These effects go out: take note of what the server has to answer."""
        for effect in effects:
            if isinstance(effect, Transmit):
                if isinstance(effect.message, Push):
                    self._questions.pushed(effect.message.changes[-1].client_clock, now_ms)
                elif isinstance(effect.message, SyncRequest):
                    self._questions.synchronising()

    def heard(self, size: int, now_ms: float) -> None:
        """A message of `size` bytes came."""
        self._heard_ms = now_ms
        self.meter.received(size, now_ms)

    def answered(self, message: ServerMessage, oldest: int | None, now_ms: float) -> None:
        """A message about the document was taken in.

        Args:
            message: pages are no measure: how long they take is a matter of how much they carry.
            oldest: the number of the oldest change that is still pending; None if none is.
        """
        for latency_ms in self._questions.acknowledged(oldest, now_ms):
            if isinstance(message, Patch):
                self.meter.answered(latency_ms, now_ms)

    def ponged(self, now_ms: float) -> HeartbeatAnswered | None:
        """The oldest ping was answered; None if there is none."""
        latency_ms = self._questions.ponged(now_ms)
        if latency_ms is None:
            return None
        self.meter.answered(latency_ms, now_ms)
        return HeartbeatAnswered(latency_ms)
