"""Who is in a session, person by person. Pure."""

from __future__ import annotations

from typing import NamedTuple

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.following import followers_of
from optiverse_collab.core.client.latency import latency_in
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.wording import people as texts
from optiverse_collab.wording.following import FOLLOWS_YOU
from optiverse_collab.wording.presence import marked


class Person(NamedTuple):
    """Somebody, in all of their windows (PRES-8).

    Attributes:
        key: who it is, as in `People.person_of`.
        name: in their first window, and other names from their other windows.
        colour: the number of a colour.
        role: their role; None if everybody may do everything.
        does: in a few words; empty for this window's user.
        windows: the ids of their connections, in the order in which they came.
        is_me: it is this window's user.
        follows_me: they follow the user's view.
        latency_ms: their latency, if it is poor (PRES-19).
    """

    key: str
    name: str
    colour: int
    role: Role | None
    does: str
    windows: tuple[str, ...]
    is_me: bool
    follows_me: bool = False
    latency_ms: int | None = None

    @property
    def state(self) -> str:
        """Their activity, in one line."""
        slow = "" if self.latency_ms is None else texts.slow(self.latency_ms)
        return ", ".join(filter(None, (self.does, FOLLOWS_YOU if self.follows_me else "", slow)))

    @property
    def line(self) -> str:
        """Their name and role, in one line."""
        return texts.line(self.name, self.is_me, self.role, len(self.windows))


def people_in(session: SessionClient) -> list[Person]:
    """Everybody in a session, in the order in which they came."""
    found: dict[str, list[Participant]] = {}
    for id, participant in session.participants.items():
        found.setdefault(session.people.person_of(id), []).append(participant)
    me = "" if session.me is None else session.me.connection_id
    states = session.presence.states
    followers = set(followers_of(me, states))
    all_own = all(one.role is Role.OWNER for one in session.participants.values())
    return [
        _person(session, key, windows, all_own)._replace(
            follows_me=any(one.connection_id in followers for one in windows),
            latency_ms=max(
                filter(None, (latency_in(states.get(one.connection_id, {})) for one in windows)), default=None
            ),
        )
        for key, windows in found.items()
    ]


def cursor_window(session: SessionClient, person: Person) -> str:
    """Somebody's active connection: one with a cursor, or else the first one."""
    states = session.presence.states
    pointing = (id for id in person.windows if isinstance(states.get(id, {}).get("cursor"), list))
    return next(pointing, person.windows[0])


def _person(session: SessionClient, key: str, windows: list[Participant], all_own: bool) -> Person:
    first, me = windows[0], session.me
    ids = tuple(one.connection_id for one in windows)
    is_me = me is not None and me.connection_id in ids
    role = None if all_own else first.role
    does = "" if is_me else _does(session, windows)
    return Person(key, _name(windows), session.people.colour_of(ids[0]), role, does, ids, is_me)


def _name(windows: list[Participant]) -> str:
    """The name in the first window, and others; the server numbers equal ones, as in ``Ana (2)``."""
    first, *others = (one.user_id for one in windows)
    names = dict.fromkeys([first, *(name for name in others if not name.startswith(f"{first} ("))])
    return marked(" / ".join(names), all(one.script for one in windows))


def _does(session: SessionClient, windows: list[Participant]) -> str:
    """Somebody's activity in their active window."""
    here = [one for one in windows if not one.away]
    if not here:
        return texts.AWAY
    states, view = session.presence.states, session.replica.view
    said = (texts.doing(states.get(one.connection_id, {}), view) for one in here)
    return next(filter(None, said), texts.IDLE)
