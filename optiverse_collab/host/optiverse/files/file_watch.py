"""Notices which files a window opens and saves, in a session or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from optiverse_collab.convert import records_from_bench
from optiverse_collab.core.records import Record
from optiverse_collab.errors import BenchFileError
from optiverse_collab.host.api import AutosaveNoted, FileNoted
from optiverse_collab.host.optiverse.upstream.contract import Override, has
from optiverse_collab.host.optiverse.upstream.items import Data
from optiverse_collab.host.optiverse.upstream.window import (
    FileManager,
    HasDoAutosave,
    HasNewBench,
    Window,
)

_P = ParamSpec("_P")
_T = TypeVar("_T")


class FileWatch:
    """Reports the content of files that a window opens and saves.

    Quirk: the host has no signal for either; see `BenchSwitch`. What is saved is caught where it is made: by
    the time that it could be read again, somebody else may have written the file.

    Args:
        window: an Optiverse main window.
        opened, saved, autosaved: are called.
    """

    def __init__(self, window: Window, opened: FileNoted, saved: FileNoted, autosaved: AutosaveNoted) -> None:
        self._opened = opened

        def on_saved(said: str) -> None:
            saved(_records(said))

        def on_autosaved(said: str) -> None:
            if said:  # there was something to save
                autosaved(partial(_records, said))

        files = window.file_controller
        manager = files.file_manager
        self._overrides = [
            Override(manager, "load_from_data", self._loading(manager.load_from_data)),
            Override(manager, "save_to_file", _saving(manager, manager.save_to_file, on_saved)),
        ]
        if has(autosaving := files.file_manager, HasDoAutosave):
            autosave = _saving(manager, autosaving.do_autosave, on_autosaved)
            self._overrides.append(Override(manager, "do_autosave", autosave))
        if has(files, HasNewBench):
            self._overrides.append(Override(files, "_clear_scene", self._clearing(files._clear_scene)))

    def close(self) -> None:
        """Restore the window."""
        for override in reversed(self._overrides):
            override.undo()

    def _loading(self, load: Callable[..., _T]) -> Callable[..., _T]:
        def telling(data: Data, *args: object, **kwargs: object) -> _T:
            said = json.dumps(data)  # the host may keep parts of it, and change them
            result = load(data, *args, **kwargs)
            self._opened(_records(said))
            return result

        return telling

    def _clearing(self, clear: Callable[_P, _T]) -> Callable[_P, _T]:
        def telling(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            result = clear(*args, **kwargs)
            self._opened({})
            return result

        return telling


def _saving(manager: FileManager, save: Callable[_P, _T], saved: Callable[[str], None]) -> Callable[_P, _T]:
    """The same as `save`; then `saved` gets the saved content, as JSON, or nothing."""

    def telling(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        serialize, said = manager.serialize_scene, [""]

        def catching() -> Data:
            data = serialize()
            said[0] = json.dumps(data)
            return data

        override = Override(manager, "serialize_scene", catching)
        try:
            result = save(*args, **kwargs)
        finally:
            override.undo()
        saved(said[0])
        return result

    return telling


def _records(said: str) -> dict[str, Record]:
    """The content of a file; nothing if it is not a bench."""
    try:
        return records_from_bench(json.loads(said or "{}")).records
    except BenchFileError:
        return {}
