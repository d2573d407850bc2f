"""The adapter for Optiverse 0.2.7 and 0.3.4, unmodified."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QPainterPath
from PyQt6.QtWidgets import QDialog, QGraphicsView, QMainWindow

from optiverse_collab import manifest
from optiverse_collab.category import note
from optiverse_collab.core.records import Op, Record, Remove
from optiverse_collab.host.api import Opened, UndoWatcher
from optiverse_collab.host.optiverse.files.bench_switch import BenchSwitch
from optiverse_collab.host.optiverse.files.layer_import import LayerImport
from optiverse_collab.host.optiverse.items.editors import Editors
from optiverse_collab.host.optiverse.items.images import Images
from optiverse_collab.host.optiverse.items.kinds import Kinds
from optiverse_collab.host.optiverse.items.outlines import outline
from optiverse_collab.host.optiverse.items.placeholders import Placeholders
from optiverse_collab.host.optiverse.items.pointer import Pointer, items_dragged, items_in_hand
from optiverse_collab.host.optiverse.items.scene_bench import SceneBench
from optiverse_collab.host.optiverse.items.unshown import Unshown
from optiverse_collab.host.optiverse.layers.base import Layers
from optiverse_collab.host.optiverse.layers.group_list import GroupList
from optiverse_collab.host.optiverse.layers.layer_tree import LayerTree
from optiverse_collab.host.optiverse.layers.panel import item_list
from optiverse_collab.host.optiverse.picture import OptiversePicture
from optiverse_collab.host.optiverse.reader import Reader
from optiverse_collab.host.optiverse.undo.guard import UndoGuard
from optiverse_collab.host.optiverse.upstream.check import checked
from optiverse_collab.host.optiverse.upstream.contract import as_qt
from optiverse_collab.host.optiverse.upstream.items import Data, is_optic
from optiverse_collab.host.optiverse.upstream.version import installed_version
from optiverse_collab.host.optiverse.upstream.window import has_groups, has_layers
from optiverse_collab.host.optiverse.user_edit import UserEdit
from optiverse_collab.host.optiverse.writer import Writer


class OptiverseHost:
    """Implements `optiverse_collab.host.api.Host` for one `MainWindow` of Optiverse.

    Raises:
        HostUnsupported: the window lacks something; the text says what.
    """

    def __init__(self, window: QMainWindow) -> None:
        self._window = checked(window)
        self.name = f"Optiverse {installed_version()}"
        self.window = window
        self.view = as_qt(self._window.view, QGraphicsView)
        self.item_list = item_list(self._window)
        self._category = manifest.load().plugin.log_category
        self._dirty: Callable[[Collection[str]], None] = lambda ids: None
        self._opened: Opened = lambda back: None
        self._pointer: Pointer | None = None
        self._closed = False
        warn = partial(self.log, "WARNING")
        self._placeholders = Placeholders(self._window.scene, self.name)
        self._unshown = Unshown(self._placeholders, self.name, self.log)
        self._bench_switch = BenchSwitch(self._window, self._another_bench)
        self._layer_import = LayerImport(self._window.file_controller)
        self._undo = UndoGuard(self._window, self._stepped, warn)
        self._bench = SceneBench(self._window, self._touched)
        self._editors = Editors(self._window, self._bench)
        self._images = images = Images(self._window, warn)
        self._layers = self._new_layers(images, warn)
        kinds = Kinds(self._window, images)
        self._reader = Reader(self._window, self._bench, self._layers, kinds, self._unshown.records)
        self._writer = Writer(
            self._window,
            self._bench,
            self._layers,
            kinds,
            self._reader,
            self._unshown,
            self._undo,
            self.name,
            self.log,
        )

    def _new_layers(self, images: Images, warn: Callable[[str], None]) -> Layers:
        window, bench, is_unshown = self._window, self._bench, self._unshown.records.__contains__
        if has_layers(window):
            return LayerTree(window, bench, is_unshown, self._touched, images, warn, self._undo.replace)
        assert has_groups(window)
        return GroupList(window, bench, is_unshown, self._touched, warn)

    def outline(self, id: str) -> QPainterPath | None:
        item = self._bench.known(id)
        if item is None:
            return self._placeholders.outline(id)
        return outline(item)

    def item_at(self, at: QPointF) -> str | None:
        for shown in self._window.scene.items(at):
            id = getattr(shown.topLevelItem(), "item_uuid", None)
            if id is not None and self._bench.known(id) is not None:
                return str(id)
        return self._placeholders.item_at(at)

    def picture(self) -> OptiversePicture:
        return OptiversePicture(self._window, self._images, self.name, partial(self.log, "DEBUG"))

    def log(self, level: str, text: str) -> None:
        getattr(self._window.log_service, level.lower())(text, self._category)
        note(level, text)

    def ids(self) -> Collection[str]:
        return self._reader.ids()

    def records(self, ids: Collection[str] | None = None) -> dict[str, Record]:
        return self._reader.records(ids)

    def apply(self, ops: Sequence[Op], batch_continues: bool = False) -> None:
        self._writer.apply(ops, batch_continues)

    def agree(self, ids: Collection[str]) -> None:
        self._writer.agree(ids)

    def edit(self, text: str, ops: Sequence[Op]) -> None:
        before = self._reader.records([op.id for op in ops])
        self._window.undo_stack.push(UserEdit(self._write_own, before, ops))

    def watch(self, dirty: Callable[[Collection[str]], None]) -> None:
        self._dirty = dirty

    def watch_opened(self, opened: Opened) -> None:
        self._opened = opened

    def watch_undo(self, watcher: UndoWatcher | None) -> None:
        self._undo.watcher = watcher

    def held(self) -> Collection[str]:
        ids = {getattr(item, "item_uuid", None) for item in items_in_hand(self._window)}
        held = {id for id in ids if id in self._bench.items}
        return held | self._bench.in_dialog | {*self._layers.in_hand()}

    def dragged(self, ids: Collection[str]) -> dict[str, Data]:
        wanted = set(ids)
        items = {getattr(item, "item_uuid", None): item for item in items_dragged(self._window)}
        return {
            id: self._reader.place(id, item)
            for id, item in items.items()
            if id in wanted and is_optic(item) and self._bench.known(id) is item
        }

    def watch_editors(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._editors.watchers.append(changed)
        return partial(self._editors.watchers.remove, changed)

    def editors(self) -> Mapping[str, QDialog | None]:
        return self._editors.open()

    def save_copy(self, path: Path) -> None:
        self._reader.save_copy(path)

    def watch_presence(self, changed: Callable[[Mapping[str, object]], None]) -> None:
        if self._pointer is not None:
            self._pointer.close()
        self._pointer = Pointer(self._window, changed)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._dirty = lambda ids: None
        self._opened = lambda back: None
        self._bench_switch.close()
        self._layer_import.close()
        if self._pointer is not None:
            self._pointer.close()
            self._pointer = None
        self._placeholders.clear()
        self._writer.close()
        self._undo.close()
        self._layers.close()
        self._editors.close()
        self._bench.close()

    def _another_bench(self, back: Callable[[], None]) -> None:
        """Forget the previous bench."""
        self._unshown.clear()
        self._opened(back)

    def _write_own(self, ops: Sequence[Op]) -> None:
        """Show an edit of the user, who may undo its removals."""
        self.apply(ops)
        for op in ops:
            if isinstance(op, Remove):
                self._undo.expect(op.id)

    def _touched(self, ids: Collection[str]) -> None:
        self._dirty(ids)

    def _stepped(self, ids: Collection[str]) -> None:
        """Find the changes of the user's step."""
        self._bench.survey()
        self._dirty(ids)
