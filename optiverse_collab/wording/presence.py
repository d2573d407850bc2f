"""Words for others on the bench: who is in an item, and who has selected it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from optiverse_collab.core.client.activity import Doing
from optiverse_collab.core.client.hand_over import Says
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.text import cut, printable
from optiverse_collab.wording.attendance import some

SCRIPT = "{name} (script)"

NAME_CHARS = 24
"""How many characters of a name are shown on the bench; the list of people has all."""

IN_ITEM = {
    Doing.DRAG: "{name} is moving this",
    Doing.DIALOG: "{name} is editing this",
    Doing.TEXT: "{name} is typing here",
}
"""Texts at the pointer."""

SELECTED = "Selected by {name}"
SELECTED_INSIDE = "Something in it is selected by {name}"


def marked(name: str, script: bool) -> str:
    """A name, and whether it is a script (PRES-18)."""
    return SCRIPT.format(name=name) if script else name


def name_of(participant: Participant) -> str:
    """Somebody's name."""
    return marked(participant.user_id, participant.script)


def short_name(participant: Participant) -> str:
    """A name, shortened for the bench."""
    return marked(shortened(participant.user_id), participant.script)


@lru_cache(256)
def shortened(name: str) -> str:
    """A name, shortened for the bench."""
    return cut(printable(name), NAME_CHARS)


def editing_too(names: Sequence[str]) -> str:
    """The text in a dialog while others use the same item; empty for nobody."""
    if not names:
        return ""
    return f"{some(names)} {'is' if len(names) == 1 else 'are'} editing this, too."


ASK = "Ask to &hand over"
"""A button in a dialog."""

SOON, NO = "In a &moment", "&Not now"
"""The answers: buttons."""


def asked(who: Participant, what: str) -> str:
    """Somebody asks for an item that the user is using."""
    return f"{short_name(who)} asks you to hand over {what}. You can finish first."


def have_asked(names: Sequence[str], what: str) -> str:
    """The user has asked these people."""
    return f"You asked {some(names)} to hand over {what}."


def answered(who: Participant, what: str, says: Says) -> str:
    """Somebody's answer."""
    name = short_name(who)
    return f"{name} keeps {what} for now." if says is Says.NO else f"{name} hands over {what} in a moment."


def is_free(what: str) -> str:
    """Nobody else uses the item any longer for which the user asked."""
    return f"Nobody else is in {what} any more: it is yours."


WAIT = "You have just asked. Ask again in a few seconds."
