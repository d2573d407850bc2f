"""Texts for people who follow somebody's view, and for those who are followed. Pure."""

from __future__ import annotations

from optiverse_collab.core.text import printable

FOLLOW, STOP = "&Follow", "&Stop"
UNFOLLOW = "Un&follow"
FOLLOW_TIP = "Keeps your view on theirs until you move it, edit, or press Escape."
STOP_TIP = "Escape does the same."
DECLINE, ALLOW = "&Decline following", "&Allow following"
DECLINE_TIP = "They can no longer follow your view; this setting is remembered."
DONT = "Decline"
CIRCLE = "You stopped following, since you would follow each other in a circle."
FOLLOWS_YOU = "follows you"


def following(name: str) -> str:
    """In the frame."""
    return f"You follow {printable(name)}"


def in_circle(name: str) -> str:
    """Why somebody can't be followed."""
    return f"You can't follow {printable(name)}, who follows your view; ask them to stop first."


def declined(name: str) -> str:
    """Why following ended."""
    return f"{printable(name)} does not want you to follow them."


def left(name: str) -> str:
    """Why following ended."""
    return f"You stopped following {printable(name)}, who left."


def follows_you(name: str) -> str:
    """Somebody begins to follow the user."""
    return f"{printable(name)} follows your view."
