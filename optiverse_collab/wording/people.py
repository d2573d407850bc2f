"""Texts about people in the dock *People* and in the status bar. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.activity import Doing, activity_in
from optiverse_collab.core.records import Record
from optiverse_collab.core.text import printable
from optiverse_collab.wording import dialogs
from optiverse_collab.wording.access import ROLES
from optiverse_collab.wording.edits import title
from optiverse_collab.wording.numbers import counted
from optiverse_collab.wording.standing import milliseconds

TITLE = "People"
LIST = "People in the session"
IDLE, AWAY = "idle", "away"
GO, BACK, MORE = "&Go there", "&Back", "&More"
GO_TIP = "Shows the place of their cursor."
BACK_TIP = "Shows what the bench showed before."
COPY_INVITE = "Copy &invite link"
ACCESS = "People and lin&ks…"
ACCESS_TIP = "Owners change roles here, remove people and let them back in."
REMOVE = "Re&move from the session"
REMOVE_TIP = "They leave at once, and keep the bench in their window. You can let them back in."
NOBODY = "You are not in a session."
UNSEEN = "There is no connection now. People show here when there is one."

_MOST_NAMED = 8


def initials(name: str) -> str:
    """Up to two letters that stand for a name: of its first word and of its last."""
    words = [word for word in printable(name).split() if word[0].isalnum()] or printable(name).split()
    letters = [word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)]
    return "".join(letters).upper()[:2] or "?"


def doing(state: Mapping[str, Any], view: Mapping[str, Record]) -> str:
    """Somebody's activity, from their presence; empty if there is none.

    Args:
        state: key → value of their presence, untrusted.
        view: id → record of the session.
    """
    grip, selection = state.get("grip"), state.get("selection")
    selected = [id for id in selection if isinstance(id, str)] if isinstance(selection, list) else []
    activity = activity_in(state)
    moving = [id for id, does in activity.items() if does is Doing.DRAG]
    if isinstance(grip, dict) and isinstance(id := grip.get("id"), str):
        moving = [id, *moving, *selected]
    if moving:
        return f"moving {_items(moving, view)}"
    for does, words in ((Doing.TEXT, "typing in {}"), (Doing.DIALOG, "editing {} in a dialog")):
        if ids := [id for id, one in activity.items() if one is does]:
            return words.format(_items(ids, view))
    return f"has selected {_items(selected, view)}" if selected else ""


def line(name: str, is_me: bool, role: Role | None, windows: int) -> str:
    """The first line of somebody's entry: ``Ana (you), owner, 2 windows``.

    Args:
        role: None if all have the same.
        windows: how many they have in the session.
    """
    parts = [dialogs.YOU.format(name=printable(name)) if is_me else printable(name)]
    if role is not None:
        parts.append(ROLES[role].lower())
    if windows > 1:
        parts.append(counted(windows, "window"))
    return ", ".join(parts)


def slow(latency_ms: int) -> str:
    """Somebody's connection is slow."""
    return f"slow connection ({milliseconds(latency_ms)})"


def no_cursor(name: str) -> str:
    """Somebody has no cursor to go to."""
    return f"{printable(name)} does not point at the bench at the moment."


def names(found: Sequence[str], most: int = _MOST_NAMED) -> str:
    """The people in the session, as a text: ``Ana, Ben and 3 more``."""
    more = len(found) - most
    said = ", ".join(map(printable, found[:most]))
    return said if more <= 0 else f"{said} and {more} more"


def _items(ids: Sequence[str], view: Mapping[str, Record]) -> str:
    first, count = ids[0], len(set(ids))
    return title(first, view.get(first)) if count == 1 else counted(count, "item")
