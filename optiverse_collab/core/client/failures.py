"""The ways in which an attempt or a connection ends, and whether another attempt may help."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from optiverse_collab.core.protocol.close_codes import CloseCode, CloseReason, ends_session, may_retry


class FailureKind(Enum):
    """What happened."""

    # No WebSocket was opened
    UNKNOWN_HOST = "unknown host"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NETWORK = "network"  # any other error of the system
    BROKEN_OFF = "broken off"  # during a handshake
    WANTS_TLS = "wants TLS"
    NO_TLS = "no TLS"
    UNTRUSTED = "untrusted"
    WRONG_KEY = "wrong key"
    HTTP = "HTTP"  # an answer other than a WebSocket
    NO_WEBSOCKET = "no WebSocket"
    # Not admitted
    LATE = "late"
    NOT_LET_IN = "not let in"  # by an owner, who has to
    WRONG_SERVER = "wrong server"
    # At any time
    HOST_LEFT = "host left"
    CLOSED = "closed"
    SILENT = "silent"
    EPOCH_CHANGED = "epoch changed"
    RESTORED = "restored"
    CLIENT_ERROR = "client error"


FINAL = frozenset(
    (
        FailureKind.WANTS_TLS,
        FailureKind.NO_TLS,
        FailureKind.UNTRUSTED,
        FailureKind.WRONG_KEY,
        FailureKind.NO_WEBSOCKET,
        FailureKind.WRONG_SERVER,
        FailureKind.EPOCH_CHANGED,
        FailureKind.RESTORED,
        FailureKind.CLIENT_ERROR,
    )
)
"""Another attempt would end the same way, if none has synchronised yet: the address is wrong."""

RETRIED_STATUS = frozenset((408, 425, 429, 500, 502, 503, 504, 511))
"""HTTP answers of a server or gateway that may recover soon (RFC 9110 §15, RFC 6585 §6)."""


_OF_TOKENS = (CloseCode.UNAUTHORIZED, CloseCode.FORBIDDEN)


class Failure(NamedTuple):
    """How an attempt or a connection ended.

    Attributes:
        kind: what happened.
        number: depends on the kind: the close code (`CLOSED`), the HTTP status (`HTTP`), the seconds of
        waiting (`LATE`, `SILENT`), how many changes were not sent (`EPOCH_CHANGED`), or how many the backup
        lacks (`RESTORED`). detail: the text of the system or a library (`NETWORK`, `UNTRUSTED`,
        `CLIENT_ERROR`), who hosted the session (`HOST_LEFT`), the time of the backup (`RESTORED`), or the
        word that belongs to the close code (`CLOSED`), or the address of the server that serves now (4421).
    """

    kind: FailureKind
    number: float = 0
    detail: str = ""

    @classmethod
    def of_close(cls, code: int, word: str) -> Failure:
        """How a connection was closed; if a code means several things, its word says which."""
        if code == CloseCode.NOT_SERVING:
            return cls(FailureKind.CLOSED, code, word.partition(" ")[2])
        has_several = code in _OF_TOKENS or (code == CloseCode.GOING_AWAY and word == CloseReason.MOVED.word)
        return cls(FailureKind.CLOSED, code, word if has_several else "")

    @property
    def elsewhere(self) -> str:
        """Where the session is now, if the server has said so (STAND-11)."""
        is_of_pair = self.kind is FailureKind.CLOSED and self.number == CloseCode.NOT_SERVING
        return self.detail if is_of_pair else ""

    @property
    def needs_token(self) -> bool:
        """Whether the server refused the token (RIGHT-4)."""
        return self.kind is FailureKind.CLOSED and self.number in _OF_TOKENS

    @property
    def may_retry(self) -> bool:
        """Whether another attempt may help, if none has synchronised yet."""
        if self.kind is FailureKind.CLOSED:
            return may_retry(int(self.number))
        if self.kind is FailureKind.HTTP:
            return self.number in RETRIED_STATUS
        return self.kind not in FINAL

    @property
    def is_history_gone(self) -> bool:
        """Whether the server no longer has the history that the replica follows (CLK-3, CLK-8)."""
        return self.kind in (FailureKind.EPOCH_CHANGED, FailureKind.RESTORED)

    @property
    def ends_session(self) -> bool:
        """Whether it ends the participation, even after a synchronisation.

        The address was right then. Anything else that answers since, such as a hotel's login page
        with its certificate, or a gateway, is temporary.
        """
        if self.kind is FailureKind.CLOSED:
            return ends_session(int(self.number))
        return self.is_history_gone
