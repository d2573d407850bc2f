"""Who joined a session, and who left it, in a notice. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.text import cut, printable
from optiverse_collab.wording.values import joined

NAMED = 3
"""How many people are named; the others are counted."""

NAME_CHARS = 32
"""How many characters of a name are shown in a notice."""


def sentences(came: Sequence[str], went: Sequence[str]) -> str:
    """Who came and who went, by their names: ``Ben, Zoë and 2 others joined. Ana left.``"""
    both = ((came, "joined"), (went, "left"))
    return " ".join(
        f"{some([cut(name, NAME_CHARS) for name in names])} {verb}." for names, verb in both if names
    )


def some(names: Sequence[str]) -> str:
    """The first of some people by name, and how many more they are: ``Ben, Zoë, Ana and 2 others``."""
    shown = [printable(name) for name in names[:NAMED]]
    more = len(names) - len(shown)
    return joined([*shown, *([f"{more} other{'s' * (more > 1)}"] if more else [])])
