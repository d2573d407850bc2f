"""Text of others on one line of a log or terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""`text` with what can't be printed written as ``\x0a``, ``\u202e`` and the like.

    So no name can forge a line, colour a terminal or turn the reading direction.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in text)
