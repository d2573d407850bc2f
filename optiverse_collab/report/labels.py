"""Finds room for labels, so that none covers another one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

CHAR, LINE = 6.4, 14.0
"""The width of most letters and the height of a line, in px, at the font size of `svg`."""

GAP = 4.0


class Box(NamedTuple):
    """A rectangle in a picture."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two have a point in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def is_in(self, other: Box) -> bool:
        """Whether all of it is in another one."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


class Room:
    """The room in a picture.

    Args:
        width, height: of the picture.
        symbols: where labels must not be.
        others: where they had better not be.
    """

    def __init__(
        self, width: float, height: float, symbols: Iterable[Box] = (), others: Iterable[Box] = ()
    ) -> None:
        self._picture = Box(0.0, 0.0, width, height)
        self._taken = [*symbols]
        self._others = [*others]

    def place(self, text: str, beside: Box, insists: bool = False) -> Box | None:
        """Find room for a label beside a symbol, and take it; None if there is none.

        Args:
            insists: on a label that covers others rather than none.
        """
        for avoided in (self._taken + self._others, self._taken)[: 1 + insists]:
            for box in _candidates(text, beside):
                if box.is_in(self._picture) and not any(box.meets(one) for one in avoided):
                    self._taken.append(box)
                    return box
        return None


def _candidates(text: str, beside: Box) -> Iterator[Box]:
    """The places for a label, the best one first."""
    wide = width_of(text)
    x, y = (beside.left + beside.right - wide) / 2, (beside.top + beside.bottom - LINE) / 2
    right = beside.right + GAP
    for left, top in (
        (right, y),
        (beside.left - GAP - wide, y),
        (x, beside.top - GAP - LINE),
        (x, beside.bottom + GAP),
        (right, beside.top - LINE),
        (right, beside.bottom),
    ):
        yield Box(left, top, left + wide, top + LINE)


def width_of(text: str) -> float:
    """About how wide a text is, in px."""
    return CHAR * sum(2.0 if unicodedata.east_asian_width(c) in "WF" else 1.0 for c in text)
