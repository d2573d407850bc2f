"""The WebSockets that lead to a session: its server's, and those of a standby (STAND-7, STAND-9)."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

from optiverse_collab.core.protocol.address import Address, parse_address, websocket_url
from optiverse_collab.errors import AddressError


class Way(NamedTuple):
    """A WebSocket that leads to a session.

    Attributes:
        url: its address.
        pin: the hash of the server's key; None if the system's authorities decide.
    """

    url: str
    pin: str | None = None

    @property
    def server(self) -> Address:
        """The server, with its key."""
        scheme, place, *_ = urlsplit(self.url)
        return Address(f"{scheme}://{place}", None, pin=self.pin)

    def to(self, standby: Address) -> Way:
        """The way to the same session on another server."""
        return Way(standby.server + self.url.removeprefix(self.server.server), standby.pin)


class Ways(list[Way]):
    """The ways to a session: the server's, and the standby's if one is known."""

    @property
    def address(self) -> str:
        """The servers in one address, as `Address.remembered`."""
        also = self[1].server.remembered if len(self) > 1 else None
        return self[0].server._replace(also=also).remembered

    def learn(self, place: int, standby: str) -> None:
        """The server at the end of one of these ways has told where its standby is.

        A standby whose connections are not as protected as those of its server is ignored: it would get the
        same token.

        Args:
            place: of the way to that server.
            standby: the standby's address, as `Address.remembered`.
        """
        there, used = _read(standby), self[place]
        way = None if there is None else used.to(there)
        if there is not None and way is not None and way not in self and not there.may_be(used.server):
            is_encrypted = there.server.startswith("wss:")
            if is_encrypted is used.url.startswith("wss:") and (there.pin or not used.pin):
                self[:] = [used, way] if place == 0 else [way, used]


def _read(standby: str) -> Address | None:
    """A server's address with nothing but its key; None if it is none."""
    try:
        there = parse_address(standby)
    except AddressError:
        return None
    return there if there == Address(there.server, None, pin=there.pin) else None


def ways_to(server: str, session: str, user: str, is_script: bool = False) -> Ways:
    """The WebSockets of a session: the server's, and the standby's if the address names one (STAND-7).

    Args:
        server: the address, or a link.
        is_script: a client without a person in front of it (PRES-18).

    Raises:
        AddressError: one of them can't be used.
    """
    first = parse_address(server)
    places = [first] if first.also is None else [first, parse_address(first.also)]
    return Ways(Way(websocket_url(one.server, session, user, is_script), one.pin) for one in places)
