"""Notices when the user puts another bench into a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from optiverse_collab.host.api import Opened
from optiverse_collab.host.optiverse.upstream.contract import Override, has
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.layers import layer_names
from optiverse_collab.host.optiverse.upstream.window import HasNewBench, Window, has_layers

_P = ParamSpec("_P")
_T = TypeVar("_T")


class BenchSwitch:
    """Reports when a file is opened or a new bench is begun.

    Quirk: the host has no signal for either. Every way to open a file, autosave recovery included, ends in
    `load_from_data` of its file manager. In 0.3, a new or closed bench ends in `_clear_scene`. `open_file`
    changes the window's file before it does that, the others after it.

    Quirk: the former leaves measures of the bench that was there on the canvas. They go with the rest; else
    they would be everybody's, and twice in the window where the file has them too.

    Args:
        window: an Optiverse main window.
        opened: called after that.
    """

    def __init__(self, window: Window, opened: Opened) -> None:
        self._window = window
        self._opened = opened
        self._file: str | None = None
        self._is_opening_file = False
        files = window.file_controller
        manager = files.file_manager
        self._overrides = [
            Override(manager, "open_file", self._opening_file(manager.open_file)),
            Override(manager, "load_from_data", self._replacing_bench(manager.load_from_data)),
        ]
        if has(files, HasNewBench):
            self._overrides.append(Override(files, "_clear_scene", self._replacing_bench(files._clear_scene)))

    def close(self) -> None:
        """Restore the window."""
        for override in self._overrides:
            override.undo()

    def _opening_file(self, open_file: Callable[_P, _T]) -> Callable[_P, _T]:
        def remembering(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            self._file, self._is_opening_file = self._window.file_controller.saved_file_path, True
            try:
                return open_file(*args, **kwargs)
            finally:
                self._is_opening_file = False

        return remembering

    def _replacing_bench(self, replace: Callable[_P, _T]) -> Callable[_P, _T]:
        def telling(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            before = self._file if self._is_opening_file else self._window.file_controller.saved_file_path
            self._clear_measures()
            result = replace(*args, **kwargs)
            self._opened(partial(self._give_back, before))
            return result

        return telling

    def _clear_measures(self) -> None:
        measures = (item_names().PathMeasureItem, item_names().AngleMeasureItem)
        for item in self._window.scene.items():
            if isinstance(item, measures):
                self._window.scene.removeItem(item)

    def _give_back(self, path: str | None) -> None:
        """Make a file the window's again, like `open_file` without loading it."""
        files = self._window.file_controller
        files.saved_file_path = path
        if has_layers(self._window):
            layer_names().set_current_assembly_dir(Path(path).parent if path else None)
            self._window.linked_assembly_service._current_assembly_path = path
        files.mark_modified()
        files._update_window_title()
