"""Conflicts as scripts see them (SEEN-10)."""

from __future__ import annotations

import json

import pytest

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.effects import ConflictKind
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.scripting import Conflict
from optiverse_collab.scripting.conflicts import conflict_of
from optiverse_collab.wording.conflicts import sentence

LENS = Record("lens", "component", {"name": "Lens 1", "pos": [0.0, 0.0]})
MINE = Set("lens", {"pos": [1.0, 1.0]})
THEIRS = Set("lens", {"pos": [2.0, 2.0]})


def told(
    mine: Op = MINE,
    theirs: Op | None = THEIRS,
    kind: ConflictKind = ConflictKind.HELD,
    names: tuple[str, ...] = ("pos",),
    record: Record | None = LENS,
) -> fx.Conflict:
    """The core's report of a conflict with Ben."""
    return fx.Conflict(kind, "Ben", names, mine, theirs, record)


def test_both_edits_are_in_it() -> None:
    effect = told()
    text = f"{sentence(effect)}."
    pos = ([1.0, 1.0], [2.0, 2.0])
    expected = Conflict("lens", "Lens 1", ["pos"], {"pos": pos[0]}, {"pos": pos[1]}, "Ben", "theirs", text)
    assert conflict_of(effect) == expected


@pytest.mark.parametrize("kind", ConflictKind)
def test_it_says_whose_edit_stands(kind: ConflictKind) -> None:
    is_mine = kind is ConflictKind.REPLACED_THEIRS
    assert conflict_of(told(kind=kind)).stands == ("mine" if is_mine else "theirs")


@pytest.mark.parametrize(
    ("mine", "theirs", "names", "expected"),
    [
        (Remove("lens"), THEIRS, ("pos",), (["pos"], None, {"pos": [2.0, 2.0]})),
        (MINE, Remove("lens"), (), ([], {"pos": [1.0, 1.0]}, None)),
        (Remove("lens"), None, (), ([], None, {})),
        (MINE, None, ("pos",), (["pos"], {"pos": [1.0, 1.0]}, {})),
        (Set("lens", {"a": 1}, ["b"]), THEIRS, (), (["a", "b"], {"a": 1}, {"pos": [2.0, 2.0]})),
        (Put("lens", "ruler", {"a": 1}), THEIRS, (), (["a"], {"a": 1}, {"pos": [2.0, 2.0]})),
    ],
)
def test_removals_and_what_is_not_known(
    mine: Op, theirs: Op | None, names: tuple[str, ...], expected: tuple[object, ...]
) -> None:
    conflict = conflict_of(told(mine, theirs, names=names))
    assert (conflict.properties, conflict.mine, conflict.theirs) == expected


@pytest.mark.parametrize("record", [None, Record("lens", "ruler", {}), Record("lens", "ruler", {"name": 5})])
def test_item_without_a_name(record: Record | None) -> None:
    assert conflict_of(told(record=record)).name == ""


def test_it_is_read_only_and_dumps_as_json() -> None:
    effect = told()
    conflict = conflict_of(effect)
    with pytest.raises(AttributeError):
        conflict.by = "Cid"  # type: ignore[misc]
    with pytest.raises(TypeError):
        conflict.properties.append("x")
    assert conflict.mine is not None
    with pytest.raises(TypeError):
        conflict.mine["pos"] = 1
    values = {"pos": [1.0, 1.0]}, {"pos": [2.0, 2.0]}
    rest = ["Ben", "theirs", conflict.sentence]
    assert json.loads(json.dumps([conflict])) == [["lens", "Lens 1", ["pos"], *values, *rest]]
    assert json.loads(json.dumps(conflict._asdict()))["stands"] == "theirs"
