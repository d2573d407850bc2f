"""The question that an editor asks when it closes while it hosts."""

from __future__ import annotations

import pytest

from optiverse_collab.wording.hosting import connected, consequences


@pytest.mark.parametrize(
    ("names", "who"),
    [
        (["Ben"], "Ben is"),
        (["Ben", "Zoë\n"], "Ben and Zoë\\n are"),
        (["A", "B", "C"], "A, B and C are"),
        (["A", "B", "C", "D"], "A, B, C and 1 other are"),
        (["A", "B", "C", "D", "E"], "A, B, C and 2 others are"),
    ],
)
def test_who_is_connected(names: list[str], who: str) -> None:
    assert connected(names) == f"{who} connected to the server that this editor started."


def test_how_it_is_ended_later() -> None:
    assert "(4711)" in consequences(4711, "/tmp/server.log")
    assert "/tmp/server.log" in consequences(4711, "/tmp/server.log")
