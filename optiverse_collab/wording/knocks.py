"""Sentences about people who wait until an owner lets them in (ACC-12 to ACC-14). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import AccessKnock
from optiverse_collab.core.text import cut, printable
from optiverse_collab.wording.attendance import some
from optiverse_collab.wording.presence import marked, shortened

LIST = "People who wait to be let in"
HEADING = "Waiting to come in"
LET_IN, NOT_NOW, SHOW = "&Let in", "&Not now", "&Show"
LET_IN_TIP = "They come in at once, and need not ask again until you remove them."
NOT_NOW_TIP = "They are sent away. For 10 minutes, you see their further attempts only here."
ALIKE = "Somebody else here has a similar name."
AGAIN = "An owner has just sent them away."

LABEL_CHARS, NAME_CHARS = 32, 48
"""How much of a link's label is shown, and of a name in the list."""

_AS = {
    Role.FOLLOWER: "a standby server",
    Role.VIEWER: "a viewer",
    Role.COMMENTER: "a commenter",
    Role.EDITOR: "an editor",
    Role.OWNER: "an owner",
}


def waiting(session: str) -> str:
    """The user waits."""
    return f"Waiting for an owner of '{printable(session)}' to let you in…"


def name(knock: AccessKnock) -> str:
    """Somebody's name, shortened for display."""
    return marked(shortened(knock.user_id), knock.script)


def wants(knock: AccessKnock, alike: bool = False) -> str:
    """Somebody waits: ``Ana wants to come in as an editor, with the link 'students'.``

    Args:
        alike: somebody else has a similar name.
    """
    sentence = f"{name(knock)} wants to come in {_how(knock)}."
    return f"{sentence} {ALIKE}" if alike else sentence


def several(knocks: Sequence[AccessKnock]) -> str:
    """Several wait: ``5 people want to come in: Ana, Ben, Zoë and 2 others.``"""
    sentence = f"{len(knocks)} people want to come in: {some([name(one) for one in knocks])}"
    return sentence if sentence.endswith("…") else f"{sentence}."


def lines(knock: AccessKnock, alike: bool) -> list[str]:
    """The dock's lines about somebody who waits."""
    said = [marked(cut(printable(knock.user_id), NAME_CHARS), knock.script), _how(knock)]
    return [*said, *([ALIKE] if alike else []), *([AGAIN] if knock.again else [])]


def answered(knock: AccessKnock, admitted: bool) -> str:
    """The user has answered."""
    return f"You let in {name(knock)}." if admitted else f"You sent {name(knock)} away."


def failed(who: str, reason: str) -> str:
    """The server did not do it; `reason` is its sentence."""
    return f"{who} was not answered. {reason}"


def _how(knock: AccessKnock) -> str:
    label = cut(printable(knock.label), LABEL_CHARS)
    link = f", with the link '{label}'" if label else ""
    return f"as {_AS.get(knock.role, knock.role.value)}{link}"
