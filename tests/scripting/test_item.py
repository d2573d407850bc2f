"""Records as scripts see them."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.errors import ChangeRefused
from optiverse_collab.scripting.item import Items, own_copy, plain
from optiverse_collab.scripting.read_only import read_only


class Local(Items):
    """A bench without a server."""

    def __init__(self) -> None:
        self.replica = Replica("client")
        self.replica.edit(
            [
                Put("lens", "component", {"name": "Lens 1", "pos": [0.0, 0.0], "angle_deg": 0.0}),
                Put("ruler", "ruler", {"points": [[0, 0], [1, 1]], "meta": {"a": [1]}}),
            ]
        )

    @property
    def _view(self) -> Mapping[str, Record]:
        return self.replica.view

    def edit(self, ops: Sequence[Op]) -> None:
        self.replica.edit(ops)


@pytest.fixture
def bench() -> Local:
    return Local()


def test_what_is_not_there(bench: Local) -> None:
    with pytest.raises(KeyError, match="no record 'mirror'"):
        bench["mirror"]
    with pytest.raises(KeyError):
        bench["lens"]["colour"]
    with pytest.raises(KeyError):
        del bench["lens"]["colour"]
    with pytest.raises(ChangeRefused, match="no record 'mirror'"):
        bench.set("mirror", {"pos": [0, 0]})
    assert bench.get("mirror") is None
    assert "mirror" not in bench
    assert bench.named("Lens 2") == []


def test_item_that_somebody_removed(bench: Local) -> None:
    lens = bench["lens"]
    bench.remove("lens")
    with pytest.raises(KeyError, match="no record 'lens'"):
        lens["pos"]
    with pytest.raises(KeyError):
        lens.move(1, 2)


@pytest.mark.parametrize("value", [math.nan, math.inf, object(), b"bytes", {1: 2}, 2**64, {"a": {3}}])
def test_what_cannot_be_shared_is_refused_at_once(bench: Local, value: Any) -> None:
    """LIM-2 and the limits of JSON."""
    with pytest.raises(ChangeRefused):
        bench["lens"]["notes"] = value
    assert "notes" not in bench["lens"]


@pytest.mark.parametrize(("deed", "lack"), [("move", "no position"), ("rotate", "no angle")])
def test_rulers_have_points_instead(bench: Local, deed: str, lack: str) -> None:
    with pytest.raises(ChangeRefused, match=lack):
        getattr(bench["ruler"], deed)(*[1.0] * (2 if deed == "move" else 1))


def test_values_cannot_be_changed_in_place(bench: Local) -> None:
    """Such a change would reach nobody, so it must not seem to work."""
    with pytest.raises(TypeError):
        bench["lens"]["pos"][0] = 5.0
    with pytest.raises(TypeError):
        bench["ruler"]["meta"]["a"] = 2
    with pytest.raises(TypeError):
        bench["ruler"]["meta"]["a"].append(2)
    for record in (bench.records["ruler"], bench.record("ruler")):
        with pytest.raises(TypeError):
            record.props["points"][0][0] = 2
        with pytest.raises(TypeError):
            record.props["name"] = "Ruler"
    assert bench.replica.view["ruler"].props == {"points": [[0, 0], [1, 1]], "meta": {"a": [1]}}


def test_values_are_like_any_other(bench: Local) -> None:
    """They compare equal to lists and dicts, and dump as JSON."""
    ruler = bench["ruler"]
    assert ruler["points"] == [[0, 0], [1, 1]]
    assert json.dumps(dict(ruler)) == '{"points": [[0, 0], [1, 1]], "meta": {"a": [1]}}'
    assert json.dumps(bench.records["ruler"].props) == json.dumps(dict(ruler))
    points = copy.deepcopy(ruler["points"])
    points[1][0] = 5
    ruler["points"] = points
    assert ruler["points"] == [[0, 0], [5, 1]]


def test_records_as_a_mapping(bench: Local) -> None:
    records = bench.records
    assert list(records) == list(bench)
    assert records == bench.replica.view
    assert repr(records) == repr(bench.replica.view)
    bench.remove("lens")
    assert list(records) == ["ruler"]
    with pytest.raises(KeyError):
        records["lens"]


def test_what_the_script_changes_later_is_not_shared(bench: Local) -> None:
    pos = [1.0, 2.0]
    bench.edit([own_copy(Set("lens", {"pos": pos}))])
    pos[0] = 99.0
    assert bench["lens"]["pos"] == [1.0, 2.0]


def test_reading_and_writing(bench: Local) -> None:
    lens = bench["lens"]
    lens.move(10, 20)
    lens.rotate(45)
    lens["locked"] = True
    assert (lens.id, lens.kind, lens["pos"], lens["angle_deg"]) == ("lens", "component", [10.0, 20.0], 45.0)
    assert dict(lens) == {"name": "Lens 1", "pos": [10.0, 20.0], "angle_deg": 45.0, "locked": True}
    assert len(lens) == 4
    del lens["locked"]
    assert "locked" not in lens
    lens.update(name="Lens 2", pos=bench["lens"]["pos"])
    assert repr(lens) == "<component lens: {'name': 'Lens 2', 'pos': [10.0, 20.0], 'angle_deg': 45.0}>"


def test_bench_as_a_mapping(bench: Local) -> None:
    assert (sorted(bench), len(bench), "lens" in bench) == (["lens", "ruler"], 2, True)
    assert [item.id for item in bench.named("Lens 1")] == ["lens"]
    bench.put("mirror", "component", {"name": "Lens 1"})
    assert [item.id for item in bench.named("Lens 1")] == ["lens", "mirror"]
    for id in bench:  # an item that is removed meanwhile does no harm
        bench.remove(id)
    assert len(bench) == 0


class Scalar:
    """A number such as NumPy has: not one of Python's, but convertible to one."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def tolist(self) -> Any:
        return self.value


@pytest.mark.parametrize(
    ("value", "shared"),
    [
        (None, None),
        (True, True),
        ("a", "a"),
        (1, 1),
        (1.5, 1.5),
        (Fraction(1, 4), 0.25),
        ((1, (2.0,)), [1, [2.0]]),
        ({"a": (1,)}, {"a": [1]}),
        (read_only({"a": [1, {"b": []}]}), {"a": [1, {"b": []}]}),
        (Scalar([1.0, 2.0]), [1.0, 2.0]),
        ([Scalar(3)], [3]),
    ],
)
def test_numbers_and_arrays_of_others_become_json(value: Any, shared: Any) -> None:
    result = plain(value)
    assert result == shared
    assert type(result) is type(shared)


def test_operations_keep_their_form() -> None:
    ops: list[Op] = [Put("a", "k", {"p": (1,)}, Lane.TALK), Set("a", {"p": (1,)}, ["q"]), Remove("a")]
    assert [own_copy(op) for op in ops] == [
        Put("a", "k", {"p": [1]}, Lane.TALK),
        Set("a", {"p": [1]}, ["q"]),
        Remove("a"),
    ]
