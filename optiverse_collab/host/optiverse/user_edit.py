"""A user's step without a command of the editor, on the editor's own undo stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from optiverse_collab.core.records import Op, Record, apply, difference, touched


class UserEdit:
    """A command of Optiverse's undo stack that gives records other properties, makes or removes them.

    Args:
        write: shows operations in the window.
        before: id → the record before the edit, where there is one.
        ops: the change.
    """

    def __init__(
        self, write: Callable[[Sequence[Op]], None], before: Mapping[str, Record], ops: Sequence[Op]
    ) -> None:
        self._write = write
        old, new = dict(before), dict(before)
        for op in ops:
            apply(new, op)
        self._forward, self._back = difference(old, new), difference(new, old)
        self._uuids = list(touched(ops))  # the stack's guard removes deleted items

    def execute(self) -> None:
        """Do it, the first time and again."""
        self._write([op for op in self._forward if op.id in self._uuids])

    def undo(self) -> None:
        """Undo it."""
        self._write([op for op in self._back if op.id in self._uuids])

    def id(self) -> int:
        """-1: it has no kind that could merge."""
        return -1

    def merge_with(self, other: object) -> bool:
        """It never merges with another step."""
        return False
