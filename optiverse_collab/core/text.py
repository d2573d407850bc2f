"""Others' text: on one line of a log or terminal, and where Qt would interpret markup."""

from __future__ import annotations

import html


def printable(text: str) -> str:
    r"""`text` with unprintable characters escaped as ``\x0a``, ``\u202e`` and the like.

    So no name can forge a line, colour a terminal or reverse the reading direction.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)


def unmarked(text: str) -> str:
    """`text` escaped for a Qt tooltip, which otherwise loads images that a name refers to."""
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>") if "<" in text else text


def cut(text: str, most: int) -> str:
    """`text`, cut to `most` characters including an ellipsis if it is longer."""
    return text if len(text) <= most else text[: most - 1] + "…"
