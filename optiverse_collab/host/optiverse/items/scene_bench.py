"""The items of a window's scene that form the bench, and their possible changes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial

from PyQt6 import sip
from PyQt6.QtCore import QMetaObject, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QGraphicsItem

from optiverse_collab.convert.identity import is_id
from optiverse_collab.host.optiverse.items.pointer import items_dragged
from optiverse_collab.host.optiverse.upstream.contract import Override, as_qt, has
from optiverse_collab.host.optiverse.upstream.items import (
    HasDocument,
    HasEditor,
    Item,
    id_of,
    is_item,
    is_optic,
)
from optiverse_collab.host.optiverse.upstream.undo import held_by
from optiverse_collab.host.optiverse.upstream.window import Window, has_groups, has_layers

SURVEY_MS, SURVEY_MS_PER_ITEM = 20, 0.08
"""How long after a repaint the scene is surveyed, so that a burst of repaints costs one survey, and
surveys take at most a fiftieth of the time."""


class SceneBench(QObject):
    """Knows the items on the bench by id.

    Quirk: the scene has no signal for an item that comes or goes, and locking one gives no signal either.
    So when something is repainted, or the undo stack moves, all items are surveyed.

    Attributes:
        items: id → item, as `survey` found them.
        in_dialog: ids of items whose edit dialog is open.
        lost: ids of items that the user took off the bench.

    Signals:
        appeared: ids of items that a survey found new, or that the user put higher or lower (0.2).
        vanished: ids of items that a survey found gone.
        dialogs_changed: an edit dialog is about to open, or has closed.

    Args:
        window: an Optiverse main window.
        touched: takes ids of items that may have changed.
    """

    appeared = pyqtSignal(list)
    vanished = pyqtSignal(list)
    dialogs_changed = pyqtSignal()

    def __init__(self, window: Window, touched: Callable[[Collection[str]], None]) -> None:
        super().__init__(as_qt(window, QObject))
        self.items: dict[str, Item] = {}
        self.in_dialog: set[str] = set()
        self.lost: set[str] = set()
        self._window = window
        self._touched = touched
        self._connections: dict[str, list[QMetaObject.Connection]] = {}
        self._overrides: dict[str, Override] = {}
        self._locks: dict[str, bool] = {}
        # Quirk: annotations have no signal for most of what can be edited of them.
        self._quiet: dict[str, None] = {}
        self._changing = ""
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._survey_unless_dragged)
        window.scene.changed.connect(self._painted)
        self.survey()

    def close(self) -> None:
        """Release the scene and all items."""
        self._later.stop()
        self._window.scene.changed.disconnect(self._painted)
        for id in list(self.items):
            self.leave(id)
        self.deleteLater()

    def item(self, id: str) -> Item | None:
        """The item with this id, if it is on the bench."""
        item = self.known(id)
        if item is None:
            self.survey()
            item = self.items.get(id)
        return item

    def known(self, id: str) -> Item | None:
        """The same without a survey: items that came without a signal are not found."""
        item = self.items.get(id)
        if item is None or sip.isdeleted(as_qt(item, QGraphicsItem)):
            return None
        return item if item.scene() is self._window.scene else None

    def annotations(self) -> list[Item]:
        """Rulers, notes, rectangles and measures."""
        return [self.items[id] for id in self._quiet]

    def survey_if_due(self, ids: Collection[str]) -> None:
        """Run a pending survey now if it could add or remove one of these ids."""
        if self._later.isActive() and any(self.known(id) is None for id in ids):
            self.survey()

    @contextmanager
    def changing(self, id: str) -> Iterator[None]:
        """Ignore signals of this item while others' changes are applied; compare it afterwards."""
        self._changing = id
        try:
            yield
        finally:
            self._changing = ""

    def survey(self) -> None:
        """Survey the scene, from bottom to top, for items that came, went, or were locked."""
        self._later.stop()
        found = self._on_the_bench()
        gone = [id for id, item in self.items.items() if found.get(id) is not item]
        for id in gone:
            self.leave(id)
        new = [id for id in found if id not in self.items]
        for id in new:
            self.enter(id, found[id])
        locks = {id: getattr(item, "_locked", False) for id, item in found.items()}
        flipped = [id for id, locked in locks.items() if self._locks.get(id, locked) != locked]
        self._locks = locks
        touched = dict.fromkeys([*gone, *new, *flipped, *self._quiet])
        self.lost.update(id for id in gone if id not in found)
        if gone:
            self.vanished.emit([id for id in gone if id not in found])
        if new:
            self.appeared.emit(new)
        if touched:
            self._touched(touched)

    def _survey_unless_dragged(self) -> None:
        """Dragged items are repainted constantly; until the release nothing comes, goes or is locked."""
        if items_dragged(self._window):
            self._painted()
        else:
            self.survey()

    def _painted(self) -> None:
        if not self._later.isActive():
            self._later.start(SURVEY_MS + round(SURVEY_MS_PER_ITEM * len(self.items)))

    def _on_the_bench(self) -> dict[str, Item]:
        apart = {id(item) for item in self._provisional()}
        linked = self.linked()
        found: dict[str, Item] = {}
        things: list[object] = [*self._window.scene.items(Qt.SortOrder.AscendingOrder)]
        for thing in things:
            if not is_item(thing) or id(thing) in apart:
                continue
            own = id_of(thing)
            if is_id(own) and own not in linked:
                self._add(own, thing, found)
        return found

    def _add(self, id: str, item: Item, found: dict[str, Item]) -> None:
        """Add an item.

        Quirk: items of the same id are there where a file was imported twice before the session, or has an
        id twice. The one that came later gets an id of its own, so that others see it too.
        """
        twin = found.get(id)
        found[id] = item
        if twin is not None:
            if self.items.get(id) is not item:
                found[id], twin = twin, item
            twin.item_uuid = str(uuid.uuid4())
            found[twin.item_uuid] = twin

    def _provisional(self) -> list[object]:
        """Quirk: what is being placed with the mouse is in the scene as if it were on the bench, and so is
        what is being dragged out of the library, while it hangs over the canvas. Once its command is
        on the undo stack, it is on the bench: the host keeps calling a ruler unfinished for a moment."""
        window = self._window
        items = (
            window.placement_handler._ghost,
            window.view._ghost_item,
            window.angle_measure_handler._temp_item,
            window.path_measure_handler._temp_item,
            window._editor_state.ruler_in_progress,
        )
        placed = [held_by(command).get("item") for command in window.undo_stack._undo_stack[-1:]]
        return [item for item in items if item is not None and not any(item is one for one in placed)]

    def linked(self) -> Collection[str]:
        """Items of another file, which is shown and not copied (0.3)."""
        window = self._window
        return window.linked_assembly_service.get_all_linked_item_uuids() if has_layers(window) else ()

    def enter(self, id: str, item: Item) -> None:
        """An item was added to the bench."""
        self.items[id] = item
        self.lost.discard(id)
        if is_optic(item):
            # `edited` is about moves, too; three signals for each would be two too many.
            signals = [item.edited]
        else:
            self._quiet[id] = None
            signals = [item.xChanged, item.yChanged, item.rotationChanged]
        if has(item, HasDocument):
            signals.append(item.document().contentsChanged)
        note = partial(self._note, id)
        self._connections[id] = [signal.connect(note) for signal in signals]
        if has_groups(self._window):
            # In 0.3 the tree says what lies on top, and z values follow from it.
            self._connections[id].append(item.zChanged.connect(partial(self._note_z, id)))
        if has(item, HasEditor):
            self._overrides[id] = Override(item, "open_editor", partial(self._edit_in_dialog, id, item))

    def leave(self, id: str) -> None:
        """An item left the bench, or leaves it now."""
        item = self.items.pop(id)
        self._quiet.pop(id, None)
        for connection in self._connections.pop(id):
            if not sip.isdeleted(as_qt(item, QGraphicsItem)):
                QObject.disconnect(connection)
        override = self._overrides.pop(id, None)
        if override is not None:
            override.undo()

    def _note(self, id: str) -> None:
        if id != self._changing:
            self._touched((id,))

    def _note_z(self, id: str) -> None:
        if id != self._changing:
            self.appeared.emit([id])
            self._touched((id,))

    def _edit_in_dialog(self, id: str, item: HasEditor) -> object:
        """Open an item's dialog, and know that it is open.

        Quirk: cancelling the dialog puts everything back as it was when it was opened, also what others
        changed meanwhile; so for that long their changes of this item wait.
        """
        self.in_dialog.add(id)
        self.dialogs_changed.emit()
        try:
            return type(item).open_editor(item)
        finally:
            self.in_dialog.discard(id)
            self.dialogs_changed.emit()
            self._touched((id,))
