"""Gathers joins and leaves, for a notice now and then. Pure: times in ms are passed in.

Only people count, not each of their connections. A person is mentioned once they
have been there, or away, for a while: so somebody who reconnects, or joins only briefly, is not mentioned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

CAME_MS = 2_000.0
"""How long a join waits before it is reported together with others."""

KNOWN_MS = 500.0
"""How soon after a join a connection says whose it is (PRES-8)."""

WENT_MS = 5_000.0
"""How long a leave waits before it is reported, unless they are back."""

PERSON_MS = 60_000.0
"""Each person is mentioned at most once in this time."""

PAUSE_MS = 5_000.0
"""The shortest time between two notices."""


class Person(NamedTuple):
    """The person behind a connection.

    Attributes:
        id: the same for all of their connections.
        name: that they show.
    """

    id: str
    name: str


class Notice(NamedTuple):
    """What one notice reports.

    Attributes:
        came, went: names.
    """

    came: list[str]
    went: list[str]


class Attendance:
    """The people in a session, and the ones that the user knows about.

    People who are there at the first `look` are not reported.
    """

    def __init__(self) -> None:
        self._here: dict[str, Person] = {}
        self._mine: str | None = None
        self._told: set[str] | None = None  # the people whom the user believes to be here
        self._names: dict[str, str] = {}
        self._changed_ms: dict[str, float] = {}
        self._told_ms: dict[str, float] = {}
        self._last_ms: float | None = None

    def person_of(self, connection: str) -> str | None:
        """The id of the person behind a connection, as of the last `look`; None if it is not known."""
        person = self._here.get(connection)
        return None if person is None else person.id

    def look(self, here: Mapping[str, Person], mine: str | None, now_ms: float) -> None:
        """Update the people.

        Args:
            here: connection → person.
            mine: the user's own id as a person, who is never reported.
        """
        for connection, person in here.items():
            before = self._here.get(connection)
            if before is not None and before.id != person.id:
                self._rename(before.id, person.id)
        was, now = {person.id for person in self._here.values()}, {one.id: one.name for one in here.values()}
        self._changed_ms.update(dict.fromkeys(was ^ now.keys(), now_ms))
        self._names.update(now)
        self._here, self._mine = dict(here), mine
        if self._told is None:
            self._told = set(now)
        self._forget(now_ms)

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `take_due` has something; None if nothing waits."""
        due_ms = min((due_ms for _, due_ms in self._pending(CAME_MS)), default=None)
        if due_ms is None:
            return None
        return max(0.0, due_ms - now_ms, self._pause_ms(now_ms))

    def take_due(self, now_ms: float) -> Notice | None:
        """Who came and who went; None if there is nothing to report yet."""
        if self._told is None or self.wait_ms(now_ms) != 0:
            return None
        due = [id for id, due_ms in self._pending(KNOWN_MS) if due_ms <= now_ms]
        came = [self._names[id] for id in due if id not in self._told]
        went = [self._names[id] for id in due if id in self._told]
        self._told.symmetric_difference_update(due)
        self._told_ms.update(dict.fromkeys(due, now_ms))
        self._last_ms = now_ms
        return Notice(came, went)

    def _pending(self, came_ms: float) -> Iterator[tuple[str, float]]:
        """Who has to be reported, and when.

        Args:
            came_ms: how long a join waits before it is reported.
        """
        told, here = self._told or set(), {person.id: None for person in self._here.values()}
        for id in [*(id for id in here if id not in told), *sorted(told - here.keys())]:
            if id == self._mine:
                continue
            settled_ms = self._changed_ms.get(id, 0.0) + (WENT_MS if id in told else came_ms)
            yield id, max(settled_ms, self._told_ms.get(id, -PERSON_MS) + PERSON_MS)

    def _pause_ms(self, now_ms: float) -> float:
        return 0.0 if self._last_ms is None else self._last_ms + PAUSE_MS - now_ms

    def _rename(self, before: str, id: str) -> None:
        """The person behind a connection became known."""
        if self._told is not None and before in self._told:
            self._told.remove(before)
            self._told.add(id)
        if before in self._told_ms:
            self._told_ms[id] = max(self._told_ms[before], self._told_ms.get(id, 0.0))

    def _forget(self, now_ms: float) -> None:
        """Forget people who are gone and were reported."""
        kept = (self._told or set()) | {person.id for person in self._here.values()}
        for known in (self._names, self._changed_ms):
            for id in known.keys() - kept:
                del known[id]
        for id in [id for id, told_ms in self._told_ms.items() if told_ms + PERSON_MS <= now_ms]:
            del self._told_ms[id]
