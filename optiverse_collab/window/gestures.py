"""Gives each of the user's gestures a step: one drag, one command, one dialog (PUSH-8)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable
from weakref import WeakValueDictionary

from optiverse_collab.core.records import Op
from optiverse_collab.window.steps import Provenance, Step

LOOSE = 32
"""How many of the latest gestures may still get a command."""


def new_id() -> str:
    """An id for a step: random, so that no other participant has it."""
    return secrets.token_hex(8)


class Gestures:
    """Sorts the user's edits into steps.

    A gesture lasts as long as the user holds something that it changed. If the host has a command
    for it, that takes the step at the end of the gesture, or later.

    Attributes:
        provenance: the marks that the user's edits replace.
    """

    def __init__(self) -> None:
        self.provenance = Provenance()
        self._open: Step | None = None
        self._loose: dict[str, Step] = {}
        self._by_id: WeakValueDictionary[str, Step] = WeakValueDictionary()

    def clear(self) -> None:
        """Start over for another bench."""
        self.provenance.clear()
        self._open = None
        self._loose.clear()
        self._by_id.clear()

    @property
    def step(self) -> str:
        """The id of the present gesture, or of a new one."""
        if self._open is None:
            self._open = self._new(new_id())
        return self._open.id

    def find(self, id: str) -> Step | None:
        """The step whose changes carry this id, or whose undo or redo does."""
        return self._by_id.get(id)

    def name(self, id: str, step: Step) -> None:
        """Changes with this id also belong to the step."""
        self._by_id[id] = step

    def add(self, id: str, ops: Iterable[Op]) -> None:
        """Something was edited elsewhere, as a step with this id."""
        step = self._new(id)
        for op in ops:
            step.note(op, self.provenance.take(op))

    def edited(self, op: Op) -> None:
        """An edit went out with `step`."""
        if self._open is not None:
            self._open.note(op, self.provenance.take(op))

    def end(self, held: Callable[[], Collection[str]]) -> None:
        """The gesture is over, unless the user still holds something of it."""
        if self._open is not None and self._open.changed.keys().isdisjoint(held()):
            self._open = None

    def take(self, ids: Collection[str], held: Collection[str]) -> Step:
        """The latest gesture that changed these records, which no command has taken yet.

        Args:
            held: the items that the user holds; the gesture continues if any of these is one.
        """
        if self._open is not None and set(ids).isdisjoint(held):
            self._open = None
        mine = [step for step in self._loose.values() if not step.changed.keys().isdisjoint(ids)]
        step = mine[-1] if mine else self._new(new_id())
        del self._loose[step.id]
        return step

    def _new(self, id: str) -> Step:
        step = Step(id)
        self.name(step.id, step)
        self._loose[step.id] = step
        if len(self._loose) > LOOSE:
            del self._loose[next(iter(self._loose))]
        return step
