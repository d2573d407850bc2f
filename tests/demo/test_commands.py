"""Undo reverts what the user did, and nothing that somebody else did; it never raises an error.

"Somebody else" changes the bench without a command, as the host adapter does for other participants.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from PyQt6.QtCore import QCoreApplication
from PyQt6.QtGui import QUndoStack
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.commands import Add, BenchCommand, Change, Remove, Step
from optiverse_collab_demo.model import MISSING, Bench, Item


class User:
    """A bench, and what its user did."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.stack = QUndoStack()

    def does(self, *steps: Step, series: int = -1) -> None:
        self.stack.push(BenchCommand(self.bench, "edit", steps, series=series))

    def sets(self, id: str, series: int = -1, **props: Any) -> None:
        self.does(Change.to(self.bench, {id: props}), series=series)

    def shows(self) -> dict[str, dict[str, Any]]:
        return {id: dict(item.props) for id, item in self.bench.items.items()}


@pytest.fixture
def user(qtbot: QtBot) -> User:
    assert QCoreApplication.instance() is not None
    user = User()
    user.bench.put("lens", "component", {"x": 1, "name": "Lens"})
    return user


def test_change_comes_and_goes(user: User) -> None:
    user.sets("lens", x=2, new=True)
    assert user.shows()["lens"] == {"x": 2, "name": "Lens", "new": True}
    user.stack.undo()
    assert user.shows()["lens"] == {"x": 1, "name": "Lens"}
    user.stack.redo()
    assert user.shows()["lens"] == {"x": 2, "name": "Lens", "new": True}


def test_property_that_is_taken_away_comes_back(user: User) -> None:
    user.sets("lens", name=MISSING)
    assert user.shows()["lens"] == {"x": 1}
    user.stack.undo()
    assert user.shows()["lens"]["name"] == "Lens"


def test_undo_leaves_the_value_that_somebody_else_gave(user: User) -> None:
    user.sets("lens", x=2, name="Mine")
    user.bench.change({"lens": {"x": 99}})
    user.stack.undo()
    assert user.shows()["lens"] == {"x": 99, "name": "Lens"}
    user.stack.redo()
    assert user.shows()["lens"] == {"x": 99, "name": "Mine"}


def test_undo_of_two_edits_stops_at_what_others_did_between(user: User) -> None:
    user.sets("lens", x=2)
    user.bench.change({"lens": {"x": 5}})
    user.sets("lens", x=6)
    user.stack.undo()
    assert user.shows()["lens"]["x"] == 5
    user.stack.undo()
    assert user.shows()["lens"]["x"] == 5


def test_undo_of_a_change_to_what_is_gone_does_nothing(user: User) -> None:
    user.sets("lens", x=2)
    user.bench.remove(["lens"])
    user.stack.undo()
    user.stack.redo()
    assert user.shows() == {}


def test_undo_of_a_delete_puts_back_what_was_there_at_the_end(user: User) -> None:
    user.bench.change({"lens": {"x": 7}})
    user.does(Remove(["lens"]))
    assert user.shows() == {}
    user.stack.undo()
    assert user.shows() == {"lens": {"x": 7, "name": "Lens"}}


def test_undo_of_a_delete_does_not_touch_what_somebody_put_back(user: User) -> None:
    user.does(Remove(["lens"]))
    user.bench.put("lens", "component", {"x": 50})
    user.stack.undo()
    assert user.shows() == {"lens": {"x": 50}}
    user.stack.redo()
    assert user.shows() == {"lens": {"x": 50}}


def test_delete_of_what_is_gone_already_does_not_bring_it_back(user: User) -> None:
    user.bench.remove(["lens"])
    user.does(Remove(["lens"]))
    user.stack.undo()
    assert user.shows() == {}


def test_redo_does_not_bring_back_what_somebody_removed(user: User) -> None:
    user.does(Add([Item("mirror", "component", {})]))
    user.bench.remove(["mirror"])
    user.stack.undo()
    user.stack.redo()
    assert list(user.shows()) == ["lens"]


def test_redo_of_an_add_brings_it_back_as_it_was_last(user: User) -> None:
    user.does(Add([Item("mirror", "component", {"x": 1})]))
    user.bench.change({"mirror": {"x": 2}})
    user.stack.undo()
    user.stack.redo()
    assert user.shows()["mirror"] == {"x": 2}


