"""Sentences about edits on the user's own disk (DISK)."""

from __future__ import annotations

from optiverse_collab.core.text import printable
from optiverse_collab.wording.numbers import backup_time, counted

SET_ASIDE = (
    "This computer's copy of the session belongs to a history that the server no longer has. Your edits in "
    "it were set aside; choose Unsent edits… in the Collaboration menu to list them."
)
PROTECTED = "Edits are protected against a crash again."


def behind(time: str, missing: int, path: str) -> str:
    """The server was restored from a backup, or a standby took over; this computer has the missing changes.

    Args:
        time: of the last change that the server has, as on the wire (MSG-7).
        missing: how many changes it lacks.
        path: where the bench with them was saved.
    """
    return (
        f"The server was restored from a backup of {backup_time(time)}, or a standby took over then. It "
        f"lacks the last {counted(missing, 'change')} that this computer had of the session. A copy of the "
        "bench with them was saved. To bring them back, leave the session, open that copy, join again and "
        f"merge it: {path}"
    )


def unprotected(cause: str) -> str:
    """A crash would lose edits; `cause` is a sentence with the reason and what to do."""
    return f"Edits are not protected against a crash. {cause}"


def not_loaded(session: str, cause: str) -> str:
    """A session is joined without its stored replica; `cause` is a sentence with the reason."""
    return f"This computer's copy of session '{printable(session)}' can't be read now. {cause}"


def token_not_kept(cause: str) -> str:
    """This computer can't come back without the invite link; `cause` is a sentence with the reason."""
    return f"Keep the invite link: you will need it to come back. {cause}"


def waiting(count: int, sent: int) -> str:
    """The outcome of unacknowledged edits when a session is left.

    Args:
        count: of all of them.
        sent: how many are on their way.
    """
    edits, they = counted(count, "edit"), "it" if count == 1 else "they"
    if sent == count:
        return (
            f"The server has not confirmed {edits} yet; if need be, {they} will be sent when you join again."
        )
    verb = "waits" if count == 1 else "wait"
    return f"{edits} {verb} for the server; {they} will be sent when you join again."
