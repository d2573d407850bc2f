"""The user's edits of the bench, each as one undo step."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from PyQt6.QtCore import QMimeData, QObject, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QUndoCommand, QUndoStack

from optiverse_collab_demo import clipboard, geometry, groups
from optiverse_collab_demo.commands import Add, BenchCommand, Change, Remove, Step, values
from optiverse_collab_demo.geometry import Point
from optiverse_collab_demo.groups import GROUP
from optiverse_collab_demo.model import MISSING, Bench, Item
from optiverse_collab_demo.templates import Template, placed

PASTE_OFFSET_MM = (20.0, -20.0)
_TURNING = 1


class Editor(QObject):
    """All edits of a bench by its user go through here.

    Attributes:
        bench: what is edited.
        undo_stack: what the user did.
        dragging: ids of the items that are being dragged.

    Signals:
        step_done(BenchCommand): the user did something that can be undone.
        step_begins(BenchCommand, bool): it is about to be undone; or redone, if True.
        step_ended: it was.
    """

    step_done = pyqtSignal(object)
    step_begins = pyqtSignal(object, bool)
    step_ended = pyqtSignal()

    def __init__(self, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bench = bench
        self.undo_stack = QUndoStack(self)
        self.dragging: frozenset[str] = frozenset()
        self._before_drag: dict[str, dict[str, Any]] = {}
        self._drag_offset: Point = (0.0, 0.0)
        self._pasted, self._times_pasted = "", 0

    def add(self, template: Template, at: Point) -> str:
        """Put a new item on the bench; returns its id."""
        item = Item(str(uuid.uuid4()), template.kind, placed(template, at))
        self._push(f"Add {template.title.lower()}", Add([item]))
        return item.id

    def change(self, text: str, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Change items' values that differ."""
        now = values(self.bench, changes)
        after = {
            id: {name: value for name, value in changes[id].items() if value != props[name]}
            for id, props in now.items()
        }
        after = {id: props for id, props in after.items() if props}
        if after:
            self._push(text, Change.to(self.bench, after))

    def do(self, text: str, steps: Sequence[Step]) -> None:
        """Push any other command."""
        self._push(text, *steps)

    def remove(self, ids: Collection[str]) -> None:
        """Remove items. Empty groups are hidden and stay: others may add members."""
        found = [id for id in ids if id in self.bench.items]
        if found:
            self._push(f"Delete {self._called(found)}", Remove(found))

    def turn(self, ids: Collection[str], degrees: float, series: bool = False) -> None:
        """Turn items clockwise: one about itself, several about their middle.

        Args:
            ids: of the items; locked ones are unchanged.
            degrees: by how much.
            series: undone together with the turns before, as for the clicks of a wheel.
        """
        free = self._free(ids)
        places = [at for item in free if (at := geometry.middle(item.kind, item.props)) is not None]
        if not places:
            return
        about = places[0] if len(places) == 1 else geometry.mean(places)
        after = {item.id: geometry.turned(item.kind, item.props, degrees, about) for item in free}
        after = {id: props for id, props in after.items() if props}
        if after:
            step = Change.to(self.bench, after)
            text = f"Turn {self._called(list(after))}"
            self._do(BenchCommand(self.bench, text, [step], series=_TURNING if series else -1))

    def group(self, ids: Collection[str]) -> str | None:
        """Make items, or the groups that they are in, one group; returns its id."""
        roots = groups.roots_of(self.bench.items, ids)
        if len(roots) < 2:
            return None
        group = Item(str(uuid.uuid4()), GROUP, {"name": "Group"})
        into = Change.to(self.bench, {id: {"parent": group.id} for id in roots})
        self._push("Group", Add([group]), into)
        return group.id

    def ungroup(self, ids: Collection[str]) -> None:
        """Ungroup the outermost groups of items, as a separate step."""
        items = self.bench.items
        found = {id for id in groups.roots_of(items, ids) if items[id].kind == GROUP}
        inside = {id: {"parent": MISSING} for id, up in groups.parents(items).items() if up in found}
        if found:
            self._push("Ungroup", Change.to(self.bench, inside), Remove(sorted(found)))

    def copy(self, ids: Collection[str]) -> None:
        """Put copies of items on the clipboard."""
        board = QGuiApplication.clipboard()
        if not ids or board is None:
            return
        data = QMimeData()
        data.setData(clipboard.MIME_TYPE, clipboard.to_text(self.bench.items, ids).encode())
        board.setMimeData(data)

    def paste(self) -> list[str]:
        """Paste from the clipboard, each time with a larger offset; returns the new ids."""
        board = QGuiApplication.clipboard()
        data = board.mimeData() if board is not None else None
        if data is None or not data.hasFormat(clipboard.MIME_TYPE):
            return []
        text = data.data(clipboard.MIME_TYPE).data().decode("utf-8", "replace")
        self._times_pasted = self._times_pasted + 1 if text == self._pasted else 1
        self._pasted = text
        dx, dy = PASTE_OFFSET_MM
        items = clipboard.from_text(text, (self._times_pasted * dx, self._times_pasted * dy))
        if items:
            self._push("Paste", Add(items))
        return [item.id for item in items if item.kind != GROUP]

    def undo(self) -> None:
        """Undo the user's last step; not during a drag."""
        if not self.dragging:
            self._turn(self.undo_stack.command(self.undo_stack.index() - 1), redo=False)

    def redo(self) -> None:
        """Redo the last undone step."""
        if not self.dragging:
            self._turn(self.undo_stack.command(self.undo_stack.index()), redo=True)

    def start_drag(self, ids: Collection[str]) -> None:
        """The user has grabbed items; locked ones don't move."""
        free = self._free(ids)
        names = {item.id: geometry.moved(item.kind, item.props, 0.0, 0.0) for item in free}
        self._before_drag = {id: props for id, props in values(self.bench, names).items() if props}
        self._drag_offset = (0.0, 0.0)
        self.dragging = frozenset(self._before_drag)

    def drag(self, dx: float, dy: float) -> None:
        """Move the dragged items to `dx`, `dy` mm from their start."""
        if (dx, dy) == self._drag_offset:
            return
        self._drag_offset = (dx, dy)
        self.bench.change(self._dragged_to(dx, dy))

    def end_drag(self) -> None:
        """The user has released the items: the drag becomes one undo step."""
        before, offset = self._before_drag, self._drag_offset
        after = self._dragged_to(*offset)
        self._before_drag, self.dragging = {}, frozenset()
        if after and offset != (0.0, 0.0):
            step = Change({id: before[id] for id in after}, after)
            text = f"Move {self._called(list(after))}"
            self._do(BenchCommand(self.bench, text, [step], done=True))

    def _dragged_to(self, dx: float, dy: float) -> dict[str, dict[str, Any]]:
        return {
            id: geometry.moved(self.bench.items[id].kind, props, dx, dy)
            for id, props in self._before_drag.items()
            if id in self.bench.items
        }

    def _free(self, ids: Collection[str]) -> list[Item]:
        """Items that may be moved: not those that are locked, nor groups, which have no place."""
        found = [self.bench.items[id] for id in ids if id in self.bench.items]
        return [item for item in found if item.kind != GROUP and item.props.get("locked") is not True]

    def _called(self, ids: Collection[str]) -> str:
        if len(ids) != 1:
            return f"{len(ids)} items"
        return self.bench.items[next(iter(ids))].name

    def _push(self, text: str, *steps: Step) -> None:
        self._do(BenchCommand(self.bench, text, steps))

    def _do(self, command: BenchCommand) -> None:
        self.undo_stack.push(command)
        self.step_done.emit(self.undo_stack.command(self.undo_stack.index() - 1))

    def _turn(self, command: QUndoCommand | None, redo: bool) -> None:
        if command is None:
            return
        self.step_begins.emit(command, redo)
        if redo:
            self.undo_stack.redo()
        else:
            self.undo_stack.undo()
        self.step_ended.emit()
