"""The changes of each of a user's steps, and others' later changes: what undo and redo may still touch.

Pure. A property whose present value somebody else gave it has a mark. The user's edit removes the
mark, and its step remembers it as *covered*; undoing the step restores it. So a mark that the step does not
know belongs to a later edit, and that one stands.

An example. Ann drags a lens, Ben moves it, Ann drags it again, and then presses Ctrl+Z twice:

    what happens             the lens    mark of its position    covered by Ann's second drag
    Ann drags it to 10       10
    Ben moves it to 50       50          Ben's
    Ann drags it to 60       60                                  Ben's
    first Ctrl+Z             50          Ben's
    second Ctrl+Z            50          Ben's: her first drag knows no such mark, so the lens stays
"""

from __future__ import annotations

from collections.abc import Iterable

from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, same_value

PLACE = ("parent", "order", "z_value")
"""One unit (SEEN-6); the last follows from the others, and is nobody's."""


class Mark:
    """Somebody else gave a property its present value.

    Attributes:
        by: their name; empty if nobody knows.
    """

    def __init__(self, by: str) -> None:
        self.by = by


Marks = dict[str, Mark]
"""Property name → whose its value is, if not the user's."""


class Step:
    """One gesture, command or dialog of the user.

    Attributes:
        id: the step id of its changes (PUSH-8).
        changed: record id → the properties that it changed; None for all, if it made or removed the record.
        covered: record id → the marks that it removed.
        unseen: record id → the values of others that it replaced before the user saw them.
        disowned: record id → the properties that it may no longer change.
        left: record id → the record when the step was last done, undone or redone.
        undone: the step id of its undo; empty if it isn't undone.
    """

    def __init__(self, id: str) -> None:
        self.id = id
        self.changed: dict[str, set[str] | None] = {}
        self.covered: dict[str, Marks] = {}
        self.unseen: dict[str, Set] = {}
        self.disowned: dict[str, Marks] = {}
        self.left: dict[str, Record | None] = {}
        self.undone = ""

    def note(self, op: Op, covered: Marks) -> None:
        """Add an edit, and the marks that it removed."""
        if isinstance(op, Set):
            known = self.changed.setdefault(op.id, set())
            if known is not None:
                known.update(op.props, op.unset)
        else:
            self.changed[op.id] = None
        self.covered[op.id] = {**covered, **self.covered.get(op.id, {})}

    def absorb(self, later: Step) -> None:
        """A later step is undone together with this."""
        for id, names in later.changed.items():
            known = self.changed.setdefault(id, set())
            self.changed[id] = None if known is None or names is None else known | names
            self.covered[id] = {**later.covered.get(id, {}), **self.covered.get(id, {})}
        self.left.update(later.left)

    @staticmethod
    def marks(names: Iterable[str], by: str) -> Marks:
        """New marks for these properties."""
        return {name: Mark(by) for name in names}

    def replaced(self, id: str, marks: Marks, theirs: Set | None) -> None:
        """It replaced values that the user had not seen: its undo restores those, if they are known."""
        self.covered.setdefault(id, {}).update(marks)
        if theirs is None:
            self.disown(id, marks)
            return
        known = self.unseen.get(id, Set(id))
        props = {name: value for name, value in known.props.items() if name not in theirs.unset}
        unset = [name for name in known.unset if name not in theirs.props]
        self.unseen[id] = Set(id, {**props, **theirs.props}, [*unset, *theirs.unset])

    def disown(self, id: str, marks: Marks) -> None:
        """Others' values stand: neither undo nor redo touches these properties again."""
        self.disowned.setdefault(id, {}).update(marks)


class Provenance:
    """Which properties of which records have values from somebody else."""

    def __init__(self) -> None:
        self._marks: dict[str, Marks] = {}
        self._kept: dict[str, str] = {}  # records whose removal others' edits prevented, and who they are
        self._mine: set[str] = set()  # records that the user edited; a step may know them

    def clear(self) -> None:
        """Start over for another bench."""
        self._marks.clear()
        self._kept.clear()
        self._mine.clear()

    def note(self, change: ShowChange) -> None:
        """Others changed records."""
        for op in change.ops:
            before = change.before.get(op.id)
            by = change.authors.get(op.id)
            if isinstance(op, Remove):
                self._marks.pop(op.id, None)
            elif before is not None:
                self._note([*op.props, *(op.unset if isinstance(op, Set) else before.props)], op.id, by)
            elif op.id in self._mine:  # another record of this id, or one that could not be removed
                self._note(op.props, op.id, self._kept.pop(op.id, by))
            elif "parent" in op.props:  # a group of the user's may be in use by it
                self._note(["parent"], op.id, by)

    def keep(self, id: str, by: str) -> None:
        """The user's removal of a record was not applied: it comes back as somebody else's."""
        self._kept[id] = by

    def stand(self, id: str, marks: Marks) -> None:
        """These properties have others' values, or will have them with what is shown next."""
        self._marks.setdefault(id, {}).update(marks)

    def take(self, op: Op) -> Marks:
        """The user edited a record: return the marks that this removes."""
        self._mine.add(op.id)
        marks = self._marks.get(op.id, {})
        if not isinstance(op, Set):
            return self._marks.pop(op.id, {})
        return {name: marks.pop(name) for name in (*op.props, *op.unset) if name in marks}

    def put_back(self, op: Op, covered: Marks) -> None:
        """The user undid an edit: the marks that it had removed are there again."""
        if isinstance(op, Remove):
            self._marks.pop(op.id, None)
        else:
            names = covered if isinstance(op, Put) else [*op.props, *op.unset]
            marks = self._marks.setdefault(op.id, {})
            for name in names:
                marks.pop(name, None)
                if name in covered:
                    marks[name] = covered[name]

    def since(self, step: Step, id: str, shown: Record | None) -> Marks:
        """The properties that a step may not touch: others' later changes, unless these restored it."""
        covered, left = step.covered.get(id, {}), step.left.get(id)
        marks = {
            name: mark
            for name, mark in self._marks.get(id, {}).items()
            if covered.get(name) is not mark and not _is_same(left, shown, name)
        }
        marks |= step.disowned.get(id, {})
        marks.pop("z_value", None)
        place = marks.get("parent") or marks.get("order")
        return marks if place is None else {**marks, **dict.fromkeys(PLACE, place)}

    def _note(self, names: Iterable[str], id: str, by: str | None) -> None:
        """Others changed these properties; if the author is unknown, an earlier mark stays."""
        marks = self._marks.setdefault(id, {})
        for name in names:
            if by is not None or name not in marks:
                marks[name] = Mark(by or "")


def _is_same(left: Record | None, shown: Record | None, name: str) -> bool:
    if left is None or shown is None or (name in left.props) != (name in shown.props):
        return False
    return name not in left.props or same_value(left.props[name], shown.props[name])


def names_in(op: Op, since: Marks) -> list[str]:
    """The properties in an edit that others changed since; all of those for an edit of a whole record."""
    return [name for name in since if not isinstance(op, Set) or name in op.props or name in op.unset]


def values(record: Record, names: Iterable[str]) -> Set:
    """A record's values of some properties."""
    names = list(names)
    props = {name: record.props[name] for name in names if name in record.props}
    return Set(record.id, props, [name for name in names if name not in props])


def only(op: Set, names: Iterable[str]) -> Set:
    """A part of an edit."""
    wanted = set(names)
    props = {name: value for name, value in op.props.items() if name in wanted}
    return Set(op.id, props, [name for name in op.unset if name in wanted])
