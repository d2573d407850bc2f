"""Text of others: on one line of a log or terminal, and where markup would be taken for markup."""

from __future__ import annotations

import html


def printable(text: str) -> str:
    r"""`text` with what can't be printed written as ``\x0a``, ``\u202e`` and the like.

    So no name can forge a line, colour a terminal or turn the reading direction.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)


def unmarked(text: str) -> str:
    """`text` for a tooltip of Qt's, shown unchanged. Otherwise Qt loads images that a name asks for."""
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>") if "<" in text else text


def cut(text: str, most: int) -> str:
    """`text`, or where it has more than `most` characters its beginning and an ellipsis, as many together."""
    return text if len(text) <= most else text[: most - 1] + "…"
