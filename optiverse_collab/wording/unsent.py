"""Edits that wait on this computer for a server: the sentences for leaving, closing and coming back.

Pure.
"""

from __future__ import annotations

from datetime import datetime

from optiverse_collab.core.text import printable
from optiverse_collab.wording.numbers import counted, moment

TITLE = "Unsent edits"
INTRODUCTION = (
    "These edits did not reach their server. They are kept on this computer, and are sent when you rejoin."
)
SESSION, AUTHOR, EDITS, SINCE, SERVER = "Session", "By", "Edits", "Since", "Server"
REJOIN = "&Rejoin"
SEND = "&Send only"
SAVE = "Save as a &file…"
DISCARD = "&Discard"
SHOW = "Show…"
REJOIN_HINT = "Joins the session in this window; the edits are sent, and leave alone what others changed."
SEND_HINT = "Sends the edits under the name of their author; this window does not join."
DISCARD_HINT = "Discards the edits; a copy of the bench with them is saved first."

TOO_LATE = "The server did not store them in time; rejoin the session when the connection is better."

NO_RIGHT = "Their author may only view the session now; ask an owner for the right to edit."

IN_USE = "Another window has these edits open; close it, or use it."

NAME_CHARS = 24
"""The most of a session's name that a button shows."""


def disconnected(count: int, session: str) -> str:
    """The user left while edits waited."""
    kept = f"{'it is' if count == 1 else 'they are'} kept on this computer"
    again = f"will be sent when you join '{printable(session)}' again"
    return f"{counted(count, 'edit')} did not reach the server; {kept} and {again}."


def rejoin(session: str, count: int) -> str:
    """A button when a window starts: ``Rejoin 'lab' (3 edits waiting)``."""
    name = session if len(session) <= NAME_CHARS else f"{session[: NAME_CHARS - 1]}…"
    return f"Rejoin '{printable(name)}' ({counted(count, 'edit')} waiting)"


def offer(author: str, count: int, since: datetime, now: datetime) -> str:
    """The sentence beside that offer."""
    have = "has" if count == 1 else "have"
    return f"{_by(count, author)} {have} not reached the server since {moment(since, now)}."


def sent(session: str, author: str, count: int) -> str:
    """Somebody's edits were sent without joining."""
    return f"✓ {_by(count, author)} {_were(count)} sent to session '{printable(session)}'."


def not_sent(session: str, author: str, count: int, why: str) -> str:
    """They were not."""
    return (
        f"✗ {_by(count, author)} for session '{printable(session)}' could not be sent, and "
        f"{'stays' if count == 1 else 'stay'} on this computer. {why}"
    )


def discarded(count: int, path: str) -> str:
    """They were discarded, except for the copy."""
    gone = f"{counted(count, 'edit')} {_were(count)} discarded"
    return f"✓ {gone}. A copy of the bench with them was saved: {path}"


def merged(count: int) -> str:
    """Edits of a lost history were added to the list of changes."""
    edits = f"{counted(count, 'edit')} from before the session was started over"
    return f"{edits} {_were(count)} listed for you to decide."


def saved(path: str) -> str:
    """The bench with the edits is a file now."""
    return f"✓ The bench with the edits was saved: {path}"


def _by(count: int, author: str) -> str:
    return f"{counted(count, 'edit')} by {printable(author)}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
