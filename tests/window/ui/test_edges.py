"""Arrows at the edge of the view point to those outside it."""

from __future__ import annotations

from itertools import combinations
from math import atan2, degrees, hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF, QRectF, QSizeF

from optiverse_collab.window.ui.edges import ARROW_PX, MOST, Mark, point_outside
from optiverse_collab.window.ui.tags import Label

VIEW = QRectF(0.0, 0.0, 800.0, 500.0)
HEIGHT = 18.0

PEOPLE = st.lists(
    st.tuples(st.floats(-3000.0, 3000.0), st.floats(-3000.0, 3000.0), st.floats(20.0, 190.0)), max_size=30
)


def labels(found: list[tuple[float, float, float]]) -> list[Label]:
    return [Label(f"c{n}", QPointF(x, y), QSizeF(width, HEIGHT)) for n, (x, y, width) in enumerate(found)]


def size_of(count: int) -> QSizeF:
    return QSizeF(24.0, HEIGHT)


def area(mark: Mark) -> QRectF:
    if mark.arrow is None:
        return mark.box
    reach = QRectF(-ARROW_PX, -ARROW_PX, 2 * ARROW_PX, 2 * ARROW_PX)
    return mark.box.united(reach.translated(mark.arrow))


def outside(label: Label) -> float:
    x = max(-label.at.x(), 0.0, label.at.x() - VIEW.right())
    y = max(-label.at.y(), 0.0, label.at.y() - VIEW.bottom())
    return hypot(x, y)


@given(PEOPLE)
def test_the_nearest_have_arrows_and_the_rest_is_counted(found: list[tuple[float, float, float]]) -> None:
    people = labels(found)
    marks = point_outside(people, VIEW, size_of)
    away = sorted((outside(label), label.key) for label in people if not VIEW.contains(label.at))
    with_arrow = [mark for mark in marks if mark.arrow is not None]
    counted = [mark for mark in marks if mark.counts]
    distance = {label.key: outside(label) for label in people}
    assert [distance[mark.keys[0]] for mark in with_arrow] == [one for one, _ in away[:MOST]]
    assert [len(mark.keys) for mark in counted] == ([len(away) - MOST] if len(away) > MOST else [])
    assert sorted(key for mark in marks for key in mark.keys) == sorted(key for _, key in away)


@given(PEOPLE)
def test_marks_are_in_view_and_cover_none(found: list[tuple[float, float, float]]) -> None:
    marks = point_outside(labels(found), VIEW, size_of)
    assert all(VIEW.contains(area(mark)) for mark in marks)
    assert not any(area(one).intersects(area(other)) for one, other in combinations(marks, 2))


@given(PEOPLE)
def test_arrows_point_to_whom_they_stand_for(found: list[tuple[float, float, float]]) -> None:
    people = {label.key: label for label in labels(found)}
    for mark in point_outside(list(people.values()), VIEW, size_of):
        if mark.arrow is not None:
            to = people[mark.keys[0]].at - mark.arrow
            assert mark.angle == pytest.approx(degrees(atan2(to.y(), to.x())))


@pytest.mark.parametrize(
    ("at", "side"),
    [
        ((2000.0, 250.0), "right"),
        ((-90.0, 250.0), "left"),
        ((400.0, -9.0), "top"),
        ((400.0, 999.0), "bottom"),
    ],
)
def test_one_alone_is_marked_at_the_edge(at: tuple[float, float], side: str) -> None:
    [mark] = point_outside(labels([(*at, 60.0)]), VIEW, size_of)
    assert abs(getattr(area(mark), side)() - getattr(VIEW, side)()) < 6.0


def test_many_in_one_direction_stand_side_by_side() -> None:
    marks = point_outside(labels([(3000.0 + n, 250.0, 150.0) for n in range(9)]), VIEW, size_of)
    assert len(marks) == MOST + 1
    assert all(area(mark).right() > VIEW.right() - 6.0 for mark in marks)


def test_a_tiny_view_has_marks_too() -> None:
    tiny = QRectF(0.0, 0.0, 40.0, 10.0)
    assert len(point_outside(labels([(300.0, 5.0, 90.0), (300.0, 5.0, 90.0)]), tiny, size_of)) == 2
