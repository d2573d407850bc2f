"""What we need from any host's window. Everything else of a host is unknown to us.

An adapter derives from `Host`, which answers for hosts that can't tell something, or has all its methods.
examples/toy_editor.py is a short one. It passes the suite of `optiverse_collab.testing`. Its promises:

- what `records` says after `apply` is exactly what was applied, so that there is no echo to suppress;
- `apply` edits the objects that are there, in place: selection, open dialogs and the user's undo
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
    from PyQt6.QtCore import QModelIndex
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
    "Put",
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
"""Takes what a file says that a window has opened or saved: id → record; nothing for a new, empty bench."""


AutosaveNoted = Callable[[Callable[[], Mapping[str, Record]]], None]
"""Takes what reads what an autosave says, in any thread; the window's file is what it was."""


class UndoWatcher(Protocol):
    """Hears of each of the user's undo steps, from inside it."""

    def done(self, command: object, ids: Collection[str]) -> None:
        """The user did something that can be undone.

        Args:
            command: the host's object for it; the same again if the host merged it into an earlier one.
            ids: of the records that it is about.
        """

    def begin(self, command: object, ids: Collection[str], redo: bool) -> Collection[str]:
        """A command is about to be undone, or redone; others' changes of its records may show now.

        Returns:
            Ids of records that the command must leave alone, now and later.
        """

    def end(self, ids: Collection[str]) -> None:
        """It was; the host may get changes that restore what was not its user's to change."""


LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

LEVELS: dict[int, LogLevel] = {
    logging.DEBUG: "DEBUG",
    logging.INFO: "INFO",
    logging.WARNING: "WARNING",
    logging.ERROR: "ERROR",
}
"""A level of `logging`, as the lines of `wording` have it → the host's name for it."""


class ItemList(NamedTuple):
    """A list of a host with a line for each item.

    Attributes:
        view: where it stands.
        id_of: tells the id of the item in a line; None for a line of something else, or for none.
    """

    view: QTreeView
    id_of: Callable[[QModelIndex], str | None]


class Host(Protocol):
    """One main window of a host, and the bench in it.

    A class that derives from it has `name`, `window`, `records`, `apply`, `watch` and `close` of its own. The
    others do what is right for a host that can't tell, or knows no such thing.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """What the host calls itself, with its version."""

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

    def picture(self, records: Mapping[str, Record]) -> QGraphicsScene | None:
        """A scene of its own with another bench, to be looked at; None if the host can't make one.

        Args:
            records: id → record. What can't be shown of them is left out.

        Returns:
            Nothing of it is the window's; `sceneRect` is what the items cover [mm], y up.
        """
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
        """The ids of all that is on the bench, looked up again; of items on each other the lowest first."""
        return list(self.records())

    @abstractmethod
    def records(self, ids: Collection[str] | None = None) -> dict[str, Record]:
        """The bench as it is now: all of it, or those of `ids` that are there. Positions are in mm."""

    @abstractmethod
    def apply(self, ops: Sequence[Op], batch_continues: bool = False) -> None:
        """Change the bench as others changed it, in one go; the user's file doesn't have it yet.

        Args:
            batch_continues: another call will follow soon, until one says otherwise. What costs the host as
                much for one operation as for a thousand can wait for the last.
        """

    def agree(self, ids: Collection[str]) -> None:
        """Take the next change of each of these by `apply` for none of the user's file.

        What was opened has the same, in the editor's own words.
        """
        return

    def edit(self, text: str, ops: Sequence[Op]) -> None:
        """Change the bench as its user would: one step, which they can undo, and which `watch` hears of.

        Args:
            text: what is done, for a host that names its steps.
            ops: the change; `apply` says what becomes of what can't be done.
        """
        self.apply(ops)

    @abstractmethod
    def watch(self, dirty: Callable[[Collection[str]], None]) -> None:
        """Call `dirty` with ids of what may have changed, whoever changed it; too many do no harm.

        Calls come from the GUI thread, often, and from inside the change: `dirty` only takes notes.
        """

    def watch_opened(self, opened: Opened) -> None:
        """Call `opened` when the user has put another bench in place of this one: a file, or an empty one.

        The window saves to that file from then on. Should the bench from before come back, saving it there
        would destroy the file; so `opened` is given what makes the file from before the window's again,
        with changes that are not saved.
        """
        return

    def watch_undo(self, watcher: UndoWatcher | None) -> None:
        """Tell `watcher` of each undo step from now on; nobody, if it is None."""
        return

    def held(self) -> Collection[str]:
        """Ids that the user has in hand: being dragged, rotated, or edited as text."""
        return ()

    def dragged(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Of those of `ids` that the user drags, what dragging them changes: some of their properties.

        Reading just these is quick; the rest is read when they are let go. A host for which `records` is
        quick enough says of none that it is dragged.
        """
        return {}

    def watch_editors(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed`, too, soon after the user opens an item or closes it, in a dialog or to type in it.

        Returns:
            What ends that.
        """
        return lambda: None

    def editors(self) -> Mapping[str, QDialog | None]:
        """The items that the user has open: id → the dialog; None for text that is typed on the canvas.

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
        """Take back everything that was connected to the host, which continues without us; once is enough."""
