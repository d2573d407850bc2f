"""Asking the people who use an item to hand it over (PRES-14). Pure: times in ms are passed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from itertools import islice
from typing import Any, NamedTuple

from optiverse_collab.core.throttle import Throttle

ASK, ANSWERS = "ask", "answers"
"""Keys of the presence."""

MOST_ANSWERS = 16
"""The most answers that are shown, or read."""

PERSON_MS = 10_000.0
"""The shortest time between two asks of one person that a user sees …"""
REFUSED_MS = 60_000.0
"""… after they have said no …"""
ALL_MS = 3_000.0
"""… and of anybody."""

_LONGEST_ID = 128
_LARGEST = 2**53


class Says(str, Enum):
    """An answer to an ask."""

    SOON = "soon"
    NO = "no"


_SAYS = {says.value: says for says in Says}


class Ask(NamedTuple):
    """Somebody would like to have an item.

    Attributes:
        item: its id.
        number: different each time they ask.
    """

    item: str
    number: int

    @property
    def shown(self) -> dict[str, object]:
        """The value of `ASK`."""
        return {"id": self.item, "n": self.number}


def ask_in(state: Mapping[str, Any]) -> Ask | None:
    """The ask in a participant's presence; None if it is invalid."""
    shown = state.get(ASK)
    if not isinstance(shown, dict):
        return None
    item, number = shown.get("id"), _number(shown.get("n"))
    if not isinstance(item, str) or not 0 < len(item) <= _LONGEST_ID or number is None:
        return None
    return Ask(item, number)


def shown_answers(answers: Mapping[str, tuple[int, Says]]) -> dict[str, object] | None:
    """The value of `ANSWERS` for connection id → number of the ask, and answer; the latest are last."""
    latest = list(answers.items())[-MOST_ANSWERS:]
    return {id: {"n": number, "says": says.value} for id, (number, says) in latest} or None


def answer_in(state: Mapping[str, Any], me: str, number: int) -> Says | None:
    """What a participant answers to an ask of `me`, a connection id; None if they don't."""
    shown = state.get(ANSWERS)
    mine = dict(islice(shown.items(), MOST_ANSWERS)).get(me) if isinstance(shown, dict) else None
    if not isinstance(mine, dict) or _number(mine.get("n")) != number:
        return None
    says = mine.get("says")
    return _SAYS.get(says) if isinstance(says, str) else None


class Heard:
    """Decides which asks a user sees: people who ask may be hostile."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._all = Throttle(ALL_MS)

    def hear(self, id: str, person: str, ask: Ask, now_ms: float) -> bool:
        """Take an ask that somebody shows; returns whether to show it to the user, each at most once.

        Args:
            id: of their connection.
            person: who that is, as in `People`.
        """
        if self._numbers.get(id) == ask.number:
            return False
        self._numbers[id] = ask.number
        if now_ms < self._not_before.get(person, now_ms) or self._all.wait_ms(now_ms):
            return False
        self._all.fire(now_ms)
        self._wait(person, now_ms, PERSON_MS)
        return True

    def refuse(self, person: str, now_ms: float) -> None:
        """The user has said no to somebody."""
        self._wait(person, now_ms, REFUSED_MS)

    def keep(self, ids: Collection[str]) -> None:
        """Forget all connections but these."""
        for id in self._numbers.keys() - set(ids):
            del self._numbers[id]

    def _wait(self, person: str, now_ms: float, ms: float) -> None:
        waiting = {one: until for one, until in self._not_before.items() if until > now_ms}
        self._not_before = {**waiting, person: now_ms + ms}


def _number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= _LARGEST else None