def test_series_is_undone_as_one(user: User) -> None:
    for x in (2, 3, 4):
        user.sets("lens", series=1, x=x)
    assert user.stack.count() == 1
    user.stack.undo()
    assert user.shows()["lens"]["x"] == 1


def test_series_is_cut_where_somebody_else_came_between(user: User) -> None:
    user.sets("lens", series=1, x=2)
    user.bench.change({"lens": {"x": 10}})
    user.sets("lens", series=1, x=11)
    assert user.stack.count() == 2
    user.stack.undo()
    assert user.shows()["lens"]["x"] == 10


def test_series_of_other_things_is_another_step(user: User) -> None:
    user.bench.put("mirror", "component", {"x": 1})
    user.sets("lens", series=1, x=2)
    user.sets("mirror", series=1, x=2)
    assert user.stack.count() == 2


@pytest.mark.parametrize("seed", range(100))
def test_alone_undo_goes_all_the_way_back_and_redo_forth(seed: int, user: User) -> None:
    rng = random.Random(seed)
    start = user.shows()
    for step in range(12):
        id = rng.choice(["lens", "a", "b"])
        if id not in user.bench.items:
            user.does(Add([Item(id, "component", {"x": step})]))
        elif rng.random() < 0.3:
            user.does(Remove([id]))
        else:
            user.does(Change.to(user.bench, {id: {rng.choice("xy"): rng.choice([step, MISSING])}}))
    end = user.shows()
    while user.stack.canUndo():
        user.stack.undo()
    assert user.shows() == start
    while user.stack.canRedo():
        user.stack.redo()
    assert user.shows() == end


@pytest.mark.parametrize("seed", range(200))
def test_undo_never_brings_back_what_others_removed(seed: int, user: User) -> None:
    rng, removed_by_others = random.Random(seed), set[str]()
    for step in range(40):
        id, do = rng.choice(["lens", "a", "b"]), rng.randrange(8)
        if do == 0:
            user.does(Add([Item(id, "component", {"x": step})]))
            removed_by_others.discard(id)
        elif do == 1:
            user.does(Remove([id]))
        elif do in (2, 3):
            user.sets(id, x=step)
        elif do == 4:
            user.bench.change({id: {"x": f"other {step}"}})
        elif do == 5:
            if id in user.bench.items:
                removed_by_others.add(id)
            user.bench.remove([id])
        elif do == 6:
            user.stack.redo()
        else:
            others = {id: item.props["x"] for id, item in user.bench.items.items()}
            user.stack.undo()
            for id, x in others.items():
                if isinstance(x, str) and id in user.bench.items:
                    assert user.bench.items[id].props["x"] == x
        assert removed_by_others.isdisjoint(user.bench.items)


def test_command_leaves_alone_what_it_is_told_to(user: User) -> None:
    """A command with nothing left to undo is removed from the stack."""
    user.does(Add([Item("mirror", "component", {}), Item("laser", "source", {})]), Remove(["lens"]))
    user.sets("mirror", x=3)
    command = user.stack.command(0)
    assert isinstance(command, BenchCommand)
    assert command.ids == ["mirror", "laser", "lens"]
    command.leave(["mirror", "lens"])
    last = user.stack.command(1)
    assert isinstance(last, BenchCommand)
    last.leave(["mirror"])
    user.stack.undo()
    assert user.stack.count() == 1
    user.stack.undo()
    assert user.shows() == {"mirror": {"x": 3}}


def test_command_may_be_told_that_others_are_looked_after(user: User) -> None:
    """The plugin restores what the user had no right to change."""
    user.sets("lens", x=2)
    command = user.stack.command(0)
    assert isinstance(command, BenchCommand)
    user.bench.change({"lens": {"x": 50}})
    command.accept()
    user.stack.undo()
    assert user.shows()["lens"]["x"] == 1
    user.bench.change({"lens": {"x": 50}})
    command.accept()
    user.stack.redo()
    assert user.shows()["lens"]["x"] == 2
    user.bench.change({"lens": {"x": 50}})
    user.stack.undo()
    assert user.shows()["lens"]["x"] == 50, "`accept` lasts for one step only"
