"""Where a session is: server, session and user ↔ the WebSocket's URL and the link that invites others.

The path is that of MSG-4 in docs/protocol.md, the form of a URL that of RFC 3986. Both ends use it: the
connect dialog as the user types, clients to connect, the server to read the path of a request. So a name
that one end takes, the other takes too, and reads the same.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit

from optiverse_collab.core.limits import Limits
from optiverse_collab.errors import AddressError

DEFAULT_SERVER = "ws://localhost:8765"
DEFAULT_SESSION = "default"

_INSTEAD = {"http": "ws", "https": "wss"}


class Invite(NamedTuple):
    """What a link ``ws://host:port/ws/session`` says.

    Attributes:
        server: ``ws://host:port``.
        session: the session's name.
    """

    server: str
    session: str


class Place(NamedTuple):
    """What the path of a WebSocket says: ``/ws/{session_id}/{user_id}``."""

    session_id: str
    user_id: str


def check_server(text: str) -> str:
    """The address of a server, without a slash at its end.

    Raises:
        AddressError: it is not one; with a sentence for the user.
    """
    text = text.strip()
    if not text:
        raise AddressError(f"The server's address is empty; write for example {DEFAULT_SERVER}.")
    parts = _split(text)
    if "/ws/" in f"{parts.path}/":
        raise AddressError("The server's address goes too far; leave out /ws and what follows it.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def check_name(name: str, what: str) -> str:
    """The name of a session or user (`what`), unchanged (MSG-4).

    Raises:
        AddressError: it can't be one; with a sentence for the user.
    """
    most = Limits().id_chars
    if not name.strip():
        raise AddressError(f"The name of the {what} is empty; give it at least one character.")
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


def websocket_url(server: str, session: str, user: str) -> str:
    """Where to open the WebSocket: ``ws://host:port/ws/{session}/{user}``, percent-encoded.

    Raises:
        AddressError: one of them can't be used.
    """
    session, user = check_name(session, "session"), check_name(user, "user")
    return f"{check_server(server)}/ws/{quote(session, safe='')}/{quote(user, safe='')}"


def parse_path(path: str) -> Place:
    """Read the path of a request to the server; a query string is ignored.

    Raises:
        AddressError: it is not the path of a session.
    """
    parts = path.split("?", 1)[0].split("/")
    if len(parts) != 4 or parts[0] or parts[1] != "ws":
        raise AddressError(
            "This is an Optiverse Collaboration Server; connect a WebSocket to /ws/SESSION/USER."
        )
    return Place(_unquoted(parts[2], "session"), _unquoted(parts[3], "user"))


def invite_link(server: str, session: str) -> str:
    """A link that others can paste: ``ws://host:port/ws/{session}``.

    Raises:
        AddressError: one of them can't be used.
    """
    return f"{check_server(server)}/ws/{quote(check_name(session, 'session'), safe='')}"


def parse_invite(text: str) -> Invite:
    """Read an invite link; a user's name behind the session is taken for the sender's and left out.

    Raises:
        AddressError: it is not one; with a sentence for the user.
    """
    parts = _split(text.strip())
    before, marker, after = parts.path.partition("/ws/")
    names = after.rstrip("/").split("/")
    if not marker or len(names) > 2 or not names[0]:
        raise AddressError("This is not an invite link; it looks like ws://host:8765/ws/session.")
    server = check_server(f"{parts.scheme}://{parts.netloc}{before}")
    return Invite(server, _unquoted(names[0], "session"))


def _unquoted(part: str, what: str) -> str:
    """The name that a part of a path stands for.

    Raises:
        AddressError: it can't be one.
    """
    try:
        return check_name(unquote(part, errors="strict"), what)
    except UnicodeDecodeError:
        raise AddressError(
            f"The name of the {what} is not UTF-8; percent-encode it as such, or ask for the link again."
        ) from None


def _split(text: str) -> SplitResult:
    """Take a ``ws://`` or ``wss://`` URL apart.

    Raises:
        AddressError: it is not one.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise AddressError(
            f"{text!r} is not an address; write for example {DEFAULT_SERVER}, with a port up to 65535."
        ) from None
    if parts.scheme in _INSTEAD:
        better = _INSTEAD[parts.scheme] + text[len(parts.scheme) :]
        raise AddressError(f"The server speaks WebSocket, not HTTP; write {better}.")
    if parts.scheme not in ("ws", "wss") or "://" not in text:
        raise AddressError(f"The server's address begins with ws:// or wss://, as in {DEFAULT_SERVER}.")
    if not parts.hostname or port == 0 or any(c.isspace() or c in "%\\" for c in parts.netloc):
        raise AddressError(f"{text!r} names no host; write for example {DEFAULT_SERVER}.")
    if parts.username is not None or parts.query or parts.fragment:
        raise AddressError(
            "The server's address holds more than a place; leave out what stands before @ or behind ? and #."
        )
    return parts
