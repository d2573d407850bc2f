"""What an exception of a socket or of the websockets library says of a connection."""

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
"""Reset, aborted, or ended in the midst of a handshake; or with something that is no HTTP."""


class WrongKey(ssl.SSLError):
    """The server's key is not the one that a link named."""


class ConnectionEnded(Exception):
    """A connection is of no use any more.

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
    if isinstance(error, (socket.gaierror, UnicodeError)):  # the latter for what can't be a name
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
    """The errno; of several attempts (IPv6, IPv4), which asyncio puts in one text, that of the first."""
    if error.errno is None and (found := re.search(r"\[(?:Errno|WinError) (\d+)\]", str(error))):
        return int(found[1])
    return error.errno
