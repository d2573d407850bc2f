"""Gathers conflicts on the user's screen, and reports each once, when it is quiet. Pure.

Otherwise, two people who drag the same item would get thirty notices a second.
"""

from __future__ import annotations

from collections.abc import Mapping

from optiverse_collab.core.client.effects import Conflict

QUIET_MS = 2000
"""A conflict about an item is reported when there was none of this kind for this long."""


class _Event:
    """The conflicts between the user and one other person, about one item."""

    def __init__(self) -> None:
        self.latest: dict[tuple[str, ...], Conflict] = {}
        self.due_ms = 0.0


class Notices:
    """Unreported conflicts."""

    def __init__(self) -> None:
        self._events: dict[tuple[str, str], _Event] = {}

    def add(self, conflict: Conflict, now_ms: float) -> None:
        """Take a conflict; of those about the same properties, the latest counts."""
        event = self._events.setdefault((conflict.by, conflict.mine.id), _Event())
        event.latest[tuple(sorted(conflict.names))] = conflict
        event.due_ms = now_ms + QUIET_MS

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `take_due` has something; None if nothing waits."""
        due = min((event.due_ms for event in self._events.values()), default=None)
        return None if due is None else max(0.0, due - now_ms)

    def take_due(self, now_ms: float) -> list[list[Conflict]]:
        """The events that are over: the conflicts of each are one notice."""
        return self._take({key: one for key, one in self._events.items() if one.due_ms <= now_ms})

    def take_all(self) -> list[list[Conflict]]:
        """All of them, without waiting."""
        return self._take(dict(self._events))

    def _take(self, events: Mapping[tuple[str, str], _Event]) -> list[list[Conflict]]:
        for key in events:
            del self._events[key]
        return [list(event.latest.values()) for event in events.values()]
