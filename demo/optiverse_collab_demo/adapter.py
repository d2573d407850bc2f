"""The adapter for the demo bench: the worked example of one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QPointF, pyqtSlot
from PyQt6.QtGui import QPainterPath
from PyQt6.QtWidgets import QDialog

from optiverse_collab import manifest
from optiverse_collab.category import log_category, note
from optiverse_collab.convert import bench_from_records, records_from_bench
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.host.api import FileNoted, ItemList, Opened, UndoWatcher
from optiverse_collab_demo import commands, files
from optiverse_collab_demo.commands import BenchCommand, Step
from optiverse_collab_demo.model import MISSING, Item
from optiverse_collab_demo.picture import DemoPicture
from optiverse_collab_demo.window import DemoWindow

NAME = "Demo Bench"


class DemoHost(QObject):
    """Implements `optiverse_collab.host.api.Host` for one `DemoWindow`."""

    item_list: ItemList | None = None

    def __init__(self, window: DemoWindow) -> None:
        super().__init__(window)
        self.name = f"{NAME} {manifest.load().plugin.version}"
        self.window = window
        self.view = window.view
        self._category = log_category()
        self._dirty: Callable[[Collection[str]], None] = lambda ids: None
        self._opened: Opened = lambda back: None
        self._presence: Callable[[Mapping[str, object]], None] = lambda state: None
        self._editor_watchers: list[Callable[[], None]] = []
        self._watcher: UndoWatcher | None = None
        self._agreed: set[str] = set()
        self._ids: list[str] = []  # of the command that is being undone or redone
        editor, bench = window.editor, window.bench
        editor.step_done.connect(self._on_step_done)
        editor.step_begins.connect(self._on_step_begins)
        editor.step_ended.connect(self._on_step_ended)
        for signal in (bench.items_added, bench.items_changed, bench.items_removed):
            signal.connect(self._on_changed)
        window.bench_opened.connect(self._on_opened)
        window.dialogs_changed.connect(self._on_dialogs_changed)
        window.view.cursor_moved.connect(self._on_cursor_moved)
        window.scene.selection_changed.connect(self._on_selection_changed)

    def outline(self, id: str) -> QPainterPath | None:
        return self.window.scene.outline(id)

    def item_at(self, at: QPointF) -> str | None:
        found = map(self.window.scene.id_at, self.window.scene.items(at))
        return next((id for id in found if id is not None), None)

    def picture(self) -> DemoPicture:
        return DemoPicture(self.window.scene.theme)

    def log(self, level: str, text: str) -> None:
        self.window.log.write(level, self._category, text)
        note(level, text)

    def ids(self) -> Collection[str]:
        return list(self.window.bench.items)

    def records(self, ids: Collection[str] | None = None) -> dict[str, Record]:
        items = self.window.bench.items
        wanted = items if ids is None else ids
        return {id: Record(id, items[id].kind, dict(items[id].props)) for id in wanted if id in items}

    def apply(self, ops: Sequence[Op], batch_continues: bool = False) -> None:
        bench, changed, was_modified = (
            self.window.bench,
            {op.id for op in ops},
            self.window.isWindowModified(),
        )
        for op in ops:
            if isinstance(op, Put):
                bench.put(op.id, op.kind, op.props)
            elif op.id not in bench.items:
                self.log("WARNING", f"A change of {op.id!r} by others can't be shown: it is not here.")
            elif isinstance(op, Remove):
                bench.remove([op.id])
            else:
                bench.change({op.id: {**op.props, **dict.fromkeys(op.unset, MISSING)}})
        if changed <= self._agreed:
            self.window.setWindowModified(was_modified)
        self._agreed -= changed

    def agree(self, ids: Collection[str]) -> None:
        self._agreed = set(ids)

    def edit(self, text: str, ops: Sequence[Op]) -> None:
        bench, steps = self.window.bench, list[Step]()
        for op in ops:
            if isinstance(op, Put) and op.id not in bench.items:
                steps.append(commands.Add([Item(op.id, op.kind, op.props)]))
            elif isinstance(op, Remove):
                steps.append(commands.Remove([op.id]))
            else:
                unset = op.unset if isinstance(op, Set) else ()
                steps.append(
                    commands.Change.to(bench, {op.id: {**op.props, **dict.fromkeys(unset, MISSING)}})
                )
        self.window.editor.do(text, steps)

    def watch(self, dirty: Callable[[Collection[str]], None]) -> None:
        self._dirty = dirty

    def watch_opened(self, opened: Opened) -> None:
        self._opened = opened

    def watch_undo(self, watcher: UndoWatcher | None) -> None:
        self._watcher = watcher

    def held(self) -> Collection[str]:
        return self.window.editor.dragging

    def dragged(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        return {}

    def watch_editors(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._editor_watchers.append(changed)
        return partial(self._editor_watchers.remove, changed)

    def editors(self) -> Mapping[str, QDialog | None]:
        return dict(self.window.dialogs)

    def save_copy(self, path: Path) -> None:
        files.write(path, self.window.bench.items.values())

    def watch_presence(self, changed: Callable[[Mapping[str, object]], None]) -> None:
        self._presence = changed

    def close(self) -> None:
        self._dirty, self._presence = lambda ids: None, lambda state: None
        self._opened = lambda back: None
        self._watcher = None
        self.deleteLater()

    @pyqtSlot(list)
    def _on_changed(self, ids: list[str]) -> None:
        self._dirty(ids)

    @pyqtSlot(object)
    def _on_step_done(self, command: BenchCommand) -> None:
        if self._watcher is not None:
            self._watcher.done(command, command.ids)

    @pyqtSlot(object, bool)
    def _on_step_begins(self, command: BenchCommand, redo: bool) -> None:
        self._ids = command.ids
        if self._watcher is not None:
            command.leave(self._watcher.begin(command, self._ids, redo))
            command.accept()  # others' values in it will be restored

    @pyqtSlot()
    def _on_step_ended(self) -> None:
        if self._watcher is not None:
            self._watcher.end(self._ids)

    @pyqtSlot(object)
    def _on_opened(self, before: Path | None) -> None:
        def back() -> None:
            self.window.set_saved(before)
            self.window.setWindowModified(True)

        self._opened(back)

    @pyqtSlot()
    def _on_dialogs_changed(self) -> None:
        for changed in list(self._editor_watchers):
            changed()

    @pyqtSlot(object)
    def _on_cursor_moved(self, at: tuple[float, float] | None) -> None:
        self._presence({"cursor": None if at is None else list(at)})

    @pyqtSlot(list)
    def _on_selection_changed(self, ids: list[str]) -> None:
        self._presence({"selection": sorted(ids)})


class DemoFiles(QObject):
    """Reports the content of a demo window's file: in a file, every item has a place.

    Args:
        window: a demo window.
        opened, saved: are called.
    """

    def __init__(self, window: DemoWindow, opened: FileNoted, saved: FileNoted) -> None:
        super().__init__(window)
        self._window = window
        self._opened = opened
        self._saved = saved
        window.bench_opened.connect(self._on_opened)
        window.bench_saved.connect(self._on_saved)

    def close(self) -> None:
        """Stop reporting."""
        self._window.bench_opened.disconnect(self._on_opened)
        self._window.bench_saved.disconnect(self._on_saved)
        self.deleteLater()

    def _shown(self) -> Mapping[str, Record]:
        records = files.records(self._window.bench.items.values())
        return records_from_bench(bench_from_records(records)).records

    @pyqtSlot()
    def _on_opened(self) -> None:
        self._opened(self._shown())

    @pyqtSlot()
    def _on_saved(self) -> None:
        self._saved(self._shown())
