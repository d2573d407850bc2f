"""Markdown that GitHub and pandoc read alike, whatever people call their things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from optiverse_collab.core.text import printable

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~$^@&!:]|(?<=-)-|-(?=-)|(?<=\.)\.|\.(?=\.)|(?<=www)\.")
"""What is markup, a link, or an invitation to better typography, somewhere in a line."""

_IN_LINK = re.compile(r"[\\()<>\[\]|`]")


def plain(text: str) -> str:
    """Text in a line, shown as it reads: no part of it is markup, a link, or another direction."""
    return _SPECIAL.sub(r"\\\g<0>", printable(text))


def link(text: str, target: str) -> str:
    """A link; `text` is plain, and `target` without spaces."""
    return f"[{plain(text)}]({_IN_LINK.sub(_escaped, target)})"


def image(text: str, target: str) -> str:
    """A picture in a paragraph of its own; `text` is for those who can't see it."""
    return f"!{link(text, target)}"


def table(columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> str:
    """A table.

    Args:
        columns: the heading of each, and how wide it is beside the others, where that can be chosen.
        rows: their cells, as Markdown.
    """
    heads, widths = zip(*columns, strict=True)
    lines = [_line(heads), _line("-" * width for width in widths)]
    return "\n".join([*lines, *map(_line, rows)])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
