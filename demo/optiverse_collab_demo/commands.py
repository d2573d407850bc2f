"""Undo: each user undoes their own edits, and nothing else.

Others may change a bench, too. So a command names items by id and
remembers its own changes: undoing restores a property only if it still has the value
that the command gave it, restores only items that the command removed, and skips missing ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from PyQt6.QtGui import QUndoCommand

from optiverse_collab_demo.model import MISSING, Bench, Item, Props


class Step(Protocol):
    """A part of a command."""

    @property
    def ids(self) -> list[str]:
        """Its items."""

    def leave(self, ids: Collection[str]) -> None:
        """Forget these items."""

    def accept(self) -> None:
        """Undo or redo others' changes, too, this once: the caller takes care of them."""

    def do(self, bench: Bench) -> None:
        """Do it, for the first time or again."""

    def undo(self, bench: Bench) -> None:
        """Undo it, as far as others' changes allow."""


class Add:
    """Adds items to the bench."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = list(items)

    @property
    def ids(self) -> list[str]:
        """Its items."""
        return [item.id for item in self._items]

    def leave(self, ids: Collection[str]) -> None:
        """Forget these items."""
        self._items = [item for item in self._items if item.id not in ids]

    def accept(self) -> None:
        """Items are added and removed completely, whatever their state."""

    def do(self, bench: Bench) -> None:
        """Add the missing items."""
        for item in self._items:
            if item.id not in bench.items:
                bench.put(item.id, item.kind, item.props)

    def undo(self, bench: Bench) -> None:
        """Remove them."""
        # Items that somebody else removed are not remembered, so that redo leaves them removed.
        self._items = _as_they_are(bench, [item.id for item in self._items])
        bench.remove([item.id for item in self._items])


class Remove:
    """Removes items from the bench."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = list(ids)
        self._removed: list[Item] = []

    @property
    def ids(self) -> list[str]:
        """Its items."""
        return list(self._ids)

    def leave(self, ids: Collection[str]) -> None:
        """Forget these items."""
        self._ids = [id for id in self._ids if id not in ids]
        self._removed = [item for item in self._removed if item.id not in ids]

    def accept(self) -> None:
        """Items are added and removed completely, whatever their state."""

    def do(self, bench: Bench) -> None:
        """Remove them, and remember their present state."""
        self._removed = _as_they_are(bench, self._ids)
        bench.remove(self._ids)

    def undo(self, bench: Bench) -> None:
        """Restore the missing ones."""
        self._ids = [item.id for item in self._removed if item.id not in bench.items]
        for item in self._removed:
            if item.id not in bench.items:
                bench.put(item.id, item.kind, item.props)


class Change:
    """Changes items' values.

    Args:
        before: id → property → value before; `MISSING` for none.
        after: the same after.
    """

    def __init__(self, before: Mapping[str, Props], after: Mapping[str, Props]) -> None:
        self._before = {id: dict(props) for id, props in before.items()}
        self._after = {id: dict(props) for id, props in after.items()}
        self._accepts = False

    @property
    def ids(self) -> list[str]:
        """Its items."""
        return list(self._after)

    def leave(self, ids: Collection[str]) -> None:
        """Forget these items."""
        for id in ids:
            self._before.pop(id, None)
            self._after.pop(id, None)

    def accept(self) -> None:
        """Undo or redo others' changes, too, this once: the caller takes care of them."""
        self._accepts = True

    @classmethod
    def to(cls, bench: Bench, after: Mapping[str, Props]) -> Change:
        """The change to the present items."""
        return cls(values(bench, after), after)

    def do(self, bench: Bench) -> None:
        """Set the values from after."""
        self._turn(bench, self._before, self._after)

    def undo(self, bench: Bench) -> None:
        """Set the values from before."""
        self._turn(bench, self._after, self._before)

    def _turn(self, bench: Bench, old: Mapping[str, Props], new: Mapping[str, Props]) -> None:
        changes: dict[str, Props] = {}
        for id, props in new.items():
            item = bench.items.get(id)
            if item is None:
                continue
            mine = {
                name: value
                for name, value in props.items()
                if (self._accepts or item.props.get(name, MISSING) == old[id][name])
                and value != old[id][name]
            }
            if mine:
                changes[id] = mine
        self._accepts = False
        bench.change(changes)

    def joined(self, later: Change) -> Change | None:
        """This and a later change of the same properties as one; None if another came between."""
        if self._after.keys() != later._before.keys() or self._after != later._before:
            return None
        return Change(self._before, later._after)


class BenchCommand(QUndoCommand):
    """Something the user did.

    Args:
        bench: the bench.
        text: its name, for the Undo menu.
        steps: in order.
        done: it is visible already, like a finished drag.
        series: commands of the same series, one after the other, are undone as one.
    """

    def __init__(
        self, bench: Bench, text: str, steps: Sequence[Step], done: bool = False, series: int = -1
    ) -> None:
        super().__init__(text)
        self._bench = bench
        self._steps = list(steps)
        self._done = done
        self._series = series

    @property
    def ids(self) -> list[str]:
        """Its items."""
        return list(dict.fromkeys(id for step in self._steps for id in step.ids))

    def leave(self, ids: Collection[str]) -> None:
        """Forget these items; an empty command leaves the stack at its turn."""
        for step in self._steps:
            step.leave(ids)
        self.setObsolete(not self.ids)

    def accept(self) -> None:
        """Undo or redo others' changes, too, this once: the caller takes care of them."""
        for step in self._steps:
            step.accept()

    def redo(self) -> None:
        """Do it, the first time and again."""
        if not self._done:
            for step in self._steps:
                step.do(self._bench)
        self._done = False

    def undo(self) -> None:
        """Undo it, as far as it still applies."""
        for step in reversed(self._steps):
            step.undo(self._bench)

    def id(self) -> int:
        """The series, for Qt."""
        return self._series

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        """Merge the command that was just done, if both are single changes of the same properties."""
        if not isinstance(other, BenchCommand) or len(self._steps) != 1 or len(other._steps) != 1:
            return False
        mine, theirs = self._steps[0], other._steps[0]
        if not isinstance(mine, Change) or not isinstance(theirs, Change):
            return False
        joined = mine.joined(theirs)
        if joined is None:
            return False
        self._steps = [joined]
        return True


def values(bench: Bench, names: Mapping[str, Iterable[str]]) -> dict[str, Props]:
    """The present properties: id → property → value, without missing ids."""
    return {
        id: {name: bench.items[id].props.get(name, MISSING) for name in wanted}
        for id, wanted in names.items()
        if id in bench.items
    }


def _as_they_are(bench: Bench, ids: Iterable[str]) -> list[Item]:
    found: list[Any] = [bench.items.get(id) for id in ids]
    return [Item(item.id, item.kind, item.props) for item in found if item is not None]
