"""What this participant shows of themselves, except for what they hide (PRES-15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from optiverse_collab.core.client.activity import ACTIVITY
from optiverse_collab.core.client.bringing import BRING
from optiverse_collab.core.client.edit_requests import REFUSED, REQUEST
from optiverse_collab.core.client.following import DECLINES, FOLLOWS
from optiverse_collab.core.client.hand_over import ANSWERS, ASK
from optiverse_collab.core.client.host_watch import HOSTS
from optiverse_collab.core.client.people import COLOUR, PERSON
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.presence import Presence
from optiverse_collab.core.throttle import Throttle

EVERY_MS, SLOW_EVERY_MS = 33, 500
"""The shortest time between two presence updates (PRES-1), and on a congested line (PUSH-10)."""

OF_CURSOR = frozenset(("cursor", "grip"))
"""Where the user points (PRES-1, PRES-10)."""

POINT, LASER = "point", "laser"
"""A spot to look at, and where the laser pointer is (PRES-16)."""

NOT_ACTIVITY = frozenset(
    (HOSTS, PERSON, COLOUR, ACTIVITY, ASK, ANSWERS, REQUEST, REFUSED, FOLLOWS, DECLINES, BRING, POINT, LASER)
)
"""Who somebody is, what they edit, and what they show to others on purpose."""


class Privacy(NamedTuple):
    """What a user hides.

    Attributes:
        hides_cursor: where they point.
        hides_activity: all but that they are there, what they edit, and what they show on purpose.
    """

    hides_cursor: bool = False
    hides_activity: bool = False

    def shows(self, key: str) -> bool:
        """Whether others may see a key of the presence."""
        if self.hides_activity and key not in NOT_ACTIVITY:
            return False
        return not (self.hides_cursor and key in OF_CURSOR)


class OwnPresence:
    """Keeps what is shown, and what would be if nothing were hidden."""

    def __init__(self) -> None:
        self._privacy = Privacy()
        self._all = Presence(Limits())
        self._shown = Presence(Limits())
        self._throttle, self._slow_throttle = Throttle(EVERY_MS), Throttle(SLOW_EVERY_MS)

    @property
    def changed(self) -> bool:
        """Whether there is something to send."""
        return bool(self._shown.changes)

    def shows(self, key: str) -> bool:
        """Whether others may see a key of it."""
        return self._privacy.shows(key)

    def show(self, state: Mapping[str, Any]) -> None:
        """Merge what the user does: key → value, None to take a key away.

        Raises:
            ChangeRefused: a key or value that can't travel, or too much of it; nothing is merged.
        """
        self._all.update("", state)
        self._all.take()
        self._shown.update("", {key: value for key, value in state.items() if self._privacy.shows(key)})

    def hide(self, privacy: Privacy) -> None:
        """Show nothing that is hidden from now on, and the present values of what no longer is."""
        before, self._privacy = self._privacy, privacy
        news = {key: value for key, value in self.state.items() if before.shows(key) != privacy.shows(key)}
        self._shown.update("", {key: value if privacy.shows(key) else None for key, value in news.items()})

    def repeat(self) -> None:
        """A new connection knows none of it."""
        self.show(dict(self.state))

    def take(self) -> dict[str, Any]:
        """What changed of what is shown since the last call, None where it went."""
        return self._shown.take().get("", {})

    def wait_ms(self, now_ms: float, is_congested: bool) -> float:
        """How long until what changed may be sent."""
        return (self._slow_throttle if is_congested else self._throttle).wait_ms(now_ms)

    def sent(self, now_ms: float) -> None:
        """What changed is sent now."""
        self._throttle.fire(now_ms)
        self._slow_throttle.fire(now_ms)

    @property
    def state(self) -> Mapping[str, Any]:
        """What would be shown if nothing were hidden."""
        return self._all.states.get("", {})
