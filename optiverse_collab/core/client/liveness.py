"""Is the connection dead? It is if a question is unanswered and nothing has moved for a while (HB-3).

A slow server, a slow line or a frozen window is not a dead connection. So only time counts in
which no part of a message arrived, no waiting data could leave, and our own loop ran.
"""

from __future__ import annotations

from optiverse_collab.core.client.questions import Question, Questions

OVERDUE_MS = 8000
"""How long nothing must move before a question is overdue."""

EDIT_MS = 3000
"""An edit becomes a question after this wait; a ping is one at once."""

HIDDEN_BYTES, SLOWEST_BYTES_PER_MS = 128 * 1024, 4
"""The system's buffers hide data that is still on its way. Before an answer is overdue, up to this many bytes
get the time that a line of 32 kbit/s takes for them."""

TICK_MS = 500
"""How often to check while a question is open."""

STOOD_STILL_MS = 2000
"""After a longer pause our own loop did not run: data that arrived meanwhile is still unread."""


class Liveness:
    """Watches one connection after the other.

    Args:
        questions: those that the server has not answered yet.
    """

    def __init__(self, questions: Questions) -> None:
        self._questions = questions
        self._looked_ms = self._quiet_ms = 0.0
        self._backlog = self._taken = 0

    def begin(self, now_ms: float) -> None:
        """A connection begins."""
        self._looked_ms, self._quiet_ms = now_ms, 0.0
        self._backlog = self._taken = 0

    def stirred(self) -> None:
        """A part of a message arrived."""
        self._quiet_ms = 0.0

    def written(self, backlog: int) -> None:
        """`backlog` bytes that were sent have not left yet, because the system takes no more."""
        left = self._backlog + self._questions.sent_bytes - self._taken - backlog
        if self._backlog and left > 0:
            self._quiet_ms = 0.0
        self._backlog, self._taken = backlog, self._questions.sent_bytes

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until the next check; None if no question is open."""
        waits: list[float] = [TICK_MS] if self._questions.ping is not None else []
        if self._questions.push is not None:
            waits.append(max(TICK_MS, self._questions.push.sent_ms + EDIT_MS - now_ms))
        return min(waits, default=None)

    def is_dead(self, now_ms: float) -> bool:
        """Check whether a question is overdue."""
        passed_ms, self._looked_ms = now_ms - self._looked_ms, now_ms
        ping, push = self._questions.ping, self._questions.push
        is_late = push is not None and now_ms - push.sent_ms >= EDIT_MS
        asked = [one for one in (ping, push if is_late else None) if one is not None]
        if not asked:
            self._quiet_ms = 0.0
        elif passed_ms <= STOOD_STILL_MS:
            self._quiet_ms += passed_ms
        return any(self._quiet_ms >= self._patience_ms(one) for one in asked)

    def _patience_ms(self, question: Question) -> float:
        """The time without movement after which a question is overdue."""
        hidden = min(HIDDEN_BYTES, question.end - self._questions.answered_bytes)
        return OVERDUE_MS + max(0, hidden) / SLOWEST_BYTES_PER_MS
