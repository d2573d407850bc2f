"""Texts about the connection: how it ended, in a sentence, and the lines of the log.

Pure. The arrows, ticks and first lines are those that Optiverse's users know from its own collaboration log.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from urllib.parse import urlsplit

from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    ConnectionLost,
    ConnectorEffect,
    Ended,
    OpenConnection,
    RetryAfter,
)
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.close_codes import CloseCode
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.core.text import printable
from optiverse_collab.wording.log_lines import Line, changes
from optiverse_collab.wording.numbers import backup_time

LEFT = "The session was left; connect again to continue."

_FAILED = {
    FailureKind.UNKNOWN_HOST: "There is no host called {host}; check its spelling and the network or VPN.",
    FailureKind.REFUSED: (
        "Nothing answers at {place}{port}; start optiverse-collab-server, or check the address."
    ),
    FailureKind.UNREACHABLE: "This computer has no network route to {host}; check the network or VPN.",
    FailureKind.NETWORK: "{place} can't be reached: {detail}; check the network.",
    FailureKind.BROKEN_OFF: "{place} broke off the handshake; it may be restarting, or {instead}.",
    FailureKind.WANTS_TLS: "{place} requires an encrypted connection; write wss:// instead of ws://.",
    FailureKind.NO_TLS: (
        "{place} does not speak TLS; write ws:// instead of wss:// to connect without encryption."
    ),
    FailureKind.UNTRUSTED: (
        "The certificate of {place} is not trusted here ({detail}); ask whoever runs it for a link with "
        "its key."
    ),
    FailureKind.WRONG_KEY: (
        "The server at {place} has a different key from the one in your link, so nothing was sent to it; "
        "ask whoever runs it for a new link."
    ),
    FailureKind.HTTP: (
        "{place} is not a collaboration server (it answered HTTP {number:g}); check the address."
    ),
    FailureKind.NO_WEBSOCKET: "{place} is not a WebSocket server; check the address and port.",
    FailureKind.LATE: (
        "{place} did not answer within {number:g} s; check the address, the network and the firewall."
    ),
    FailureKind.NOT_LET_IN: (
        "No owner of the session let you in within {number:g} s; ask one to open it, and connect again."
    ),
    FailureKind.WRONG_SERVER: (
        f"The server at {{place}} does not speak {SUBPROTOCOL}; start optiverse-collab-server in its place."
    ),
    FailureKind.HOST_LEFT: (
        "{detail}'s editor, which hosts this session, was closed; your edits are kept until it opens again."
    ),
    FailureKind.CLOSED: "{closed}",
    FailureKind.SILENT: "The server sent nothing for {number:g} s; check the network or the server.",
    FailureKind.EPOCH_CHANGED: (
        "The session on the server has a different history from the one followed here, so nothing was "
        "merged{unsent}; save your bench if you need it, and connect again to see what the server has."
    ),
    FailureKind.RESTORED: (
        "The server was restored from a backup of {time}, or a standby took over then. It lacks the last "
        "{lacking} of this session, so nothing was merged. Your bench still has them: save it, and connect "
        "again to bring them back."
    ),
    FailureKind.CLIENT_ERROR: "The client had an internal error: {detail}; please report it.",
}
"""Kind of failure → its sentence."""

_CLOSED = {
    1000: "The connection was closed normally.",
    1001: "The server is restarting or going away.",
    1002: "One side broke the WebSocket protocol; a proxy in between may be at fault.",
    1003: "The server does not accept binary messages.",
    1005: "The connection was closed without a reason.",
    1006: "The connection broke off: the network or the server went away.",
    1007: "A message was not valid UTF-8 text.",
    1008: "The server refused the connection by its policy.",
    1009: "A message was larger than the server allows.",
    1010: "The server lacks a WebSocket extension that the client requires.",
    1011: "The server had an internal error; its log has details.",
    1012: "The server is restarting.",
    1013: "The server is overloaded; it asks to try again later.",
    1014: "A gateway in between got no answer from the server.",
    1015: "The encrypted connection could not be set up; check the server's certificate.",
    4400: "This client sent messages that the server can't read.",
    4401: "The server requires a valid token; ask for an invite.",
    4403: "You are not allowed to join this session.",
    4404: "There is no such session on the server.",
    4408: "The server received nothing for too long and closed this connection.",
    4409: "A newer connection of yours has replaced this one.",
    4421: "Another server serves this session now; connect to that one, or promote this one.",
    4426: "The server speaks another version of the protocol; update the older side.",
    4429: "Too many messages came too fast.",
    4430: "The connection was too slow to follow; it will catch up on reconnecting.",
    4503: "The session or its server is full; try again when somebody has left.",
}
"""Close code → its sentence for users (CLOSE-2)."""

_WORDS = {
    "moved": "Another server has this session now.",
    "no_token": "The server admits only people with an invite; paste an invite link.",
    "unknown_token": "The server does not know this invite, or it is used up; ask for a new link.",
    "expired": "Your access to this session has ended; ask an owner for a new link.",
    "cannot_wait": "An owner has to let you in, which this version can't wait for; update it.",
    "not_admitted": "An owner did not let you in for now; talk to them before you connect again.",
    "unanswered": "No owner has answered for 10 minutes; ask one to open the session, and connect again.",
    "removed": "An owner has removed you from this session; ask them for a new link.",
}
"""The word of a close code → its sentence, for codes with several meanings."""


def closed(code: int) -> str:
    """The sentence for a close code, even an undefined one."""
    return _CLOSED.get(code) or f"The connection was closed with the unknown code {code}."


def sentence(failure: Failure, url: str) -> str:
    """What happened and what to do, on one line."""
    parts, number = urlsplit(url), failure.number
    return _FAILED[failure.kind].format(
        host=parts.hostname or "",
        place=parts.netloc,
        port="" if parts.port is not None else "; the port is missing, usually :8765",
        instead="want ws:// instead of wss://" if parts.scheme == "wss" else "be another server",
        detail=printable(failure.detail).rstrip(".") or "no reason was given",
        number=number,
        closed=_elsewhere(failure) or _WORDS.get(failure.detail) or closed(int(number)),
        time=backup_time(failure.detail),
        lacking=changes(int(number)),
        unsent=f", and {changes(int(number))} of yours did not reach it" if number else "",
    )


def _elsewhere(failure: Failure) -> str:
    """Which server has the session now, if the former one has said so (STAND-11)."""
    server = printable(failure.elsewhere.partition("#")[0])
    if not server:
        return ""
    return f"{server} has taken over from this server; if it can't be reached, ask for a link to it."


def ending(ended: Ended, url: str) -> str:
    """Why there is no session any more."""
    return LEFT if ended.failure is None else sentence(ended.failure, url)


# Lines of the log


def lines(effect: ConnectorEffect, session: str, url: str) -> list[Line]:
    """The lines for an effect of `Connector`; none if there is no news."""
    if isinstance(effect, OpenConnection):
        place = url.partition("?")[0]  # behind that is who connects, a script for example (PRES-18)
        return [Line(logging.INFO, f"→ Connecting to: {place}")]
    if isinstance(effect, RetryAfter):
        return [Line(logging.INFO, f"Trying again in {effect.seconds:.1f} s")]
    if isinstance(effect, AttemptFailed):
        return [Line(logging.INFO, f"✗ {sentence(effect.failure, url)}")]
    name = printable(session)
    if isinstance(effect, ConnectionLost):
        why = sentence(effect.failure, url)
        return [Line(logging.WARNING, f"✗ Disconnected from session '{name}' - {why}")]
    if isinstance(effect, Ended) and effect.failure is None:
        return [Line(logging.INFO, f"✓ Disconnected from session '{name}' - Normal closure")]
    if isinstance(effect, Ended) and effect.failure is not None:
        if effect.failure.is_history_gone:
            return []  # the window may join with another replica
        return [_ENDED if effect.was_in else Line(logging.ERROR, f"✗ {sentence(effect.failure, url)}")]
    return []


def noticed(failure: Failure, stack: Iterable[str]) -> Line:
    """Where the end of a connection was noticed, for debugging.

    Args:
        stack: as `traceback.format_stack` gives it.
    """
    codes = {FailureKind.CLOSED: int(failure.number), FailureKind.SILENT: int(CloseCode.ABNORMAL_CLOSURE)}
    code = codes.get(failure.kind, 0)
    return Line(logging.DEBUG, f"Close code {code}; noticed at:\n{''.join(stack)}")


_ENDED = Line(
    logging.ERROR, "✗ You are no longer in the session. Your bench is unchanged; connect again to rejoin."
)
