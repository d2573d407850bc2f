"""Calls that ask everybody to see somebody's view (PRES-12). Pure: times in ms are passed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from optiverse_collab.core.access import Role, may_write
from optiverse_collab.core.client.following import View, view_in
from optiverse_collab.core.records import Lane

BRING = "bring"
"""The key of the presence."""

LASTS_MS = 15_000.0
"""How long a call lasts."""

EVERY_MS = 30_000.0
"""The shortest time between two calls of one person."""

MOST_CALLERS = 500
"""How many people are remembered for that."""


class Call(NamedTuple):
    """A call.

    Attributes:
        number: different for each call of a connection.
        view: what the caller sees.
    """

    number: int
    view: View

    @property
    def value(self) -> dict[str, Any]:
        """Its form in the presence."""
        return {"n": self.number, "view": self.view.value}


def may_call(role: Role) -> bool:
    """Whether a role may call others: it may edit."""
    return may_write(role, Lane.BENCH)


def call_in(state: Mapping[str, Any]) -> Call | None:
    """The call in somebody's presence; None if there is none, or it is invalid."""
    shown = state.get(BRING)
    if not isinstance(shown, dict) or type(number := shown.get("n")) is not int:
        return None
    view = view_in(shown.get("view"))
    return None if view is None else Call(number, view)


class Calls:
    """Which calls are new, and not too soon after the last: others may show anything."""

    def __init__(self) -> None:
        self._heard: dict[str, tuple[int, float]] = {}

    def hear(self, person: str, call: Call, now_ms: float) -> bool:
        """Whether to show a call to the user; each is shown once."""
        number, at_ms = self._heard.get(person, (None, now_ms - EVERY_MS))
        if call.number == number:
            return False
        is_due = now_ms - at_ms >= EVERY_MS
        self._heard.pop(person, None)
        self._heard[person] = call.number, now_ms if is_due else at_ms
        while len(self._heard) > MOST_CALLERS:
            del self._heard[next(iter(self._heard))]
        return is_due
