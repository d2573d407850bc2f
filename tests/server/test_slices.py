"""Pushes in slices: LIM-11 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.changes import PushedChange
from optiverse_collab.core.protocol.messages import Push
from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab_server.slices import SLICE_US, cost_us, is_long, slices

SHORT = [Remove("a")]
LONG: list[Op] = [Put("a", "k", {"text": "x" * 300_000})]
MANY: list[Op] = [Set("a", {f"p{number}": 0 for number in range(300)}, ["q"] * 300)] * 4


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], [0]),
        ([SHORT], [1]),
        ([SHORT] * 200, [66, 66, 66, 2]),
        ([[]] * 201, [100, 100, 1]),
        ([SHORT * 199] * 2, [1, 1]),
        ([SHORT, LONG, SHORT, SHORT], [1, 1, 2]),
        ([MANY, MANY, SHORT], [1, 1, 1]),
        ([SHORT * 1000, SHORT], [1, 1]),
    ],
)
def test_push_is_cut_between_changes(changes: list[list[Op]], expected: list[int]) -> None:
    """By operations, properties and bytes; a single change is never cut."""
    push = Push([PushedChange(number, ops) for number, ops in enumerate(changes, 1)])
    parts = list(slices(push))
    assert [len(part.changes) for part in parts] == expected
    assert is_long(push) is (len(parts) > 1)
    assert [change for part in parts for change in part.changes] == push.changes
    for part in parts:
        assert len(part.changes) < 2 or sum(map(cost_us, part.changes)) <= SLICE_US
