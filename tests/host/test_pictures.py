"""The order of items with equal heights, and the area of a picture."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtWidgets import QApplication, QGraphicsItem, QGraphicsScene

from optiverse_collab.host.pictures import limit, stack


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0,), ()])
def test_the_last_lies_on_top(qapp: QApplication, order: tuple[int, ...]) -> None:
    scene = QGraphicsScene()
    items = [scene.addRect(0.0, 0.0, 10.0, 10.0) for _ in range(3)]
    chosen: list[QGraphicsItem] = [item for n in order if (item := items[n]) is not None]
    stack(chosen)
    assert [item for item in reversed(scene.items(QPointF(5.0, 5.0))) if item in chosen] == chosen


def test_a_higher_one_stays_above(qapp: QApplication) -> None:
    scene = QGraphicsScene()
    low, high = scene.addRect(0.0, 0.0, 10.0, 10.0), scene.addRect(0.0, 0.0, 10.0, 10.0)
    assert low is not None
    assert high is not None
    high.setZValue(1.0)
    stack([high, low])
    assert scene.items(QPointF(5.0, 5.0)) == [high, low]


def test_area_is_what_was_set_whatever_is_in_the_scene(qapp: QApplication) -> None:
    scene = QGraphicsScene()
    scene.addRect(500.0, 0.0, 10.0, 10.0)
    limit(scene, QRectF(0.0, 0.0, 50.0, 20.0))
    assert scene.sceneRect() == QRectF(0.0, 0.0, 50.0, 20.0)
    limit(scene, QRectF())
    assert 0.0 < scene.sceneRect().width() < 10.0
