"""Rings of people who point: PRES-16 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.window.ui.rings import EVERY_MS, MOST, RING_MS, Rings

AT = [1.0, 2.0]


def shown(rings: Rings, now_ms: float = 0.0) -> dict[str, Any]:
    """The positions of the rings."""
    return {id: ring.at for id, ring in rings.shown(now_ms)}


def test_a_ring_shows_for_a_moment_once() -> None:
    """PRES-16"""
    rings = Rings()
    assert rings.wait_ms(0) is None
    rings.hear("c", "ana", {"n": 1, "at": AT}, False, 0)
    assert rings.wait_ms(100) == RING_MS - 100
    assert [(id, ring.passed) for id, ring in rings.shown(RING_MS / 2)] == [("c", 0.5)]
    assert shown(rings, RING_MS) == {}
    assert rings.wait_ms(RING_MS) is None
    rings.hear("c", "ana", {"n": 1, "at": AT}, False, RING_MS)  # all of her presence is sent again
    assert shown(rings, RING_MS) == {}
    rings.hear("c", "ana", {"n": 2, "at": AT}, False, RING_MS)
    assert shown(rings, RING_MS) == {"c": (1.0, 2.0)}


def test_of_a_person_one_ring_a_second_shows() -> None:
    """PRES-16: whatever they send, over however many connections and under whatever name."""
    rings, count = Rings(), 0
    for n in range(1000):
        now_ms = n * 10.0
        rings.hear("c1", "ana", {"n": n, "at": [float(n), 0.0]}, False, now_ms)
        rings.hear("c2", "ana", {"n": n, "at": [float(n), 1.0]}, False, now_ms)
        rings.hear("c3", f"nobody {n}", {"n": n, "at": [float(n), 2.0]}, False, now_ms)
        count += sum(ring.passed == 0.0 for _, ring in rings.shown(now_ms))
    assert count == 2 * 10_000 / EVERY_MS
    assert len(rings._last_ms) <= 4


def test_nothing_of_whoever_is_muted_shows() -> None:
    """PRES-16: neither at that moment nor later."""
    rings = Rings()
    rings.hear("c", "ana", {"n": 1, "at": AT}, True, 0)
    rings.hear("c", "ana", {"n": 1, "at": AT}, False, 1)
    assert shown(rings) == {}
    rings.hear("c", "ana", {"n": 2, "at": AT}, False, 2)
    assert shown(rings, 2) == {"c": (1.0, 2.0)}


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        {},
        {"n": 1},
        {"n": "x", "at": AT},
        {"n": True, "at": AT},
        {"n": 1, "at": [1.0]},
        {"n": 1, "at": [1e300, 0.0]},
    ],
)
def test_what_cannot_be_understood_is_no_ring(value: Any) -> None:
    """PRES-16"""
    rings = Rings()
    rings.hear("c", "ana", value, False, 0)
    assert shown(rings) == {}


def test_of_many_rings_the_latest_show() -> None:
    rings = Rings()
    for n in range(3 * MOST):
        rings.hear(f"c{n}", f"person {n}", {"n": 1, "at": AT}, False, float(n))
    assert list(shown(rings, 100.0)) == [f"c{n}" for n in range(2 * MOST, 3 * MOST)]


def test_who_left_points_no_longer() -> None:
    rings = Rings()
    rings.hear("c", "ana", {"n": 1, "at": AT}, False, 0)
    rings.add("", (5.0, 5.0), 0)
    rings.keep([""])
    assert shown(rings) == {"": (5.0, 5.0)}
