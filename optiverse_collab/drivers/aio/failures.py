"""Why a connection failed or ended, in words, and whether trying again may help."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

from optiverse_collab.core.protocol.close_codes import may_retry
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.core.text import printable
from optiverse_collab.wording import connection

_NO_WAY = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
_LATER = (408, 425, 429, 500, 502, 503, 504)
"""HTTP answers of a server or gateway that may well do better soon."""


class Failure(NamedTuple):
    """The end of an attempt or of a connection.

    Attributes:
        sentence: for the user: what happened and what to do.
        retry: whether trying again by itself may help.
    """

    sentence: str
    retry: bool


class Over(Exception):
    """A connection that is of no use any more.

    Attributes:
        failure: why.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.sentence)
        self.failure = failure


def explain_close(closed: ConnectionClosed) -> Failure:
    """Put in words why an open WebSocket closed."""
    frame = closed.rcvd or closed.sent
    code = frame.code if frame is not None else 1006
    return Failure(connection.closed(code), may_retry(code))


def explain(error: Exception, url: str) -> Failure:
    """Put in words why the WebSocket at `url` could not be opened."""
    parts = urlsplit(url)
    host, place = parts.hostname or "", parts.netloc
    if isinstance(error, InvalidStatus):
        return _http(error, place)
    if isinstance(error, (socket.gaierror, UnicodeError)):  # the latter for what can't be a name
        return Failure(f"There is no host called {host}; check its spelling and the network or VPN.", True)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(
            f"The certificate of {place} is not trusted here ({error.verify_message}); ask who runs it.",
            False,
        )
    if isinstance(error, ssl.SSLError):
        return Failure(f"{place} does not speak TLS; write ws:// instead of wss:// if that is meant.", False)
    if isinstance(error, OSError):
        return _network(error, parts)
    if isinstance(error, InvalidMessage) and isinstance(error.__cause__, EOFError):
        return _broke_off(parts)
    if isinstance(error, InvalidHandshake):
        return Failure(f"What answers at {place} is no WebSocket server; check the address and port.", False)
    return Failure(f"{place} can't be reached: {printable(str(error))}.", False)


def no_answer(place: str, seconds: float) -> Failure:
    """The WebSocket was not open, or not acknowledged, in time."""
    return Failure(
        f"{place} did not answer within {seconds:g} s; check the address, the network and the firewall.", True
    )


def wrong_server(place: str) -> Failure:
    """A WebSocket server that does not speak our protocol, as the one that comes with Optiverse."""
    return Failure(
        f"The server at {place} does not speak {SUBPROTOCOL}; start optiverse-collab-server in its place.",
        False,
    )


def _http(error: InvalidStatus, place: str) -> Failure:
    status = error.response.status_code
    said = (error.response.body or b"")[:200].decode("utf-8", "replace").strip()
    told = f" ({printable(said)})" if said and "<" not in said else ""
    return Failure(
        f"{place} answered with HTTP {status} and not as a collaboration server{told}; check the address.",
        status in _LATER,
    )


def _network(error: OSError, parts: SplitResult) -> Failure:
    place, number = parts.netloc, _number(error)
    if number == errno.ECONNREFUSED:
        port = "" if parts.port else "; the port is missing, usually :8765"
        return Failure(
            f"Nothing answers at {place}{port}; start optiverse-collab-server, or check the address.", True
        )
    if isinstance(error, ConnectionError):  # reset, aborted, broken pipe
        return _broke_off(parts)
    if number in _NO_WAY:
        return Failure(f"There is no way to {parts.hostname} from here; check the network or VPN.", True)
    why = error.strerror or printable(str(error))
    return Failure(f"{place} can't be reached: {why}; check the network.", True)


def _broke_off(parts: SplitResult) -> Failure:
    other, this = ("ws", "wss") if parts.scheme == "wss" else ("wss", "ws")
    return Failure(
        f"{parts.netloc} broke off the handshake; it may be restarting, or want {other}:// instead of {this}://.",
        True,
    )


def _number(error: OSError) -> int | None:
    """The errno; of several attempts (IPv6, IPv4), which asyncio puts in one text, that of the first."""
    if error.errno is None and (found := re.search(r"\[(?:Errno|WinError) (\d+)\]", str(error))):
        return int(found[1])
    return error.errno
