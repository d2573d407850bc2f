"""Every way in which an attempt or a connection ends, and whether another attempt may help."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from optiverse_collab.core.protocol.close_codes import ends_session, may_retry


class FailureKind(Enum):
    """What happened."""

    # No WebSocket was opened
    UNKNOWN_HOST = "unknown host"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NETWORK = "network"  # anything else that the system reports
    BROKEN_OFF = "broken off"  # in the midst of a handshake
    WANTS_TLS = "wants TLS"
    NO_TLS = "no TLS"
    UNTRUSTED = "untrusted"
    HTTP = "HTTP"  # an answer that is no WebSocket
    NO_WEBSOCKET = "no WebSocket"
    # Nobody was let in
    LATE = "late"
    WRONG_SERVER = "wrong server"
    # At any time
    HOST_LEFT = "host left"
    CLOSED = "closed"
    SILENT = "silent"
    EPOCH_CHANGED = "epoch changed"
    CLIENT_ERROR = "client error"


FINAL = frozenset(
    (
        FailureKind.WANTS_TLS,
        FailureKind.NO_TLS,
        FailureKind.UNTRUSTED,
        FailureKind.NO_WEBSOCKET,
        FailureKind.WRONG_SERVER,
        FailureKind.EPOCH_CHANGED,
        FailureKind.CLIENT_ERROR,
    )
)
"""Another attempt would end alike, if none has synchronised yet: the address is wrong."""

RETRIED_STATUS = frozenset((408, 425, 429, 500, 502, 503, 504, 511))
"""HTTP answers of a server or gateway that may well do better soon (RFC 9110 §15, RFC 6585 §6)."""


class Failure(NamedTuple):
    """How an attempt or a connection ended.

    Attributes:
        kind: what happened.
        number: what goes with the kind: the close code (`CLOSED`), the HTTP status (`HTTP`), the seconds of
            waiting (`LATE`, `SILENT`), or how many changes were not sent (`EPOCH_CHANGED`).
        detail: the words of the system or a library (`NETWORK`, `UNTRUSTED`, `CLIENT_ERROR`), or who hosted
            the session (`HOST_LEFT`).
    """

    kind: FailureKind
    number: float = 0
    detail: str = ""

    @property
    def may_retry(self) -> bool:
        """Whether another attempt may help, if none has synchronised yet."""
        if self.kind is FailureKind.CLOSED:
            return may_retry(int(self.number))
        if self.kind is FailureKind.HTTP:
            return self.number in RETRIED_STATUS
        return self.kind not in FINAL

    @property
    def ends_session(self) -> bool:
        """Whether it ends a participation that has synchronised before.

        The address was right then. What answers in the server's place since, such as a hotel's login page
        with its certificate, or a gateway, goes again.
        """
        if self.kind is FailureKind.CLOSED:
            return ends_session(int(self.number))
        return self.kind is FailureKind.EPOCH_CHANGED
