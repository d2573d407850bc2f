"""A user's options after the bench was replaced: look at the old one, save it, bring it back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.client.restoring import Restoration
from optiverse_collab.core.records import Record
from optiverse_collab.errors import BenchFileError
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.replacing import OldBench
from optiverse_collab.window.saved_copies import save_records
from optiverse_collab.window.ui.file_dialogs import ask_where
from optiverse_collab.window.ui.preview import PreviewDialog
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording import replacements as wording
from optiverse_collab.wording.replacements import Replacement


class OldBenches(QObject):
    """Announces replacements of the bench, with buttons, and opens windows with what was there before.

    Args:
        manager: the session.
        toasts: where they are announced.
        window: the host's main window.
    """

    def __init__(self, manager: CollaborationManager, toasts: Toasts, window: QMainWindow) -> None:
        super().__init__(window)
        self._manager = manager
        self._replacements = manager.replacements
        self._toasts = toasts
        self._window = window
        self._replacements.announced.connect(self._on_announced)
        self._replacements.arrived.connect(self._on_arrived)
        self._replacements.failed.connect(self._on_failed)

    def show_last(self) -> None:
        """Show the bench from before the last replacement."""
        if self._replacements.last is not None:
            self._replacements.show_old(self._replacements.last)

    def bring_back_last(self) -> None:
        """Bring it back."""
        if self._replacements.last is not None:
            self._replacements.bring_back(self._replacements.last)

    @pyqtSlot(object)
    def _on_announced(self, one: Replacement) -> None:
        actions = (
            (wording.SHOW_OLD, partial(self._replacements.show_old, one)),
            (wording.BRING_BACK, partial(self._replacements.bring_back, one)),
        )
        self._manager.log(logging.INFO, f"← {wording.sentence(one)}")
        self._toasts.show(wording.sentence(one), actions)

    @pyqtSlot(object)
    def _on_arrived(self, old: OldBench) -> None:
        host = self._manager.host
        picture = None if host is None else host.picture()
        if picture is None:
            self._on_failed(wording.NO_PICTURE)
            return
        dialog = PreviewDialog(picture, self._window)
        dialog.show_bench(old.records, wording.title(old.replacement), "")
        restore = partial(self._replacements.restore, Restoration(old.records), old.seen)
        dialog.restore_requested.connect(restore)
        save = partial(self._save, old.records)
        dialog.save_requested.connect(partial(ask_where, dialog, save))
        dialog.show()

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        """Show the outcome of the user's request."""
        self._manager.log(logging.INFO, f"✗ {sentence}")
        self._toasts.show(sentence, urgent=True)

    def _save(self, records: Mapping[str, Record], path: Path) -> None:
        try:
            save_records(records, path)
        except BenchFileError as error:
            self._on_failed(str(error))
