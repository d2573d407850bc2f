"""Texts of the invite dialog."""

from __future__ import annotations

from optiverse_collab.core.text import printable

TITLE = "Invite others"
LINK = "&Link"
AT = "&Reached at"
SHOW = "&Show"
HIDE = "&Hide"
MAKING = "Making an invite…"
HIDDEN = "…"
NO_CODE = "The link is too long for a QR code."


def whoever_has_it(session: str) -> str:
    """The consequences of sharing the link.

    Args:
        session: its name.
    """
    return (
        f"Anyone with this link can join the session '{printable(session)}' and change its bench. "
        "Send it only to the people you want to invite."
    )


def without_invite(why: str) -> str:
    """The sentence if there is no invite.

    Args:
        why: the server's sentence.
    """
    return f"{why} The link leads to the session, without an invite."


def label(user: str) -> str:
    """The name of an invite in lists.

    Args:
        user: who made it.
    """
    return f"Link of {user}"


def network(interface: str, address: str) -> str:
    """A way into this computer, in a list of them."""
    return f"{address} ({printable(interface)})"
