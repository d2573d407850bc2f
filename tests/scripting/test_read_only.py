"""The values that scripts get."""

from __future__ import annotations

import copy
import json
import pickle
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from optiverse_collab.core.client.effects import ParticipantLeft, ShowChange
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.scripting.read_only import ReadOnlyDict, ReadOnlyList, read_only, read_only_effect

VALUE: dict[str, Any] = {"a": [1, 2.5, {"b": []}], "c": None, "d": "text"}


def test_values_compare_and_dump_as_ordinary_ones() -> None:
    value = read_only(VALUE)
    assert value == VALUE
    assert value == VALUE
    assert value["a"] == VALUE["a"]
    assert value["a"][:1] + value["a"][1:] == VALUE["a"]
    assert json.dumps(value, indent=1) == json.dumps(VALUE, indent=1)
    assert msgspec.json.encode(value) == msgspec.json.encode(VALUE)


@pytest.mark.parametrize("name", sorted(set(dir(list)) - set(dir(tuple)) - {"copy", "__reversed__"}))
def test_no_list_can_be_changed(name: str) -> None:
    """Every method that a list has and a tuple lacks."""
    value = read_only([2, 1])
    with pytest.raises(TypeError, match="assign a new one"):
        getattr(value, name)(0)
    assert (type(value), value) == (ReadOnlyList, [2, 1])


@pytest.mark.parametrize(
    "name", sorted({*dir(dict), "__ior__"} - (set(dir(MappingProxyType)) - {"__ior__"}) - {"fromkeys"})
)
def test_no_dict_can_be_changed(name: str) -> None:
    """Every method that a dict has and a proxy lacks."""
    value = read_only({"a": 1})
    with pytest.raises(TypeError, match="assign a new one"):
        getattr(value, name)("a")
    assert (type(value), value) == (ReadOnlyDict, {"a": 1})


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))], ids=["deepcopy", "pickle"]
)
def test_a_copy_can_be_changed(duplicate: Any) -> None:
    value = duplicate(read_only(VALUE))
    value["a"][2]["b"].append(1)
    assert value["a"] == [1, 2.5, {"b": [1]}]


def test_a_shallow_copy_is_one() -> None:
    value = copy.copy(read_only(VALUE))
    value["c"] = 1
    assert (type(value), type(value["a"])) == (dict, ReadOnlyList)


@pytest.mark.parametrize(
    "thing",
    [
        Record("a", "k", {"p": [1]}, Lane.TALK),
        Put("a", "k", {"p": [1]}, Lane.TALK),
        Set("a", {"p": [1]}, ["q"]),
    ],
)
def test_records_and_operations_hold_their_own_values(thing: Any) -> None:
    given = read_only(thing)
    assert given == thing
    with pytest.raises(TypeError):
        given.props["p"].append(2)
    assert given.props["p"] is not thing.props["p"]


def test_what_happens_holds_its_own_values() -> None:
    """A script must not change the document without the replica's knowledge."""
    ops: tuple[Op, ...] = (Put("a", "k", {"p": [1]}), Remove("b"))
    change = ShowChange(ops, {"a": "Ann"}, {"a": None, "b": Record("b", "k", {"p": [1]})})
    given = read_only_effect(change)
    assert (given, given.before) == (change, change.before)
    for record in (given.ops[0], given.before["b"]):
        with pytest.raises(TypeError):
            record.props["p"].append(2)  # type: ignore[union-attr]
    left = ParticipantLeft(Participant("Ann", "c1", ""))
    assert read_only_effect(left) == left
