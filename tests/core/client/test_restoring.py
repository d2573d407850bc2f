"""An earlier bench, or a part of it, is restored: HIST-9, PUSH-9."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.restoring import Restoration
from optiverse_collab.core.protocol.changes import replaces_bench
from optiverse_collab.core.records import Op, Put, Record, Remove, Set


def lens(**props: object) -> Record:
    """A lens."""
    return Record("lens", "component", props)


NOW = {"lens": lens(x=2, y=1), "new": Record("new", "component", {})}
THEN = {"lens": lens(x=1, z=0), "old": Record("old", "component", {})}


@pytest.mark.parametrize(
    ("ids", "properties", "ops"),
    [
        (None, None, [Remove("new"), Set("lens", {"x": 1, "z": 0}, ["y"]), Put("old", "component", {})]),
        (["lens"], None, [Set("lens", {"x": 1, "z": 0}, ["y"])]),
        (["old", "old"], None, [Put("old", "component", {})]),
        (["new", "gone"], None, [Remove("new")]),
        (None, ["x"], [Set("lens", {"x": 1})]),
        (["lens"], ["y", "w"], [Set("lens", {}, ["y"])]),
        (["old", "new"], ["x"], []),
        ([], None, []),
    ],
)
def test_what_is_restored(ids: list[str] | None, properties: list[str] | None, ops: list[Op]) -> None:
    """It can restore a whole bench, some items, or some properties."""
    assert Restoration(THEN, ids, properties).ops(NOW) == ops


def test_only_a_whole_bench_is_announced() -> None:
    """PUSH-9"""
    assert replaces_bench(Restoration(THEN).step("id"))
    assert Restoration(THEN, ["lens"]).step("id") == Restoration(THEN, None, ["x"]).step("id") == "id"
