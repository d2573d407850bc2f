"""Marks of how two benches differ, on the pictures of the demo bench."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QApplication, QGraphicsItem

from optiverse_collab.core.records import Record
from optiverse_collab.window.ui import comparison as module
from optiverse_collab.window.ui.comparison import Comparison
from optiverse_collab.window.ui.comparison_marks import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    HeadMark,
    OutlineMark,
    Style,
    TextMark,
)
from optiverse_collab_demo.picture import DemoPicture
from optiverse_collab_demo.theme import LIGHT

Bench = Mapping[str, Record]


def item(id: str, x_mm: float = 0.0, y_mm: float = 0.0, **props: Any) -> Record:
    return Record(id, "component", {"pos": [x_mm, y_mm], "angle_deg": 0.0, "object_height_mm": 40.0, **props})


def bench(*records: Record) -> dict[str, Record]:
    return {record.id: record for record in records}


class Pictures:
    """Two pictures and their comparison."""

    def __init__(self) -> None:
        self.then, self.now = DemoPicture(LIGHT), DemoPicture(LIGHT)
        self.comparison = Comparison(self.then, self.now)

    def compare(self, before: Bench, after: Bench) -> None:
        self.then.show(before)
        self.now.show(after)
        self.comparison.mark(before, after)

    def marks(self, kind: type[QGraphicsItem]) -> list[Any]:
        return [mark for mark in self.now.scene.items() if isinstance(mark, kind)]

    @property
    def texts(self) -> list[str]:
        return sorted(mark.text for mark in self.marks(TextMark))

    def outline(self, style: Style) -> QRectF:
        """The only outline of a style."""
        [mark] = [mark for mark in self.marks(OutlineMark) if mark.style == style]
        area: QRectF = mark.path().boundingRect()
        return area


@pytest.fixture
def pictures(qapp: QApplication) -> Iterator[Pictures]:
    made = Pictures()
    yield made
    for one in (made.then, made.now):
        one.scene.deleteLater()


def test_equal_benches_have_no_marks(pictures: Pictures) -> None:
    pictures.compare(bench(item("m")), bench(item("m")))
    assert pictures.marks(OutlineMark) + pictures.marks(TextMark) + pictures.marks(HeadMark) == []
    assert pictures.comparison.area.isNull()


def test_moved_item_has_a_ghost_and_an_arrow(pictures: Pictures) -> None:
    pictures.compare(bench(item("m", -200.0)), bench(item("m", 3.0, 4.0, angle_deg=5.0)))
    ghost = pictures.outline(MOVED)
    assert ghost.center() == QPointF(-200.0, 0.0)
    line = pictures.outline(MOVED._replace(dashes_px=()))
    assert (line.left(), line.right(), line.top(), line.bottom()) == (-200.0, 3.0, 0.0, 4.0)
    [head] = pictures.marks(HeadMark)
    assert head.pos() == QPointF(3.0, 4.0)
    assert -2.0 < head.rotation() < 0.0  # a little up on the screen, since y points up
    assert pictures.texts == ["203.0 mm, 5.0°"]
    assert pictures.comparison.area.contains(ghost)
    assert not pictures.now.scene.sceneRect().contains(ghost)


def test_text_hangs_below_the_item(pictures: Pictures) -> None:
    pictures.compare({}, bench(item("m", 7.0, 50.0)))
    shape = pictures.now.outline("m")
    assert shape is not None
    [text] = pictures.marks(TextMark)
    assert text.pos() == QPointF(shape.boundingRect().center().x(), shape.boundingRect().top())


def test_turned_item_has_a_ghost_and_no_arrow(pictures: Pictures) -> None:
    pictures.compare(bench(item("m")), bench(item("m", angle_deg=30.0)))
    assert pictures.outline(MOVED).center() == QPointF(0.0, 0.0)
    assert pictures.marks(HeadMark) == []
    assert pictures.texts == ["30.0°"]


def test_added_and_removed_items_have_outlines(pictures: Pictures) -> None:
    pictures.compare(bench(item("old", 10.0)), bench(item("new", 90.0)))
    assert pictures.outline(REMOVED).center() == QPointF(10.0, 0.0)
    assert pictures.outline(ADDED).center() == QPointF(90.0, 0.0)
    assert pictures.texts == ["added", "removed"]


def test_other_changes_have_an_outline(pictures: Pictures) -> None:
    pictures.compare(bench(item("m", notes="a")), bench(item("m", notes="b")))
    assert pictures.outline(CHANGED).center() == QPointF(0.0, 0.0)
    assert pictures.texts == []


def test_another_place_in_the_layers_has_no_mark(pictures: Pictures) -> None:
    pictures.compare(bench(item("m", order=1.0)), bench(item("m", order=2.0, parent="g")))
    assert pictures.marks(OutlineMark) == []


def test_what_is_not_shown_has_no_mark(pictures: Pictures) -> None:
    """Groups, items without a place, and the rest of a file."""
    before = bench(
        Record("g", "group", {"name": "A"}),
        item("here", pos="here"),
        Record("f", "assembly", {}),
        Record("gone", "group", {}),
    )
    after = bench(
        Record("g", "group", {"name": "B"}),
        item("here"),
        Record("f", "assembly", {"version": "2.0"}),
        Record("new", "group", {}),
    )
    pictures.compare(before, after)
    assert [mark.style for mark in pictures.marks(OutlineMark)] == []
    assert pictures.texts == []


def test_ruler_with_another_end_has_a_ghost(pictures: Pictures) -> None:
    old, new = (Record("r", "ruler", {"points": [[0.0, 0.0], [x, 0.0]]}) for x in (50.0, 80.0))
    pictures.compare(bench(old), bench(new))
    assert pictures.outline(MOVED).width() < 80.0
    assert pictures.marks(HeadMark) == []


def test_marks_follow_the_pictures_and_can_be_cleared(pictures: Pictures) -> None:
    for x in (10.0, 20.0):
        pictures.compare(bench(item("m")), bench(item("m", x)))
        assert pictures.texts == [f"{x:.1f} mm"]
        assert len(pictures.marks(OutlineMark)) == 2
    pictures.comparison.clear()
    pictures.comparison.clear()
    assert pictures.marks(OutlineMark) + pictures.marks(TextMark) == []
    assert pictures.comparison.area.isNull()


def test_many_differences_have_no_texts(pictures: Pictures) -> None:
    most = module.MOST_TEXTS
    items = [item(f"m{n}", 50.0 * n) for n in range(most + 1)]
    pictures.compare({}, bench(*items[:most]))
    assert len(pictures.texts) == most
    pictures.compare({}, bench(*items))
    assert pictures.texts == []
    assert len(pictures.marks(OutlineMark)) == most + 1


@pytest.mark.parametrize("canvas", ["#ffffff", "#1e1e1e"])
def test_marks_are_painted(pictures: Pictures, canvas: str) -> None:
    """In their colours, on a light and a dark canvas, however far away the view is."""
    before = bench(item("m", -50.0), item("old", 0.0, 60.0), item("other", 0.0, -60.0))
    after = bench(item("m", 50.0), item("new", 60.0, 60.0), item("other", 0.0, -60.0, notes="b"))
    pictures.compare(before, after)
    for size_px in (300, 900):
        image = QImage(size_px, size_px, QImage.Format.Format_RGB32)
        image.fill(QColor(canvas))
        painter = QPainter(image)
        painter.translate(0.0, size_px)
        painter.scale(1.0, -1.0)
        area = QRectF(-150.0, -150.0, 300.0, 300.0)
        pictures.now.scene.render(painter, QRectF(image.rect()), area, Qt.AspectRatioMode.IgnoreAspectRatio)
        painter.end()
        found = {image.pixelColor(x, y).name() for x in range(size_px) for y in range(size_px)}
        assert {style.colour.name() for style in (ADDED, REMOVED, MOVED, CHANGED)} <= found
