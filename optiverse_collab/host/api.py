"""The interface to any host's window. We know nothing else of a host.

An adapter derives from `Host`, which has defaults for missing features, or has all its methods.
examples/toy_editor.py is a short one. It passes the suite of `optiverse_collab.testing`. Its promises:

- `records` returns exactly the values that `apply` applied, so that there is no echo to suppress;
- `apply` edits the existing objects in place: selection, open dialogs and the user's undo
  steps stay valid, and no undo step is added;
- an operation that can't be applied is logged as a WARNING, and the others are applied.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from optiverse_collab.category import log_category, note
from optiverse_collab.convert import bench_from_records, write_bench
from optiverse_collab.core.records import Op, Put, Record, Remove, Set, apply, touched

if TYPE_CHECKING:
    from PyQt6.QtCore import QModelIndex, QPointF
    from PyQt6.QtGui import QPainterPath
    from PyQt6.QtWidgets import QDialog, QGraphicsScene, QGraphicsView, QMainWindow, QTreeView

__all__ = [
    "LEVELS",
    "AutosaveNoted",
    "FileNoted",
    "Host",
    "ItemList",
    "LogLevel",
    "Op",
    "Opened",
    "Picture",
    "Put",
    "RayEngine",
    "Record",
    "Remove",
    "Set",
    "UndoWatcher",
    "apply",
    "touched",
]

Opened = Callable[[Callable[[], None]], None]
"""Called when another bench replaces this one. Its argument restores the window's previous file."""


FileNoted = Callable[[Mapping[str, Record]], None]
"""Takes the content of an opened or saved file: id → record; nothing for a new, empty bench."""


AutosaveNoted = Callable[[Callable[[], Mapping[str, Record]]], None]
"""Takes a function that reads an autosave, in any thread; the window's file is unchanged."""


class UndoWatcher(Protocol):
    """Called at each of the user's undo steps, from inside it."""

    def done(self, command: object, ids: Collection[str]) -> None:
        """The user did something that can be undone.

        Args:
            command: the host's object for it; the same again if the host merged it into an earlier one.
            ids: of its records.
        """

    def begin(self, command: object, ids: Collection[str], redo: bool) -> Collection[str]:
        """A command is about to be undone, or redone; others' changes of its records may show now.

        Returns:
            Ids of records that the command must leave alone, now and later.
        """

    def end(self, ids: Collection[str]) -> None:
        """It is done; the host may get changes that restore values that its user must not change."""


LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

LEVELS: dict[int, LogLevel] = {
    logging.DEBUG: "DEBUG",
    logging.INFO: "INFO",
    logging.WARNING: "WARNING",
    logging.ERROR: "ERROR",
}
"""A level of `logging`, as the lines of `wording` have it → the host's name for it."""


class RayEngine(Protocol):
    """An editor's ray tracing, for benches that no window shows. It needs no display.

    A window calls it in a thread of its own.

    Attributes:
        name: the editor's name, with its version.
    """

    name: str

    def hits(self, records: Mapping[str, Record], id: str) -> bool:
        """Whether a beam hits an item: one crosses its lines (`outlines.lines_of`), or ends on them.

        The beams of the item itself, if it is a source, don't count.

        Args:
            records: a bench, id → record, with whatever others may have put on it.
            id: of one of them.

        Raises:
            Exception: whatever the engine raises if it can't trace this bench.
        """


class ItemList(NamedTuple):
    """A list of a host with a line for each item.

    Attributes:
        view: the widget.
        id_of: returns the id of the item in a line; None for other lines, or for none.
    """

    view: QTreeView
    id_of: Callable[[QModelIndex], str | None]


class Picture(Protocol):
    """Another bench than the window's, with its beams, in a scene that shares nothing with the window."""

    @property
    def scene(self) -> QGraphicsScene:
        """The scene: `sceneRect` covers the items [mm], y up.

        The caller gives it a parent or deletes it, and may add marks, which `show` leaves alone.
        """

    def show(self, records: Mapping[str, Record]) -> None:
        """Show this bench instead; only what differs is drawn again, and the beams are traced again.

        Args:
            records: id → record. Items that can't be shown are left out.
        """

    def outline(self, id: str) -> QPainterPath | None:
        """The shape of an item in `scene` [mm]; None if it isn't shown."""


