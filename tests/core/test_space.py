"""Memory that sessions share: LIM-16 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.space import Share, Space


def test_holders_share_a_space() -> None:
    """LIM-16"""
    space = Space(100)
    one, other = Share(space, 60), Share(space)
    assert (space.used, space.left, space.is_over) == (60, 40, False)
    other.resize(40)
    assert (space.used, space.left, space.is_over) == (100, 0, False)
    other.resize(50)
    assert (space.used, space.left, space.is_over) == (110, 0, True)
    one.resize(0)
    assert (space.used, space.left, space.is_over) == (50, 50, False)
    assert (one.bytes, other.bytes) == (0, 50)


def test_holder_without_a_space_has_one_alone() -> None:
    """LIM-16: its space is practically unlimited."""
    share = Share(bytes=2**40)
    assert not share.space.is_over
