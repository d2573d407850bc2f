"""Tests of `optiverse_collab.host.api`: an `UndoWatcher` is called from inside each undo step."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from optiverse_collab.host.api import Record, Set
from optiverse_collab.testing.contract import props
from optiverse_collab.testing.driver import Driver, needs


class Watcher:
    """Notes its calls, and the state of the bench at each.

    Attributes:
        heard: the calls: (name, redo or None, x of the item).
        commands: the objects in these calls.
        ids: the record ids in these calls.
        leaves: what the next command must not change.
        at_end: called after a command.
    """

    def __init__(self, driver: Driver, id: str) -> None:
        self._driver, self._id = driver, id
        self.heard: list[tuple[str, bool | None, float | None]] = []
        self.commands: list[object] = []
        self.ids: list[Collection[str]] = []
        self.leaves: Collection[str] = ()
        self.at_end: Callable[[], None] = lambda: None

    def done(self, command: object, ids: Collection[str]) -> None:
        self._note("done", None, ids)
        self.commands.append(command)

    def begin(self, command: object, ids: Collection[str], redo: bool) -> Collection[str]:
        self._note("begin", redo, ids)
        self.commands.append(command)
        return self.leaves

    def end(self, ids: Collection[str]) -> None:
        self._note("end", None, ids)
        self.at_end()

    def _note(self, call: str, redo: bool | None, ids: Collection[str]) -> None:
        self.ids.append(ids)
        record: Record | None = self._driver.host.records([self._id]).get(self._id)
        self.heard.append((call, redo, None if record is None else round(record.props["pos"][0], 6)))


@pytest.fixture
def watched(driver: Driver) -> tuple[Watcher, str]:
    """A watcher of steps, and an item at (0, 0)."""
    needs(driver, "watch_undo")
    id = driver.add(0.0, 0.0)
    watcher = Watcher(driver, id)
    driver.host.watch_undo(watcher)
    return watcher, id


def test_each_step_is_told_and_so_are_undo_and_redo(driver: Driver, watched: tuple[Watcher, str]) -> None:
    """`begin` before the bench changes, `end` after it; all with the host's one object for the step."""
    watcher, id = watched
    driver.edit(id, 7.0)
    driver.undo()
    driver.redo()
    assert watcher.heard == [
        ("done", None, 7.0),
        ("begin", False, 7.0),
        ("end", None, 0.0),
        ("begin", True, 0.0),
        ("end", None, 7.0),
    ]
    assert all(id in ids for ids in watcher.ids)
    assert all(command is watcher.commands[0] for command in watcher.commands)


def test_a_removal_and_its_undo_are_told(driver: Driver, watched: tuple[Watcher, str]) -> None:
    watcher, id = watched
    driver.remove(id)
    driver.undo()
    assert watcher.heard == [("done", None, None), ("begin", False, None), ("end", None, 0.0)]


def test_what_a_command_must_leave_alone_it_leaves(driver: Driver, watched: tuple[Watcher, str]) -> None:
    """Now and later."""
    watcher, id = watched
    driver.edit(id, 7.0)
    driver.host.apply([Set(id, {"pos": [50.0, 0.0]})])
    watcher.leaves = [id]
    driver.undo()
    watcher.leaves = ()
    driver.redo()
    assert props(driver, id)["pos"] == [50.0, 0.0]


def test_what_a_command_touched_can_be_put_right(driver: Driver, watched: tuple[Watcher, str]) -> None:
    """From inside `end`; that is not a step of the user."""
    watcher, id = watched
    driver.edit(id, 7.0)
    watcher.at_end = lambda: driver.host.apply([Set(id, {"pos": [60.0, 5.0]})])
    driver.undo()
    assert props(driver, id)["pos"] == [60.0, 5.0]
    assert [call for call, _, _ in watcher.heard] == ["done", "begin", "end"]


def test_what_others_do_is_no_step(driver: Driver, watched: tuple[Watcher, str]) -> None:
    watcher, id = watched
    driver.host.apply([Set(id, {"pos": [60.0, 5.0]})])
    assert watcher.heard == []


def test_nobody_is_told_any_more(driver: Driver, watched: tuple[Watcher, str]) -> None:
    watcher, id = watched
    driver.host.watch_undo(None)
    driver.edit(id, 7.0)
    driver.undo()
    assert watcher.heard == []
    assert props(driver, id)["pos"][0] == 0.0
