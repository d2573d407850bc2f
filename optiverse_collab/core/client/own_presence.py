"""This participant's presence, without the hidden parts (PRES-15)."""

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
"""Identity, edited items, and what users show to others on purpose."""


class Privacy(NamedTuple):
    """A user's privacy settings.

    Attributes:
        hides_cursor: hides where they point.
        hides_activity: hides all but their being there, the items they edit, and what they show on purpose.
    """

    hides_cursor: bool = False
    hides_activity: bool = False

    def shows(self, key: str) -> bool:
        """Whether others may see a key of the presence."""
        if self.hides_activity and key not in NOT_ACTIVITY:
            return False
        return not (self.hides_cursor and key in OF_CURSOR)


class OwnPresence:
    """Keeps the shown presence, and the complete one."""

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
        """Whether others may see a key."""
        return self._privacy.shows(key)

    def show(self, state: Mapping[str, Any]) -> None:
        """Merge what the user does: key → value, None to remove a key.

        Raises:
            ChangeRefused: a key or value that can't be sent, or too much of it; nothing is merged.
        """
        self._all.update("", state)
        self._all.take()
        self._shown.update("", {key: value for key, value in state.items() if self._privacy.shows(key)})

    def hide(self, privacy: Privacy) -> None:
        """Remove what is hidden from now on, and show the present values of what no longer is."""
        before, self._privacy = self._privacy, privacy
        news = {key: value for key, value in self.state.items() if before.shows(key) != privacy.shows(key)}
        self._shown.update("", {key: value if privacy.shows(key) else None for key, value in news.items()})

    def repeat(self) -> None:
        """A new connection has seen none of it."""
        self.show(dict(self.state))

    def take(self) -> dict[str, Any]:
        """Changes of the shown presence since the last call, None for removed keys."""
        return self._shown.take().get("", {})

    def wait_ms(self, now_ms: float, is_congested: bool) -> float:
        """How long until the changes may be sent."""
        return (self._slow_throttle if is_congested else self._throttle).wait_ms(now_ms)

    def sent(self, now_ms: float) -> None:
        """Record that the changes are sent now."""
        self._throttle.fire(now_ms)
        self._slow_throttle.fire(now_ms)

    @property
    def state(self) -> Mapping[str, Any]:
        """The complete presence, as if nothing were hidden."""
        return self._all.states.get("", {})
