"""Following another participant's view."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.following import (
    FARTHEST_MM,
    MOST_DECLINED,
    View,
    circle_from,
    declines,
    followed_by,
    followers_of,
    view_in,
)


def test_who_follows_whom() -> None:
    """PRES-11: `follows` is the connection id of the leader."""
    states: dict[str, dict[str, Any]] = {
        "c1": {"follows": "c2"},
        "c2": {"follows": "c2"},
        "c3": {"follows": "c2"},
        "c4": {"follows": [2]},
    }
    assert followers_of("c2", states) == ["c1", "c3"]
    assert followers_of("c1", states) == []
    assert [followed_by(state) for state in states.values()] == ["c2", "c2", "c2", ""]
    assert followed_by({}) == ""


def test_view_has_a_middle_and_a_size() -> None:
    """PRES-11: `view` is `[x_mm, y_mm, width_mm, height_mm]`."""
    view = View(1.0, -2.5, 300.0, 200.0)
    assert view_in(view.value) == view
    assert view_in([0, 0, 1, 1]) == View(0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "view",
        [1.0, 2.0, 3.0],
        [0.0, 0.0, 0.0, 10.0],
        [0.0, 0.0, 10.0, -1.0],
        [0.0, 0.0, 10.0, True],
        [0.0, 0.0, 10.0, "9"],
        [0.0, float("inf"), 1.0, 1.0],
        [float("nan"), 0.0, 1.0, 1.0],
        [0.0, 2 * FARTHEST_MM, 1.0, 1.0],
        [0.0, 0.0, 10**400, 1.0],
    ],
)
def test_view_that_is_none(value: Any) -> None:
    """PRES-11."""
    assert view_in(value) is None


def test_who_is_declined() -> None:
    """PRES-11: `declines` has connection ids; at most 64 are read."""
    assert declines({"declines": ["c1", "c2"]}, "c2")
    assert not declines({"declines": ["c1"]}, "c2")
    assert not declines({"declines": "c2"}, "c2")
    assert not declines({}, "c2")
    many = [f"x{n}" for n in range(MOST_DECLINED)]
    assert not declines({"declines": [*many, "c2"]}, "c2")


def test_circles() -> None:
    """PRES-11: nobody follows a participant who follows them, directly or through others."""
    chain = {"c1": {"follows": "c2"}, "c2": {"follows": "c3"}, "c3": {}}
    assert circle_from("c1", chain) == []
    ring = {**chain, "c3": {"follows": "c1"}}
    assert circle_from("c1", ring) == ["c1", "c2", "c3"]
    assert circle_from("c3", ring) == ["c3", "c1", "c2"]
    assert circle_from("c4", {**ring, "c4": {"follows": "c1"}}) == []
    assert circle_from("c1", {"c1": {"follows": "c1"}}) == ["c1"]
