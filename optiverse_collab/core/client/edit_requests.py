"""Requests of viewers and commenters for the right to edit (PRES-20). Pure: times in ms are passed in."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, NamedTuple

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.throttle import Throttle

REQUEST, REFUSED = "ask_edit", "refused_edit"
"""Keys of the presence."""

MOST_REFUSED = 16
"""The most refusals that are shown, or read."""

LASTS_MS = 300_000.0
"""How long a request lasts."""
PERSON_MS = 60_000.0
"""The shortest time between two requests of one person …"""
REFUSED_MS = 600_000.0
"""… or after an owner has said no."""
ALL_MS = 3_000.0
"""The shortest time between two requests that an owner sees."""

_LARGEST = 2**53


def may_ask(role: Role) -> bool:
    """Whether somebody with this role lacks the right to edit."""
    return role in (Role.VIEWER, Role.COMMENTER)


def request_in(participant: Participant, state: Mapping[str, Any]) -> int | None:
    """The number of a participant's request; None if there is none, or they can't get the right.

    Args:
        participant: according to the server.
        state: their presence.
    """
    return _number(state.get(REQUEST)) if participant.person and may_ask(participant.role) else None


def shown_refusals(refused: Mapping[str, int]) -> dict[str, object] | None:
    """The value of `REFUSED` for connection id → number of the request; the latest are last."""
    return dict(list(refused.items())[-MOST_REFUSED:]) or None


def is_refused(participant: Participant, state: Mapping[str, Any], me: str, number: int) -> bool:
    """Whether a participant, who has to be an owner, refuses a request of `me`, a connection id."""
    shown = state.get(REFUSED)
    if participant.role is not Role.OWNER or not isinstance(shown, dict):
        return False
    return _number(dict(islice(shown.items(), MOST_REFUSED)).get(me)) == number


class Request(NamedTuple):
    """A request in somebody's presence.

    Attributes:
        person: the id of the grant that let them in.
        number: different each time they ask.
    """

    person: str
    number: int


class EditRequestQueue:
    """Decides which request an owner sees, and when: people who ask may be hostile."""

    def __init__(self) -> None:
        self._heard: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._all = Throttle(ALL_MS)

    def waits(self, requests: Mapping[str, Request], now_ms: float) -> dict[str, float]:
        """How long each unseen request has to wait: connection id → ms, 0 for now.

        Args:
            requests: all current ones; the others are forgotten.
        """
        self._heard = {id: number for id, number in self._heard.items() if id in requests}
        return {
            id: max(self._all.wait_ms(now_ms), self._not_before.get(request.person, now_ms) - now_ms)
            for id, request in requests.items()
            if self._heard.get(id) != request.number
        }

    def hear(self, id: str, request: Request, now_ms: float) -> None:
        """The owner sees a request now."""
        self._heard[id] = request.number
        self._all.fire(now_ms)
        self._wait(request.person, now_ms, PERSON_MS)

    def refuse(self, person: str, now_ms: float) -> None:
        """The owner has said no to somebody."""
        self._wait(person, now_ms, REFUSED_MS)

    def _wait(self, person: str, now_ms: float, ms: float) -> None:
        waiting = {one: until for one, until in self._not_before.items() if until > now_ms}
        self._not_before = {**waiting, person: now_ms + ms}


def _number(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= _LARGEST else None
