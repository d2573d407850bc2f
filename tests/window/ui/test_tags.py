"""Names beside cursors are readable: they don't cover each other, and stay in view."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF, QRectF, QSizeF

from optiverse_collab.window.ui.tags import ARROW, MOST_NEAR, NEAR_PX, Label, Tag, arrange

VIEW = QRectF(0.0, 0.0, 900.0, 600.0)
HEIGHT = 18.0

WIDTHS = st.floats(20.0, 190.0)
CLOSE = st.tuples(st.floats(0.0, NEAR_PX / 1.5), st.floats(0.0, NEAR_PX / 1.5), WIDTHS)
ANYWHERE = st.tuples(st.floats(0.0, 900.0), st.floats(0.0, 600.0), WIDTHS)
MIDDLE = 350.0, 200.0


def labels(found: list[tuple[float, float, float]], corner: tuple[float, float] = (0.0, 0.0)) -> list[Label]:
    return [
        Label(f"c{n}", QPointF(corner[0] + x, corner[1] + y), QSizeF(width, HEIGHT))
        for n, (x, y, width) in enumerate(found)
    ]


def size_of(count: int) -> QSizeF:
    return QSizeF(20.0, HEIGHT)


def cover_each_other(tags: list[Tag]) -> bool:
    return any(one.box.intersects(other.box) for one, other in combinations(tags, 2))


@given(st.lists(CLOSE, min_size=1, max_size=MOST_NEAR))
def test_eight_close_together_all_have_their_name(found: list[tuple[float, float, float]]) -> None:
    tags = arrange(labels(found, MIDDLE), VIEW, size_of)
    assert [tag.keys for tag in tags] == [(f"c{n}",) for n in range(len(found))]
    assert not any(tag.counts for tag in tags)
    assert not cover_each_other(tags)
    assert all(VIEW.contains(tag.box) for tag in tags)


@given(st.lists(CLOSE, min_size=MOST_NEAR + 1, max_size=30))
def test_of_more_the_rest_is_counted(found: list[tuple[float, float, float]]) -> None:
    *named, crowd = arrange(labels(found, MIDDLE), VIEW, size_of)
    assert [tag.keys for tag in named] == [(f"c{n}",) for n in range(MOST_NEAR)]
    assert crowd.counts
    assert len(crowd.keys) == len(found) - MOST_NEAR
    assert not cover_each_other([*named, crowd])


@given(st.lists(ANYWHERE, max_size=40))
def test_nobody_is_left_out_and_nothing_covered(found: list[tuple[float, float, float]]) -> None:
    tags = arrange(labels(found), VIEW, size_of)
    assert sorted(key for tag in tags for key in tag.keys) == sorted(f"c{n}" for n in range(len(found)))
    assert not cover_each_other(tags)


@given(ANYWHERE)
def test_one_alone_stays_in_view_and_near(found: tuple[float, float, float]) -> None:
    """Even in a corner."""
    [label] = labels([found])
    [tag] = arrange([label], VIEW, size_of)
    assert VIEW.contains(tag.box)
    assert not tag.box.intersects(ARROW.translated(label.at))
    assert tag.box.adjusted(-30.0, -30.0, 30.0, 30.0).contains(label.at)


@given(ANYWHERE, ANYWHERE)
def test_a_name_covers_no_arrow_of_another(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> None:
    found = labels([one, other])
    for tag in arrange(found, VIEW, size_of):
        assert not any(tag.box.intersects(ARROW.translated(label.at)) for label in found)


def test_a_name_wider_than_the_view_is_placed_all_the_same() -> None:
    narrow = QRectF(0.0, 0.0, 80.0, 40.0)
    tags = arrange(labels([(40.0, 20.0, 150.0), (40.0, 20.0, 150.0)]), narrow, size_of)
    assert len(tags) == 2
    assert not cover_each_other(tags)


def test_a_taken_place_stays_free() -> None:
    [label] = labels([(100.0, 100.0, 80.0)])
    [first] = arrange([label], VIEW, size_of)
    [second] = arrange([label], VIEW, size_of, [first.box])
    assert not second.box.intersects(first.box)
