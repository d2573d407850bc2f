"""Kinds of differences look different, with any colour vision and without colours."""

from __future__ import annotations

from itertools import combinations

import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QPainterPath
from PyQt6.QtWidgets import QApplication, QGraphicsPathItem, QGraphicsScene, QGraphicsView

from optiverse_collab.window.ui.comparison_marks import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    HeadMark,
    OutlineMark,
    TextMark,
)
from tests.helpers.colour_vision import VISIONS, difference, seen

STYLES = (ADDED, REMOVED, MOVED, CHANGED)


@pytest.mark.parametrize("vision", VISIONS)
def test_colours_lie_apart(vision: str) -> None:
    parts = [(one.colour.redF(), one.colour.greenF(), one.colour.blueF()) for one in STYLES]
    assert min(difference(*pair) for pair in combinations([seen(rgb, vision) for rgb in parts], 2)) > 10


def test_lines_differ_without_colours() -> None:
    assert len({one.dashes_px for one in STYLES}) == len(STYLES)


def test_heads_and_texts_keep_their_size_on_the_screen(qapp: QApplication) -> None:
    scene = QGraphicsScene()
    marks = QGraphicsPathItem()
    scene.addItem(marks)
    head = HeadMark(QPointF(0.0, 0.0), QPointF(0.0, 10.0), MOVED.colour, marks)
    text = TextMark(QPointF(0.0, 0.0), "3.2 mm", marks)
    outline = OutlineMark(QPainterPath(QPointF(0.0, 0.0)), MOVED, marks)
    view = QGraphicsView(scene)
    sizes = []
    for zoom in (1.0, 7.0):
        view.resetTransform()
        view.scale(zoom, -zoom)
        where = [one.deviceTransform(view.viewportTransform()) for one in (head, text)]
        sizes.append(
            [place.mapRect(one.boundingRect()).size() for place, one in zip(where, (head, text), strict=True)]
        )
    assert sizes[0] == sizes[1]
    tip = head.deviceTransform(view.viewportTransform())
    assert tip.map(QPointF(-5.0, 0.0)).y() > tip.map(QPointF(0.0, 0.0)).y()  # it points up
    assert outline.pen().isCosmetic()
