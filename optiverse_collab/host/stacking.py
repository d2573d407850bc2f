"""The order of items in a scene, for adapters' pictures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PyQt6.QtWidgets import QGraphicsItem


def stack(items: Sequence[QGraphicsItem]) -> None:
    """Put items of one scene in this order where their heights are equal: the last one on top.

    Qt puts the last one added on top. In a picture, that would depend on what was shown before.
    """
    for below, above in reversed(list(pairwise(items))):
        below.stackBefore(above)
