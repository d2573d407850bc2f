"""Removals, changes of kind, and the stacking order: SEEN-6 and SEEN-7 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.codec import decode_ops
from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.core.server.history import History
from tests.core.server.histories import do, make, sides

PLACE = {"parent": "p", "order": 0, "z_value": 0}


@pytest.fixture
def history() -> History:
    """Ann put `a` and `b` at clock 1, with their places in the stack."""
    history = make()
    do(history, Put("a", "k", {**PLACE, "x": 0}), Put("b", "k", {"x": 0}))
    return history


# Removals and changes of kind


@pytest.mark.parametrize("op", [Remove("a"), Put("a", "other", {"y": 1})])
def test_end_of_a_record_meets_every_unseen_value(history: History, op: Op) -> None:
    """SEEN-7: a change that insists names them, one that yields is held as a whole."""
    do(history, Set("a", {"x": 1, "order": 7}), by="bob")
    do(history, Set("a", {}, ["parent"]), by="cid")
    held = do(history, op, seen=1, yields=True)
    assert sides(history, held.entry.held) == [("a", [], "cid", 3)]
    assert history.document.records["a"].kind == "k"
    replaced = do(history, op, seen=1)
    assert sides(history, replaced.entry.replaced) == [
        ("a", ["order", "x"], "bob", 2),
        ("a", ["parent"], "cid", 3),
    ]
    assert "x" not in getattr(history.document.records.get("a"), "props", {})


def test_end_of_a_record_that_others_made_meets_all_of_it(history: History) -> None:
    """SEEN-7: even if it has no property."""
    do(history, Remove("a"), by="bob")
    do(history, Put("a", "k"), by="bob")
    held = do(history, Remove("a"), seen=1, yields=True)
    assert sides(history, held.entry.held) == [("a", [], "bob", 3)]
    replaced = do(history, Remove("a"), seen=1)
    assert sides(history, replaced.entry.replaced) == [("a", [], "bob", 3)]


@pytest.mark.parametrize("yields", [False, True])
def test_height_alone_saves_no_record(history: History, yields: bool) -> None:
    """SEEN-6, SEEN-7."""
    do(history, Set("a", {"z_value": 9}), by="bob")
    accepted = do(history, Remove("a"), seen=1, yields=yields)
    assert "a" not in history.document.records
    assert not accepted.entry.held
    assert not accepted.entry.replaced


def test_one_removal_that_is_held_holds_all(history: History) -> None:
    """SEEN-7: but none of the edits, except those of a record that the change itself made."""
    do(history, Set("b", {"x": 1}), by="bob")
    ops: list[Op] = [Remove("a"), Put("n", "k"), Remove("n"), Remove("b"), Put("m", "k"), Set("a", {"x": 5})]
    accepted = do(history, *ops, seen=1, yields=True)
    assert history.document.records.keys() == {"a", "b", "n", "m"}
    assert history.document.records["a"].props["x"] == 0, "operations after a held removal are held, too"
    assert sides(history, accepted.entry.held) == [("a", [], "", 0), ("n", [], "", 0), ("b", [], "bob", 2)]
    assert decode_ops(accepted.entry.ops) == [Put("n", "k"), Put("m", "k")]


def test_put_after_a_removal_that_is_held_is_held(history: History) -> None:
    """SEEN-7: the record was never removed."""
    do(history, Set("b", {"x": 1}), by="bob")
    accepted = do(history, Remove("b"), Put("b", "k", {"y": 1}), seen=1, yields=True)
    assert history.document.records["b"].props == {"x": 1}
    assert sides(history, accepted.entry.held) == [("b", [], "bob", 2)]


def test_removals_that_meet_nothing_are_not_held(history: History) -> None:
    """SEEN-7: a held edit holds nothing else."""
    do(history, Set("b", {"x": 1}), by="bob")
    do(history, Remove("a"), Set("b", {"x": 2}), seen=1, yields=True)
    assert history.document.records.keys() == {"b"}
    assert history.document.records["b"].props == {"x": 1}


def test_other_kind_makes_a_record_of_its_own(history: History) -> None:
    """SEEN-3: later operations of the change replace nothing more."""
    do(history, Set("b", {"x": 1}), by="bob")
    accepted = do(history, Put("b", "other", {"x": 2}), Set("b", {"x": 3}), seen=1)
    assert sides(history, accepted.entry.replaced) == [("b", ["x"], "bob", 2)]
    assert history.document.records["b"].props == {"x": 3}


# The place in the stack


@pytest.mark.parametrize(
    ("theirs", "mine", "held"),
    [
        ({"order": 1}, {"order": 2}, ["order"]),
        ({"parent": "q"}, {"order": 2}, ["order"]),
        ({"order": 1}, {"parent": "r", "order": 2, "z_value": 2}, ["parent", "order", "z_value"]),
        ({"parent": "q"}, {"order": 2, "z_value": 2, "x": 5}, ["order", "z_value"]),
        ({"parent": "q", "x": 1}, {"order": 2, "x": 5}, ["x", "order"]),
        ({"z_value": 1}, {"z_value": 2}, []),
        ({"z_value": 1}, {"order": 2, "z_value": 2}, []),
        ({"order": 1, "z_value": 1}, {"z_value": 2}, []),
        ({"order": 1}, {"x": 5}, []),
    ],
)
def test_place_is_one_property(
    history: History, theirs: dict[str, object], mine: dict[str, object], held: list[str]
) -> None:
    """SEEN-6: its parts are held or replaced together; the height alone never conflicts."""
    do(history, Set("a", theirs), by="bob")
    before = history.document.records["a"].props
    accepted = do(history, Set("a", mine), seen=1, yields=True)
    assert sorted(name for one in accepted.entry.held for name in one.names) == sorted(held)
    after = {name: value for name, value in mine.items() if name not in held}
    assert history.document.records["a"].props == {**before, **after}
    insists = do(history, Set("a", mine), seen=1)
    assert sorted(name for one in insists.entry.replaced for name in one.names) == sorted(held)
    assert history.document.records["a"].props == {**before, **mine}


def test_place_that_is_set_twice_is_replaced_once(history: History) -> None:
    """SEEN-6, SEEN-3: the second operation replaces no value of others, and never the whole record."""
    do(history, Set("a", {"parent": "q"}), by="bob")
    accepted = do(history, Set("a", {"order": 2}), Set("a", {"order": 3}), seen=1)
    assert [(one.id, one.names) for one in accepted.entry.replaced] == [("a", ["order"])]
