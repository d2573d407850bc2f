"""The host is asked for outlines again only when something changed."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainterPath, QTransform

from optiverse_collab.window.ui.item_shapes import ItemShapes


class Bench:
    """Square items, and how often their outlines were asked for."""

    def __init__(self) -> None:
        self.boxes = {"lens": QRectF(0.0, 0.0, 10.0, 20.0), "mirror": QRectF(100.0, 0.0, 10.0, 20.0)}
        self.asked: list[str] = []
        self.shapes = ItemShapes(self.outline, QTransform())

    def outline(self, id: str) -> QPainterPath | None:
        self.asked.append(id)
        if id not in self.boxes:
            return None
        path = QPainterPath()
        path.addRect(self.boxes[id])
        return path


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_outline_is_asked_for_once(bench: Bench) -> None:
    for _ in range(3):
        line = bench.shapes.line_around("lens")
        assert line is not None
        assert line.boundingRect().contains(bench.boxes["lens"])
        assert bench.shapes.middle("lens") == (5.0, 10.0)
    assert bench.asked == ["lens"]


def test_what_moved_is_asked_for_again_and_nothing_else(bench: Bench) -> None:
    before = bench.shapes.middle("lens"), bench.shapes.middle("mirror")
    area = bench.boxes["lens"]
    bench.boxes["lens"] = area.translated(5.0, 0.0)
    bench.shapes.forget([area.united(bench.boxes["lens"])])
    assert before == ((5.0, 10.0), (105.0, 10.0))
    assert (bench.shapes.middle("lens"), bench.shapes.middle("mirror")) == ((10.0, 10.0), (105.0, 10.0))
    assert bench.asked == ["lens", "mirror", "lens"]


def test_when_the_view_moved_all_lie_elsewhere(bench: Bench) -> None:
    before = bench.shapes.line_around("lens")
    assert not bench.shapes.look(QTransform())
    assert bench.shapes.look(QTransform.fromTranslate(7.0, 0.0))
    after = bench.shapes.line_around("lens")
    assert before is not None
    assert after is not None
    assert after == before.translated(7.0, 0.0)


def test_what_is_not_there_has_no_outline(bench: Bench) -> None:
    assert (bench.shapes.line_around("note"), bench.shapes.middle("note")) == (None, None)
