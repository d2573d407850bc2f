"""The address of a session: server, session and user ↔ the WebSocket's URL and the invite link.

The path is that of MSG-4 in docs/protocol.md, the form of a URL that of RFC 3986. Both ends use it: the
connect dialog as the user types, clients to connect, the server to read the path of a request. So both
ends accept the same names, and read them alike.

Window, scripts and commands read a typed server address leniently and by one rule: see `parse_address`.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.lookalikes import is_seen
from optiverse_collab.core.protocol.invite import TOKEN_CHARS, Fragment, format_fragment, split_link
from optiverse_collab.errors import AddressError

DEFAULT_PORT = 8765
DEFAULT_SERVER = f"ws://localhost:{DEFAULT_PORT}"
DEFAULT_SESSION = "default"

_SCHEMES = {"ws": "ws", "http": "ws", "wss": "wss", "https": "wss"}
"""Typed scheme → scheme of the WebSocket."""

_SECRET = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_CHARS},}}")


class Address(NamedTuple):
    """The address of a server, as a user typed or pasted it.

    Attributes:
        server: ``ws://host:port``.
        session: the session's name, if it was an invite link.
        token: the secret of the invite, if any. It is never shown, logged, or stored with the rest.
        pin: the hash of the server's key (`optiverse_collab.core.protocol.invite`), if the link names one.
        clock: the change after which to look at the bench, if the link is to a moment.
        item: the id of the item to look at, if it names one.
        also: where the server's standby is, as `remembered`; None if it has none (STAND-7).
    """

    server: str
    session: str | None
    token: str | None = None
    pin: str | None = None
    clock: int | None = None
    item: str | None = None
    also: str | None = None

    @property
    def link(self) -> str:
        """All of it, as a link with the token, so only for connecting now."""
        place = self.server if self.session is None else f"{self.server}/ws/{quote(self.session, safe='')}"
        return place + format_fragment(Fragment(self.token, self.pin, self.clock, self.item, self.also))

    @property
    def remembered(self) -> str:
        """The part that may be stored: server, pin and standby; never the token."""
        return self.server + format_fragment(Fragment(None, self.pin, also=self.also))

    def may_be(self, other: Address) -> bool:
        """Whether it may be the same server: the same key or, if one has no pin, the same place."""
        if self.pin is not None and other.pin is not None:
            return self.pin == other.pin
        return self.server == other.server

    def has_another_key(self, other: Address) -> bool:
        """Whether the place is the same but the key differs, so that it is another server now."""
        return self.server == other.server and not self.may_be(other)


SCRIPT = "script"
"""The query string of a client without a person in front of it."""


class Place(NamedTuple):
    """The parts of a WebSocket's path: ``/ws/{session_id}/{user_id}``.

    Attributes:
        is_script: the query string says ``?script``: a client without a person (PRES-18).
    """

    session_id: str
    user_id: str
    is_script: bool = False


def parse_address(text: str) -> Address:
    """Read the address of a server, or an invite link; a user name in a link is the sender's, and ignored.

    Surrounding spaces and a slash at the end don't count. Without a scheme it is ``ws://``; ``http://`` is
    ``ws://`` and ``https://`` is ``wss://``. ``ws://host`` without port and path has port 8765; with a path,
    or encrypted, the standard port of the scheme, since such an address names a gateway.

    Raises:
        AddressError: it is neither; with a sentence for the user.
    """
    text, fragment = split_link(text)
    parts = _split(text)
    if fragment.pin is not None and parts.scheme == "ws":
        raise AddressError("The link names a key, which only wss:// servers have; ask for the link again.")
    before, _, after = f"{parts.path}/".partition("/ws/")
    names = after.rstrip("/").split("/")
    if len(names) > 2 or (after.strip("/") and not names[0]):
        raise AddressError(
            f"{_quoted(text)} is not an invite link; one looks like {DEFAULT_SERVER}/ws/session."
        )
    if any(c.isspace() for c in before):
        raise AddressError(f"The path in {_quoted(text)} holds a space; write %20 for it.")
    before, netloc = before.rstrip("/"), parts.netloc.rstrip(":")
    if parts.port is None and parts.scheme == "ws" and not before:
        netloc = f"{netloc}:{DEFAULT_PORT}"
    session = _unquoted(names[0], "session") if names[0] else None
    if fragment.also is not None:
        fragment = fragment._replace(also=_standby(fragment.also, parts.scheme))
    return Address(f"{parts.scheme}://{netloc}{before}", session, *fragment)


def named_session(address: Address, name: str | None) -> str:
    """The session that an address and a name (None: not given) mean together.

    Raises:
        AddressError: they name two different ones.
    """
    if name is None:
        return address.session or DEFAULT_SESSION
    if address.session not in (None, name):
        raise AddressError(
            f"The link is for session {address.session!r}, but you asked for {name!r}; give only one of them,"
            " or write the other name into the link."
        )
    return name


def check_name(name: str, what: str) -> str:
    """The name of a session or user (`what`), unchanged (MSG-4).

    Raises:
        AddressError: it is not valid; with a sentence for the user.
    """
    most = Limits().id_chars
    if not name.strip():
        raise AddressError(f"The name of the {what} is empty; give it at least one character.")
    if not is_seen(name):
        raise AddressError(f"The name of the {what} shows nothing; give it at least one letter.")
    if len(name) > most:
        raise AddressError(f"The name of the {what} has {len(name)} characters; the limit is {most}.")
    if name in (".", ".."):
        raise AddressError(f"The {what} can't be called {name!r}, since that leads elsewhere in a URL.")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise AddressError(
            f"The name of the {what} holds half of a character (a lone surrogate); type it again."
        ) from None
    return name


def websocket_url(server: str, session: str, user: str, is_script: bool = False) -> str:
    """Where to open the WebSocket: ``ws://host:port/ws/{session}/{user}``, percent-encoded.

    Args:
        is_script: a client without a person in front of it (PRES-18).

    Raises:
        AddressError: one of them can't be used.
    """
    address, user = parse_address(server), check_name(user, "user")
    session = check_name(named_session(address, session), "session")
    query = f"?{SCRIPT}" if is_script else ""
    return f"{address.server}/ws/{quote(session, safe='')}/{quote(user, safe='')}{query}"


def parse_path(path: str) -> Place:
    """Read the path of a request to the server; of a query string, only `SCRIPT` counts.

    Raises:
        AddressError: it is not the path of a session.
    """
    path, _, query = path.partition("?")
    parts = path.split("/")
    if len(parts) != 4 or parts[0] or parts[1] != "ws":
        raise AddressError(
            "This is an Optiverse Collaboration Server; connect a WebSocket to /ws/SESSION/USER."
        )
    return Place(_unquoted(parts[2], "session"), _unquoted(parts[3], "user"), SCRIPT in query.split("&"))


def invite_link(server: str, session: str, token: str | None = None, pin: str | None = None) -> str:
    """A link that others can paste: ``wss://host:port/ws/{session}#t={token}&pin={pin}``.

    Args:
        server: its address.
        session: the session's name.
        token: of the invite, if there is one.
        pin: the hash of the server's key; the address's if it is not given.

    Raises:
        AddressError: one of them can't be used.
    """
    address = parse_address(server)
    return Address(
        address.server, check_name(session, "session"), token, pin or address.pin, also=address.also
    ).link


def moment_link(server: str, session: str, clock: int, item: str | None = None) -> str:
    """A link to the bench after a change: ``wss://host:port/ws/{session}#clock={clock}&item={item}``.

    It may be mailed and printed: the secrets of the given address are not in it.

    Args:
        server: its address, or a link.
        session: the session's name.
        clock: the number of the change.
        item: the id of the item to look at; None for all of them.

    Raises:
        AddressError: one of them can't be used.
    """
    place = parse_address(server).server
    return Address(place, check_name(session, "session"), clock=clock, item=item).link


def _standby(text: str, scheme: str) -> str:
    """The standby's address in a link, as `Address.remembered`.

    Raises:
        AddressError: it is not one, or not encrypted like the server's.
    """
    found = parse_address(text)
    if found != Address(found.server, None, None, found.pin) or not found.server.startswith(f"{scheme}:"):
        raise AddressError("The second address in the link is damaged; copy the whole link again.")
    return found.remembered


def _quoted(text: str) -> str:
    """The typed text, for an error message, without the possible secret of a damaged link."""
    return repr(_SECRET.sub("…", text))


def _unquoted(part: str, what: str) -> str:
    """Decode the name in a part of a path.

    Raises:
        AddressError: it is not valid.
    """
    try:
        return check_name(unquote(part, errors="strict"), what)
    except UnicodeDecodeError:
        raise AddressError(
            f"The name of the {what} is not UTF-8; percent-encode it as such, or ask for the link again."
        ) from None


def _split(text: str) -> SplitResult:
    """Take a URL apart; its scheme is ``ws`` or ``wss`` afterwards.

    Raises:
        AddressError: it is not one.
    """
    if not text:
        raise AddressError(f"The server's address is empty; write for example {DEFAULT_SERVER}.")
    typed = re.match(r"(?:([a-z][a-z0-9+.-]*):/{1,2}|/{0,2})(.*)", text, re.IGNORECASE | re.DOTALL)
    assert typed is not None
    scheme, rest = _SCHEMES.get((typed[1] or "ws").lower()), typed[2]
    if scheme is None:
        raise AddressError(f"The server's address begins with ws:// or wss://, as in {DEFAULT_SERVER}.")
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        port = parts.port
    except ValueError:
        raise AddressError(
            f"{_quoted(text)} is not an address; write for example {DEFAULT_SERVER}, with a port up to 65535."
        ) from None
    if not parts.hostname or port == 0 or any(c.isspace() or c in "%\\" for c in parts.netloc):
        raise AddressError(f"{_quoted(text)} names no host; write for example {DEFAULT_SERVER}.")
    if parts.username is not None or parts.query:
        raise AddressError(
            "The server's address holds more than host and port; remove everything before @ and after ?."
        )
    return parts
