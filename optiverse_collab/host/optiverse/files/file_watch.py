"""Notices which files a window opens and saves, in a session or not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from optiverse_collab.convert import records_from_bench
from optiverse_collab.errors import BenchFileError
from optiverse_collab.host.api import FileNoted
from optiverse_collab.host.optiverse.upstream.contract import Override, has
from optiverse_collab.host.optiverse.upstream.items import Data
from optiverse_collab.host.optiverse.upstream.window import FileManager, HasNewBench, Window

_P = ParamSpec("_P")
_T = TypeVar("_T")


class FileWatch:
    """Says what is in the files that a window opens and saves.

    Quirk: the host has no signal for either; see `BenchSwitch`. What is saved is caught where it is made: by
    the time that it could be read again, somebody else may have written the file.

    Args:
        window: an Optiverse main window.
        opened, saved: are told.
    """

    def __init__(self, window: Window, opened: FileNoted, saved: FileNoted) -> None:
        self._opened = opened
        self._saved = saved
        files = window.file_controller
        manager = files.file_manager
        self._overrides = [
            Override(manager, "load_from_data", self._loading(manager.load_from_data)),
            Override(manager, "save_to_file", self._saving(manager, manager.save_to_file)),
        ]
        if has(files, HasNewBench):
            self._overrides.append(Override(files, "_clear_scene", self._clearing(files._clear_scene)))

    def close(self) -> None:
        """Leave the window as it was."""
        for override in reversed(self._overrides):
            override.undo()

    def _loading(self, load: Callable[..., _T]) -> Callable[..., _T]:
        def telling(data: Data, *args: object, **kwargs: object) -> _T:
            said = json.dumps(data)  # the host may keep parts of it, and change them
            result = load(data, *args, **kwargs)
            _tell(self._opened, said)
            return result

        return telling

    def _saving(self, manager: FileManager, save: Callable[_P, _T]) -> Callable[_P, _T]:
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
            _tell(self._saved, said[0])
            return result

        return telling

    def _clearing(self, clear: Callable[_P, _T]) -> Callable[_P, _T]:
        def telling(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            result = clear(*args, **kwargs)
            self._opened({})
            return result

        return telling


def _tell(noted: FileNoted, said: str) -> None:
    """Tell what a file says, or nothing where that is no bench."""
    try:
        records = records_from_bench(json.loads(said or "{}")).records
    except BenchFileError:
        records = {}
    noted(records)
