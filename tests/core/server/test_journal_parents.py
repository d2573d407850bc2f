"""Where histories end that a session continues (CLK-8, BACK-9)."""

from __future__ import annotations

from optiverse_collab.core.server.journal import Parent, newest


def test_the_last_place_of_each_history_counts() -> None:
    """In the order in which they got there: the one that was continued last ends last."""
    a, b, later = Parent("a", 5, 50), Parent("b", 5, 50), Parent("a", 7, 70)
    assert newest([a, b]) == [a, b]
    assert newest([a, b, later]) == [b, later]
    assert newest([a, b, later, b]) == [later, b]
    assert newest([]) == []
