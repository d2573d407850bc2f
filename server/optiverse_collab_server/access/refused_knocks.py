"""People whom owners have sent away: for a while, their next knocks show no notice (ACC-14)."""

from __future__ import annotations

from typing import NamedTuple

from optiverse_collab.core.lookalikes import skeleton
from optiverse_collab_server.access.tries import network_of
from optiverse_collab_server.doors import is_own

LASTS_S = 600.0
"""How long that lasts."""

OF_NETWORK = 3
"""From this many on, it applies to every name from that address."""

MOST = 1000
"""How many of the last refusals are remembered."""


class _Somebody(NamedTuple):
    """A person who knocks, as far as a server can distinguish people without a grant."""

    session: str
    network: str
    name: str


class RefusedKnocks:
    """Remembers the last refusals. Times are in seconds."""

    def __init__(self) -> None:
        self._until: dict[_Somebody, float] = {}

    def note(self, session: str, address: str, name: str, now_s: float) -> None:
        """An owner has turned somebody away."""
        who = _Somebody(session, network_of(address), skeleton(name))
        self._until.pop(who, None)
        self._until[who] = now_s + LASTS_S  # the last
        if len(self._until) > MOST:
            del self._until[next(iter(self._until))]

    def is_again(self, session: str, address: str, name: str, now_s: float) -> bool:
        """Whether an owner has recently sent them away, or several people from their address."""
        network = network_of(address)
        names = {
            one.name
            for one, until in self._until.items()
            if (one.session, one.network) == (session, network) and until > now_s
        }
        # A proxy on this machine gives everybody its own address.
        return skeleton(name) in names or (len(names) >= OF_NETWORK and not is_own(address))
