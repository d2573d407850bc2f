"""Limits on connections: in all, from one address, and before their request (LIM-15)."""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import NamedTuple, Protocol


class Guest(Protocol):
    """A connection at the entrance."""

    def cut(self, why: str) -> None:
        """End it at once."""


class Bounds(NamedTuple):
    """The limits.

    Attributes:
        all: in all.
        of_one: from one address; this machine's own are proxies, and don't count.
        unfinished: that have not requested a WebSocket yet.
    """

    all: int = 2000
    of_one: int = 500
    unfinished: int = 200


class Doors:
    """Counts connections.

    Args:
        bounds: the limits.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._places: dict[Guest, str] = {}
        self._of: Counter[str] = Counter()
        self._unfinished: dict[Guest, None] = {}

    @property
    def count(self) -> int:
        """How many connections there are."""
        return len(self._places)

    def opened(self, guest: Guest, address: str) -> None:
        """A new connection; if too many have not finished their request, the slowest is cut."""
        self._places[guest] = address
        self._of[address] += 1
        self._unfinished[guest] = None
        if len(self._unfinished) > self._bounds.unfinished:
            slowest = next(iter(self._unfinished))
            del self._unfinished[slowest]
            slowest.cut("takes too long to request a WebSocket while others wait")

    def asked(self, guest: Guest) -> str:
        """A connection has requested a WebSocket; returns why it is refused, or nothing."""
        self._unfinished.pop(guest, None)
        address = self._places.get(guest, "")
        if len(self._places) > self._bounds.all:
            return f"The server has {self._bounds.all} connections, and that is the limit; try again later."
        if self._of[address] > self._bounds.of_one and not is_own(address):
            return f"{self._bounds.of_one} connections come from {address}, and that is the limit; try later."
        return ""

    def closed(self, guest: Guest) -> None:
        """A connection is gone."""
        self._unfinished.pop(guest, None)
        address = self._places.pop(guest, None)
        if address is not None:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]

    def cut_unfinished(self) -> None:
        """The server stops: cut connections with unfinished requests."""
        for guest in list(self._unfinished):
            guest.cut("has not finished requesting a WebSocket")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host of this name or address."""
    return host == "localhost" or is_own(host)


def is_own(address: str) -> bool:
    """Whether an address is this machine's."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
