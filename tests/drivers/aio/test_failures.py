"""How each exception of a socket or of the library becomes a failure."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidMessage, InvalidStatus, InvalidUpgrade
from websockets.frames import Close
from websockets.http11 import Response

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.drivers.aio.failures import ConnectionEnded, WrongKey, failure_of, failure_of_close

Kind = FailureKind

UNTRUSTED = ssl.SSLCertVerificationError(1, "x")
UNTRUSTED.verify_message = "self-signed certificate"


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), Failure(Kind.UNKNOWN_HOST)),
        (UnicodeError("label too long"), Failure(Kind.UNKNOWN_HOST)),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), Failure(Kind.REFUSED)),
        (OSError(f"Multiple exceptions: [Errno {errno.ECONNREFUSED}] a, [Errno 1] b"), Failure(Kind.REFUSED)),
        (OSError(errno.EHOSTUNREACH, "No route to host"), Failure(Kind.UNREACHABLE)),
        (OSError(errno.ENETUNREACH, "x"), Failure(Kind.UNREACHABLE)),
        (OSError(errno.EMFILE, "Too many open files"), Failure(Kind.NETWORK, detail="Too many open files")),
        (OSError("odd"), Failure(Kind.NETWORK, detail="odd")),
        (RuntimeError("odd"), Failure(Kind.NETWORK, detail="odd")),
        (ConnectionResetError(), Failure(Kind.BROKEN_OFF)),
        (ssl.SSLEOFError(8, "x"), Failure(Kind.BROKEN_OFF)),
        (InvalidMessage("no HTTP"), Failure(Kind.BROKEN_OFF)),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), Failure(Kind.NO_TLS)),
        (WrongKey(), Failure(Kind.WRONG_KEY)),
        (UNTRUSTED, Failure(Kind.UNTRUSTED, detail="self-signed certificate")),
        (InvalidStatus(Response(404, "Not Found", Headers(), b"No.")), Failure(Kind.HTTP, 404)),
        (InvalidUpgrade("Connection", "close"), Failure(Kind.NO_WEBSOCKET)),
    ],
)
def test_attempt_that_failed(error: Exception, failure: Failure) -> None:
    assert failure_of(error) == failure


@pytest.mark.parametrize(
    ("received", "sent", "code"),
    [
        (Close(4409, ""), None, 4409),
        (None, Close(1009, ""), 1009),
        (None, None, 1006),
        (Close(1005, ""), None, 1005),
    ],
)
def test_connection_that_closed(received: Close | None, sent: Close | None, code: int) -> None:
    """CLOSE-2: with the other side's code, or with ours if the other side broke the protocol."""
    closed = ConnectionClosedError(received, sent, None)
    assert failure_of_close(closed) == Failure(Kind.CLOSED, code)


def test_what_ended_a_connection_is_in_its_exception() -> None:
    failure = Failure(Kind.CLOSED, 4409)
    assert ConnectionEnded(failure).failure is failure