class Host(Protocol):
    """One main window of a host, and the bench in it.

    A derived class implements `name`, `window`, `records`, `apply`, `watch` and `close`. The
    others have defaults for hosts without the feature.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """The host's name, with its version."""

    @property
    @abstractmethod
    def window(self) -> QMainWindow:
        """Its main window; our widgets are children of it."""

    @property
    def view(self) -> QGraphicsView | None:
        """Its canvas, whose scene is in mm; None if others' cursors can't be shown."""
        return None

    @property
    def item_list(self) -> ItemList | None:
        """Its list of items, such as a panel with layers; None if it has none."""
        return None

    def outline(self, id: str) -> QPainterPath | None:
        """The shape of an item on the canvas, in scene coordinates [mm]; None if it isn't there."""
        return None

    def item_at(self, at: QPointF) -> str | None:
        """The id of the uppermost item at a place of the scene [mm]; None if there is none."""
        for id in reversed([*self.ids()]):
            outline = self.outline(id)
            if outline is not None and outline.contains(at):
                return id
        return None

    def picture(self) -> Picture | None:
        """An empty picture, to look at another bench; None if the host can't make one."""
        return None

    def log(self, level: LogLevel, text: str) -> None:
        """Write a line to the host's log window, in our category, and `category.note` it.

        A host without such a window has a logger of Python's of that name.

        Args:
            text: one line; a stack trace may have more.
        """
        logging.getLogger(log_category()).log(logging.getLevelName(level), "%s", text)
        note(level, text)

    def ids(self) -> Collection[str]:
        """The ids of everything on the bench, looked up again; lower items first."""
        return list(self.records())

    @abstractmethod
    def records(self, ids: Collection[str] | None = None) -> dict[str, Record]:
        """The present bench: all of it, or those of `ids` that exist. Positions are in mm."""

    @abstractmethod
    def apply(self, ops: Sequence[Op], batch_continues: bool = False) -> None:
        """Apply others' changes, all at once; the user's file doesn't have them yet.

        Args:
            batch_continues: another call will follow soon, until one says otherwise. Work that costs the host
                the same for one operation as for a thousand can wait for the last.
        """

    def agree(self, ids: Collection[str]) -> None:
        """Don't count the next change of each of these by `apply` as unsaved.

        The opened file has the same values, in the editor's own form.
        """
        return

    def edit(self, text: str, ops: Sequence[Op]) -> None:
        """Change the bench as its user would: one step, which they can undo, and which `watch` reports.

        Args:
            text: the name of the step, for a host that shows names.
            ops: the change; `apply` defines how failures are handled.
        """
        self.apply(ops)

    @abstractmethod
    def watch(self, dirty: Callable[[Collection[str]], None]) -> None:
        """Call `dirty` with ids that may have changed, no matter who changed them; too many do no harm.

        Calls come from the GUI thread, often, and from inside the change: `dirty` only remembers them.
        """

    def watch_opened(self, opened: Opened) -> None:
        """Call `opened` when the user has put another bench in place of this one: a file, or an empty one.

        The window saves to that file from then on. Should the bench from before come back, saving it there
        would destroy the file; so `opened` gets a function that makes the previous file the window's again,
        with unsaved changes.
        """
        return

    def watch_undo(self, watcher: UndoWatcher | None) -> None:
        """Call `watcher` at each undo step from now on; None stops that."""
        return

    def held(self) -> Collection[str]:
        """Ids that the user holds: being dragged, rotated, or edited as text."""
        return ()

    def dragged(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """The dragged ones of `ids`, with the properties that dragging changes.

        Reading just these is quick; the rest is read after the release. A host with quick `records`
        may report no dragged items.
        """
        return {}

    def watch_editors(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed`, too, soon after the user opens an item or closes it, in a dialog or to type in it.

        Returns:
            A function that stops this.
        """
        return lambda: None

    def editors(self) -> Mapping[str, QDialog | None]:
        """The items that the user has open: id → the dialog; None for text being edited on the canvas.

        In a dialog that grows together with the bottom margin of its layout, nothing moves.
        """
        return {}

    def save_copy(self, path: Path) -> None:
        """Write the bench to an Optiverse file.

        Raises:
            BenchFileError: it can't be written; the text says why.
        """
        write_bench(path, bench_from_records(self.records()))

    def watch_presence(self, changed: Callable[[Mapping[str, object]], None]) -> None:
        """Call `changed` when the user's ``cursor`` ([x_mm, y_mm] or None) or ``selection`` (ids) changes."""
        return

    @abstractmethod
    def close(self) -> None:
        """Disconnect everything from the host, which continues without us; calling it once is enough."""
