"""Turns exceptions of sockets and of the websockets library into failures."""

from __future__ import annotations

import errno
import re
import socket
import ssl

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.close_codes import CloseCode

_NO_WAY = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
_BROKEN_OFF = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError, InvalidMessage)
"""Errors of a connection that was reset, aborted, or ended during a handshake, or that didn't speak HTTP."""


class WrongKey(ssl.SSLError):
    """The server's key is not the one in the link."""


class ConnectionEnded(Exception):
    """A connection has ended.

    Attributes:
        failure: why.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure


def failure_of_close(closed: ConnectionClosed) -> Failure:
    """Why an open WebSocket closed."""
    frame = closed.rcvd or closed.sent
    if frame is None:
        return Failure(FailureKind.CLOSED, CloseCode.ABNORMAL_CLOSURE)
    return Failure.of_close(frame.code, frame.reason)


def failure_of(error: Exception) -> Failure:
    """Why a WebSocket could not be opened."""
    if isinstance(error, InvalidStatus):
        return Failure(FailureKind.HTTP, error.response.status_code)
    if isinstance(error, (socket.gaierror, UnicodeError)):  # the latter for an invalid name
        return Failure(FailureKind.UNKNOWN_HOST)
    if isinstance(error, WrongKey):
        return Failure(FailureKind.WRONG_KEY)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(FailureKind.UNTRUSTED, detail=error.verify_message)
    number = _number(error) if isinstance(error, OSError) else None
    if number == errno.ECONNREFUSED:
        return Failure(FailureKind.REFUSED)
    if isinstance(error, _BROKEN_OFF):
        return Failure(FailureKind.BROKEN_OFF)
    if isinstance(error, ssl.SSLError):
        return Failure(FailureKind.NO_TLS)
    if isinstance(error, InvalidHandshake):
        return Failure(FailureKind.NO_WEBSOCKET)
    if number in _NO_WAY:
        return Failure(FailureKind.UNREACHABLE)
    return Failure(FailureKind.NETWORK, detail=getattr(error, "strerror", None) or str(error))


def _number(error: OSError) -> int | None:
    """The errno; if asyncio joins several attempts (IPv6, IPv4) in one text, the first one's."""
    if error.errno is None and (found := re.search(r"\[(?:Errno|WinError) (\d+)\]", str(error))):
        return int(found[1])
    return error.errno
