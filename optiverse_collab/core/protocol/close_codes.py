"""Why a connection closed, as a number, and whether connecting again may help (CLOSE-1, CLOSE-2).

The sentence for each code is in `optiverse_collab.wording.connection`; the server needs none.
"""

from __future__ import annotations

from enum import Enum, IntEnum


class CloseCode(IntEnum):
    """All codes: those of RFC 6455 §7.4.1 and its IANA registry, and ours from 4000 on."""

    NORMAL_CLOSURE = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS_RCVD = 1005
    ABNORMAL_CLOSURE = 1006
    INVALID_DATA = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    MANDATORY_EXTENSION = 1010
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_GATEWAY = 1014
    TLS_HANDSHAKE = 1015
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    NOT_FOUND = 4404
    TIMEOUT = 4408
    REPLACED = 4409
    NOT_SERVING = 4421
    VERSION = 4426
    TOO_FAST = 4429
    TOO_SLOW = 4430
    SESSION_FULL = 4503


class CloseReason(Enum):
    """Why the server closes a connection (CLOSE-2).

    Attributes:
        word: the reason in the close frame.
        code: its code.
    """

    RESTARTING = "restarting", CloseCode.GOING_AWAY
    MOVED = "moved", CloseCode.GOING_AWAY
    BINARY = "binary", CloseCode.UNSUPPORTED_DATA
    INTERNAL_ERROR = "internal_error", CloseCode.INTERNAL_ERROR
    SESSION_FAILED = "session_failed", CloseCode.INTERNAL_ERROR
    BAD_MESSAGES = "bad_messages", CloseCode.BAD_MESSAGE
    SILENT = "silent", CloseCode.TIMEOUT
    NO_TOKEN = "no_token", CloseCode.UNAUTHORIZED
    UNKNOWN_TOKEN = "unknown_token", CloseCode.UNAUTHORIZED
    EXPIRED = "expired", CloseCode.UNAUTHORIZED
    REMOVED = "removed", CloseCode.FORBIDDEN
    CANNOT_WAIT = "cannot_wait", CloseCode.FORBIDDEN
    NOT_ADMITTED = "not_admitted", CloseCode.FORBIDDEN
    UNANSWERED = "unanswered", CloseCode.FORBIDDEN
    REPLACED = "replaced", CloseCode.REPLACED
    STANDBY = "standby", CloseCode.NOT_SERVING
    DEPOSED = "deposed", CloseCode.NOT_SERVING
    VERSION = "version", CloseCode.VERSION
    TOO_SLOW = "too_slow", CloseCode.TOO_SLOW
    SESSION_FULL = "session_full", CloseCode.SESSION_FULL
    SERVER_FULL = "server_full", CloseCode.SESSION_FULL

    def __init__(self, word: str, code: CloseCode) -> None:
        self.word = word
        self.code = code


_FINAL = frozenset(
    (
        CloseCode.NORMAL_CLOSURE,
        CloseCode.UNSUPPORTED_DATA,
        CloseCode.INVALID_DATA,
        CloseCode.POLICY_VIOLATION,
        CloseCode.MESSAGE_TOO_BIG,
        CloseCode.MANDATORY_EXTENSION,
        CloseCode.TLS_HANDSHAKE,
        CloseCode.BAD_MESSAGE,
        CloseCode.UNAUTHORIZED,
        CloseCode.FORBIDDEN,
        CloseCode.NOT_FOUND,
        CloseCode.REPLACED,
        CloseCode.VERSION,
    )
)


_ENDS_SESSION = frozenset(
    (
        CloseCode.BAD_MESSAGE,
        CloseCode.UNAUTHORIZED,
        CloseCode.FORBIDDEN,
        CloseCode.REPLACED,
        CloseCode.VERSION,
    )
)


def ends_session(code: int) -> bool:
    """Whether a close with `code` ends a participation even after a synchronisation."""
    return code in _ENDS_SESSION


def may_retry(code: int) -> bool:
    """Whether another attempt may help if none has synchronised yet; after an undefined code it may."""
    return code not in _FINAL
