"""Notices when the user puts another bench into a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from optiverse_collab.host.api import Opened
from optiverse_collab.host.optiverse.upstream import installed as stock


class BenchSwitch:
    """Tells of files that are opened and of benches that are begun.

    Quirk: the host has no signal for either. Every way to open a file, autosave recovery included, ends in
    `load_from_data` of its file manager. In 0.3, a new or closed bench ends in `_clear_scene`. `open_file`
    changes the window's file before it does that, the others after it.

    Quirk: the former leaves measures of the bench that was there on the canvas. They go with the rest; else
    they would be everybody's, and twice in the window where the file has them too.

    Args:
        window: an Optiverse main window.
        opened: called after that.
    """

    def __init__(self, window: Any, opened: Opened) -> None:
        self._window = window
        self._opened = opened
        self._file: str | None = None
        self._is_opening_file = False
        files = window.file_controller
        self._places = [(files.file_manager, "open_file"), (files.file_manager, "load_from_data")]
        if hasattr(files, "_clear_scene"):
            self._places.append((files, "_clear_scene"))
        for holder, name in self._places:
            around = self._open_file if name == "open_file" else self._replace_bench
            setattr(holder, name, partial(around, getattr(holder, name)))

    def close(self) -> None:
        """Leave the window as it was."""
        for holder, name in self._places:
            delattr(holder, name)

    def _open_file(self, do: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._file, self._is_opening_file = self._window.file_controller.saved_file_path, True
        try:
            return do(*args, **kwargs)
        finally:
            self._is_opening_file = False

    def _replace_bench(self, do: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        before = self._file if self._is_opening_file else self._window.file_controller.saved_file_path
        self._clear_measures()
        result = do(*args, **kwargs)
        self._opened(partial(self._give_back, before))
        return result

    def _clear_measures(self) -> None:
        measures = (stock.load().PathMeasureItem, stock.load().AngleMeasureItem)
        for item in self._window.scene.items():
            if isinstance(item, measures):
                self._window.scene.removeItem(item)

    def _give_back(self, path: str | None) -> None:
        """Make a file the window's again, as `open_file` would without what is in it."""
        files = self._window.file_controller
        files.saved_file_path = path
        if not stock.has_groups(self._window):
            stock.load().set_current_assembly_dir(Path(path).parent if path else None)
            self._window.linked_assembly_service._current_assembly_path = path
        files.mark_modified()
        files._update_window_title()
