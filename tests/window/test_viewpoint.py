"""The canvas moves to others' views, and back."""

from __future__ import annotations

from math import hypot

import pytest
from PyQt6.QtCore import QObject, QPointF
from PyQt6.QtWidgets import QGraphicsScene, QGraphicsView
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.following import View
from optiverse_collab.window.viewpoint import (
    LEAST_SCALE,
    MOST_SCALE,
    MOST_WAYS,
    Viewpoint,
    centre_of,
    show_view,
    view_of,
)


@pytest.fixture
def view(qtbot: QtBot) -> QGraphicsView:
    view = QGraphicsView()
    scene = QGraphicsScene(-10_000, -10_000, 20_000, 20_000, view)
    view.setScene(scene)
    view.scale(2.0, -2.0)
    view.resize(400, 300)
    qtbot.addWidget(view)
    view.show()
    view.centerOn(100.0, 50.0)
    return view


@pytest.fixture
def viewpoint(view: QGraphicsView, parent: QObject) -> Viewpoint:
    return Viewpoint(lambda: view, parent)


def is_at(view: QGraphicsView, x: float, y: float) -> bool:
    """Whether a point is in the middle of the canvas, to within a pixel."""
    at = centre_of(view)
    return hypot(at.x() - x, at.y() - y) < 1.0


def test_there_and_back(view: QGraphicsView, viewpoint: Viewpoint) -> None:
    viewpoint.go_to(QPointF(-700.0, 300.0))
    assert is_at(view, -700.0, 300.0)
    viewpoint.go_to(QPointF(900.0, 900.0))
    view.scale(3.0, 3.0)
    viewpoint.go_back()
    assert is_at(view, -700.0, 300.0)
    assert view.transform().m11() == 2.0
    viewpoint.go_back()
    assert is_at(view, 100.0, 50.0)
    view.centerOn(0.0, 0.0)
    viewpoint.go_back()
    assert is_at(view, 0.0, 0.0)


def test_going_nowhere_is_no_step(view: QGraphicsView, viewpoint: Viewpoint) -> None:
    for _ in range(3):
        viewpoint.go_to(QPointF(900.0, 900.0))
    viewpoint.go_back()
    assert is_at(view, 100.0, 50.0)
    assert not viewpoint.can_go_back


def test_twenty_steps_lead_back(view: QGraphicsView, viewpoint: Viewpoint) -> None:
    for step in range(MOST_WAYS + 5):
        viewpoint.go_to(QPointF(100.0 * step, -900.0))
    for _ in range(MOST_WAYS):
        assert viewpoint.can_go_back
        viewpoint.go_back()
    assert not viewpoint.can_go_back
    assert is_at(view, 400.0, -900.0)


def test_without_a_canvas_nothing_happens(parent: QObject) -> None:
    viewpoint = Viewpoint(lambda: None, parent)
    viewpoint.go_to(QPointF(1.0, 1.0))
    viewpoint.go_back()
    assert not viewpoint.can_go_back


def test_view_of_others_fits_and_up_stays_up(view: QGraphicsView) -> None:
    """PRES-11: everything that they see is shown, even in windows of another shape."""
    wanted = View(-700.0, 300.0, 1000.0, 50.0)
    show_view(view, wanted)
    shown = view_of(view)
    assert is_at(view, -700.0, 300.0)
    assert shown.width == pytest.approx(1000.0)
    assert shown.height > 50.0
    assert view.transform().m22() == -view.transform().m11()


@pytest.mark.parametrize("size", [1e-9, 1e7])
def test_view_of_others_has_bounds(view: QGraphicsView, size: float) -> None:
    show_view(view, View(0.0, 0.0, size, size))
    assert LEAST_SCALE <= view.transform().m11() <= MOST_SCALE
    show_view(view, View(0.0, 0.0, 100.0, 100.0))
    assert view.transform().m11() == pytest.approx(view_size(view) / 100.0)


def view_size(view: QGraphicsView) -> float:
    viewport = view.viewport()
    assert viewport is not None
    return float(min(viewport.width(), viewport.height()))
