"""Why a connection closed, in words (CLOSE-1 and CLOSE-2 in docs/protocol.md).

Codes 1000 to 2999 and their names are RFC 6455 §7.4.1 and its IANA registry; 4000 to 4999 are ours.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple


class CloseCode(IntEnum):
    """The codes that the server closes with itself."""

    GOING_AWAY = 1001
    UNSUPPORTED_DATA = 1003
    INTERNAL_ERROR = 1011
    BAD_MESSAGE = 4400
    TIMEOUT = 4408
    REPLACED = 4409
    VERSION = 4426
    TOO_FAST = 4429
    TOO_SLOW = 4430
    SESSION_FULL = 4503


class CloseReason(Enum):
    """Why the server closes a connection (CLOSE-2).

    Attributes:
        word: the reason in the close frame.
        code: the code that goes with it.
    """

    RESTARTING = "restarting", CloseCode.GOING_AWAY
    BINARY = "binary", CloseCode.UNSUPPORTED_DATA
    INTERNAL_ERROR = "internal_error", CloseCode.INTERNAL_ERROR
    SESSION_FAILED = "session_failed", CloseCode.INTERNAL_ERROR
    BAD_MESSAGES = "bad_messages", CloseCode.BAD_MESSAGE
    SILENT = "silent", CloseCode.TIMEOUT
    REPLACED = "replaced", CloseCode.REPLACED
    VERSION = "version", CloseCode.VERSION
    TOO_FAST = "too_fast", CloseCode.TOO_FAST
    TOO_SLOW = "too_slow", CloseCode.TOO_SLOW
    SESSION_FULL = "session_full", CloseCode.SESSION_FULL

    def __init__(self, word: str, code: CloseCode) -> None:
        self.word = word
        self.code = code


class Closing(NamedTuple):
    """What a close code means.

    Attributes:
        sentence: for the user.
        retry: whether connecting again by itself may help.
    """

    sentence: str
    retry: bool


_MEANINGS = {
    1000: Closing("The connection was closed normally.", False),
    1001: Closing("The server is restarting or going away.", True),
    1002: Closing("One side broke the WebSocket protocol; a proxy in between may be at fault.", True),
    1003: Closing("The server got a kind of message that it doesn't take (binary data).", False),
    1005: Closing("The connection was closed without a reason.", True),
    1006: Closing("The connection broke off: the network or the server went away.", True),
    1007: Closing("A message was not valid UTF-8 text.", False),
    1008: Closing("The server refused the connection by its policy.", False),
    1009: Closing("A message was larger than the server allows.", False),
    1010: Closing("The server lacks a WebSocket extension that was asked for.", False),
    1011: Closing("The server ran into an error of its own; its log says more.", True),
    1012: Closing("The server is restarting.", True),
    1013: Closing("The server is overloaded; it asks to try again later.", True),
    1014: Closing("A gateway in between got no answer from the server.", True),
    1015: Closing("The encrypted connection could not be set up; check the server's certificate.", False),
    4400: Closing("This client sent messages that the server can't read.", False),
    4401: Closing("The server wants a valid token; ask for an invite.", False),
    4403: Closing("You are not allowed to join this session.", False),
    4404: Closing("There is no such session on the server.", False),
    4408: Closing("The server heard nothing for too long and gave up on this connection.", True),
    4409: Closing("This bench was connected again from elsewhere; the newer connection goes on.", False),
    4426: Closing("The server speaks another version of the protocol; update the older side.", False),
    4429: Closing("Too many messages came too fast.", True),
    4430: Closing("The connection was too slow to follow; it will catch up on reconnecting.", True),
    4503: Closing("The session is full; try again when somebody has left.", True),
}


def closing(code: int) -> Closing:
    """What `code` means; codes that nobody defined have a sentence too, and may be retried."""
    known = _MEANINGS.get(code)
    return known or Closing(f"The connection was closed with the unknown code {code}.", True)
