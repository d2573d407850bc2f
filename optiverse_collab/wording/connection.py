"""What users read about their connection: how it ended, in a sentence, and the lines of the log.

Pure. The arrows, ticks and first lines are those that Optiverse's users know from its own collaboration log.
"""

from __future__ import annotations

import logging

from optiverse_collab.core.text import printable
from optiverse_collab.wording.log_lines import Line, changes

_CLOSED = {
    1000: "The connection was closed normally.",
    1001: "The server is restarting or going away.",
    1002: "One side broke the WebSocket protocol; a proxy in between may be at fault.",
    1003: "The server got a kind of message that it doesn't take (binary data).",
    1005: "The connection was closed without a reason.",
    1006: "The connection broke off: the network or the server went away.",
    1007: "A message was not valid UTF-8 text.",
    1008: "The server refused the connection by its policy.",
    1009: "A message was larger than the server allows.",
    1010: "The server lacks a WebSocket extension that was asked for.",
    1011: "The server ran into an error of its own; its log says more.",
    1012: "The server is restarting.",
    1013: "The server is overloaded; it asks to try again later.",
    1014: "A gateway in between got no answer from the server.",
    1015: "The encrypted connection could not be set up; check the server's certificate.",
    4400: "This client sent messages that the server can't read.",
    4401: "The server wants a valid token; ask for an invite.",
    4403: "You are not allowed to join this session.",
    4404: "There is no such session on the server.",
    4408: "The server heard nothing for too long and gave up on this connection.",
    4409: "This bench was connected again from elsewhere; the newer connection goes on.",
    4426: "The server speaks another version of the protocol; update the older side.",
    4429: "Too many messages came too fast.",
    4430: "The connection was too slow to follow; it will catch up on reconnecting.",
    4503: "The session is full; try again when somebody has left.",
}
"""Close code → what it means to a user (CLOSE-2)."""


def closed(code: int) -> str:
    """The sentence for a close code; codes that nobody defined have one too."""
    return _CLOSED.get(code) or f"The connection was closed with the unknown code {code}."


# Lines of the log


def connecting(url: str) -> Line:
    """An attempt begins."""
    return Line(logging.INFO, f"→ Connecting to: {url}")


def left(session: str) -> Line:
    """The user left the session."""
    return Line(logging.INFO, f"✓ Disconnected from session '{printable(session)}' - Normal closure")


def broken(session: str, sentence: str) -> Line:
    """A connection that was open is gone."""
    return Line(
        logging.WARNING, f"✗ Disconnected from session '{printable(session)}' - {printable(sentence)}"
    )


def failed(sentence: str) -> Line:
    """An attempt failed."""
    return Line(logging.ERROR, f"✗ {printable(sentence)}")


def ended() -> Line:
    """No other attempt comes by itself."""
    return Line(logging.ERROR, "✗ The session has ended here and your bench stays as it is; connect anew.")


def retrying(seconds: float) -> Line:
    """The next attempt comes by itself."""
    return Line(logging.INFO, f"Trying again in {seconds:.1f} s")


def epoch_changed(unsent: int) -> str:
    """The sentence for a session whose history is another one now (CLK-3)."""
    kept = f", and {changes(unsent)} of yours did not reach it" if unsent else ""
    return (
        "The session on the server has another history than the one that was followed here, so nothing "
        f"was merged{kept}; save your bench if you need it, and connect anew to see what the server has."
    )
