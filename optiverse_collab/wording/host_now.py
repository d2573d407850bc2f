"""Sentences about hosting a session whose host is gone, without a copy of its server. Pure."""

from __future__ import annotations

from optiverse_collab.wording.numbers import counted

TITLE = "Host now"
HOST, CANCEL = "&Host now", "&Cancel"
HOST_AGAIN = "&Host again"
ENDED = "If this computer's server has ended, Host again starts it, with all that it has saved."
WITHOUT = (
    "If the host's computer is gone, one of you can choose Host now, and send the others the invite link. "
    "Agree who does it."
)
BACK = "The host is back, so this computer does not host the session."
HOSTING = (
    "You host the session now. Send the others the invite link (Copy invite link). What they have and you "
    "lack comes over when they join with it."
)


def question(session: str) -> str:
    """The question, for somebody whose computer has no copy of the server."""
    return f"Host session '{session}' on this computer?"


def consequences(host: str) -> str:
    """What will happen, before the user decides.

    Args:
        host: the name of the former host.
    """
    return (
        "It goes on from the bench in your window. The earlier history, and the list of who may come in, "
        f"stay on {host}'s computer. The others don't follow on their own: you get an invite link to send "
        "them. What they have and you lack comes over when they join.\n\n"
        f"If only the network between you and {host} is broken, wait: others still work there."
    )


def not_started(reason: str) -> str:
    """It can't be hosted; `reason` is what the command or the system says."""
    return f"This computer can't host the session: {reason.rstrip('.')}. Try again, or see the log."


def brought(edits: int) -> str:
    """How many unsent edits go along, for the log."""
    return f"This computer hosts the session from your bench, with {counted(edits, 'unsent edit')}."
