"""The connection that carries a session: its heartbeat, and its quality (HB rules)."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client.effects import (
    HeartbeatAnswered,
    SessionEffect,
    Transmit,
)
from optiverse_collab.core.client.liveness import Liveness
from optiverse_collab.core.client.push_window import PushWindow
from optiverse_collab.core.client.quality import QualityMeter
from optiverse_collab.core.client.questions import Questions
from optiverse_collab.core.protocol.messages import Pages, Patch, Ping, Push, ServerMessage, SyncRequest
from optiverse_collab.core.throttle import Throttle

HEARTBEAT_MS = 10_000
"""How often a ping goes out (HB-1) …"""

FIRST_HEARTBEAT_MS = 1000
"""… and before the first, so that the latency is known soon."""

CONGESTED_MS = 1000
"""While an answer takes longer, presence goes out less often (PUSH-10)."""


class Line:
    """One connection after the other.

    Args:
        user_id: the displayed name.

    Attributes:
        meter: measures the connection's quality.
        window: how many bytes may be unanswered.
    """

    def __init__(self, user_id: str) -> None:
        self._user_id = user_id
        self._questions = Questions()
        self.meter = QualityMeter(self._questions)
        self._liveness = Liveness(self._questions)
        self.window = PushWindow()
        self._heartbeat = Throttle(HEARTBEAT_MS)
        self._paged_ms = float("-inf")

    def opened(self, now_ms: float) -> None:
        """A connection is open."""
        self._liveness.begin(now_ms)
        self.window = PushWindow()
        self._heartbeat.fire(now_ms - HEARTBEAT_MS + FIRST_HEARTBEAT_MS)
        self.meter.connected(now_ms)

    def closed(self) -> None:
        """The connection is gone."""
        self._questions.clear()
        self.meter.disconnected()

    def wait_ms(self, now_ms: float) -> float:
        """How long until `poll` has something to do."""
        look_ms = self._liveness.wait_ms(now_ms)
        ping_ms = self._heartbeat.wait_ms(now_ms)
        return ping_ms if look_ms is None else min(ping_ms, look_ms)

    def woke(self, now_ms: float) -> None:
        """The machine slept, or the network changed: ping at once."""
        self._heartbeat.fire(now_ms - HEARTBEAT_MS)

    def is_congested(self, now_ms: float) -> bool:
        """Whether answers are so slow that less urgent messages should wait."""
        return self._questions.late(CONGESTED_MS, now_ms) > 0

    def stirred(self) -> None:
        """A part of a message arrived."""
        self._liveness.stirred()

    def written(self, backlog: int) -> None:
        """`backlog` bytes wait to leave, by the system's count: call this before each `poll`."""
        self._liveness.written(backlog)

    def is_dead(self, now_ms: float) -> bool:
        """Whether to give the connection up (HB-3)."""
        return self._liveness.is_dead(now_ms)

    def poll(self, now_ms: float) -> list[SessionEffect]:
        """Ping, if it is time."""
        if self._heartbeat.wait_ms(now_ms):
            return []
        self._heartbeat.fire(now_ms)
        return [Transmit(Ping(self._user_id))]

    def transmitted(self, effects: Sequence[SessionEffect], now_ms: float) -> None:
        """These effects go out: record the messages that the server has to answer."""
        for effect in effects:
            if not isinstance(effect, Transmit):
                continue
            self._questions.sent(len(effect.text))
            self.meter.sent(len(effect.text), now_ms)
            if isinstance(effect.message, Ping):
                self._questions.pinged(now_ms)
            elif isinstance(effect.message, Push):
                self._questions.pushed(effect.message.changes[-1].client_clock, now_ms)
            elif isinstance(effect.message, SyncRequest):
                self._questions.synchronising()

    def heard(self, size: int, now_ms: float) -> None:
        """A message of `size` bytes came."""
        self._liveness.stirred()
        self.meter.received(size, now_ms)

    def paged(self, size: int, now_ms: float) -> None:
        """A page of `size` bytes came, of the bench or of its past: later messages had to wait."""
        self._paged_ms = now_ms
        self._questions.paged(size)

    def answered(self, message: ServerMessage, size: int, oldest: int | None, now_ms: float) -> None:
        """A message about the document was processed.

        Args:
            message: pages take as long as their content needs, and delay later messages.
            size: of the message, in bytes.
            oldest: the number of the oldest change that is still pending; None if none is.
        """
        if isinstance(message, Pages):
            self.paged(size, now_ms)
        pushes = self._questions.acknowledged(oldest)
        for push in pushes:
            if isinstance(message, Patch) and push.sent_ms >= self._paged_ms:
                self.meter.answered(now_ms - push.sent_ms, now_ms)
        for push in pushes[-1:]:  # the others waited for this message, and not for the line
            if self._questions.paged_bytes - push.paged <= push.ahead:
                self.window.answered(now_ms - push.sent_ms, push.ahead)

    def ponged(self, now_ms: float) -> HeartbeatAnswered | None:
        """The oldest ping was answered; returns None if there is none."""
        latency_ms = self._questions.ponged(now_ms)
        if latency_ms is None:
            return None
        if now_ms - latency_ms >= self._paged_ms:
            self.meter.answered(latency_ms, now_ms)
        return HeartbeatAnswered(latency_ms)
