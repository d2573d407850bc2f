"""Shows the bench of earlier moments in a window of its own, and restores it or a part of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.client.restoring import Restoration
from optiverse_collab.core.client.timeline import Timeline
from optiverse_collab.core.records import Record
from optiverse_collab.errors import BenchFileError
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.saved_copies import save_records
from optiverse_collab.window.ui.file_dialogs import ask_where
from optiverse_collab.window.ui.preview import PreviewDialog
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording import replacements
from optiverse_collab.wording import timeline as texts


class Previewing(QObject):
    """The preview of one window; it ends with the session.

    Args:
        manager: the session.
        toasts: show why something can't be done.
        window: the host's main window.

    Attributes:
        dialog: the open preview; None if there is none.

    Signals:
        ended: the user is back to now.
    """

    ended = pyqtSignal()

    def __init__(self, manager: CollaborationManager, toasts: Toasts, window: QMainWindow) -> None:
        super().__init__(window)
        self.dialog: PreviewDialog | None = None
        self._manager = manager
        self._toasts = toasts
        self._window = window
        self._records: Mapping[str, Record] = {}
        self._base_ms: int | None = None
        manager.status_changed.connect(self._on_status)

    @property
    def compares(self) -> bool:
        """Whether two moments are compared."""
        return self._base_ms is not None

    def show(self, timeline: Timeline, clock: int) -> None:
        """Show the bench after the change of a clock, in the open preview or in a new one."""
        now, session = datetime.now().astimezone(), self._manager.session_id
        time_ms, step = timeline.time_ms(clock), timeline.step_at(clock)
        if self._base_ms is None:
            title, caption = texts.preview_title(session, time_ms, now), texts.caption(step, time_ms, now)
        else:
            title = texts.comparison_title(session, self._base_ms, time_ms, now)
            caption = texts.comparison_caption(self._base_ms, time_ms, now)
        self._show(timeline.at(clock), title, caption)

    def show_records(self, records: Mapping[str, Record], title: str, caption: str) -> None:
        """Show a bench, alone, in the open preview or in a new one."""
        self.end_comparison()
        self._show(records, title, caption)

    def compare_from(self, timeline: Timeline, clock: int) -> None:
        """Compare what is shown from now on with the bench after the change of a clock."""
        dialog, host = self._opened(), self._manager.host
        picture = None if host is None else host.picture()
        if dialog is not None and picture is not None:
            self._base_ms = timeline.time_ms(clock)
            dialog.compare(picture, timeline.at(clock))

    def end_comparison(self) -> None:
        """Show single moments again."""
        self._base_ms = None
        if self.dialog is not None:
            self.dialog.end_comparison()

    def close(self) -> None:
        """End the preview."""
        if self.dialog is not None:
            self.dialog.close()

    def _show(self, records: Mapping[str, Record], title: str, caption: str) -> None:
        dialog = self._opened()
        if dialog is not None:
            self._records = records
            dialog.show_bench(records, title, caption)

    def _opened(self) -> PreviewDialog | None:
        """The preview, opened now if it is not; None if the host can't show one."""
        if self.dialog is not None:
            return self.dialog
        host = self._manager.host
        picture = None if host is None else host.picture()
        if picture is None:
            self.tell(replacements.NO_PICTURE)
            return None
        self.dialog = dialog = PreviewDialog(picture, self._window)
        dialog.restore_requested.connect(self._on_restore)
        dialog.save_requested.connect(partial(ask_where, dialog, self._save))
        dialog.finished.connect(self._on_closed)
        dialog.show()
        return dialog

    @pyqtSlot()
    def _on_status(self) -> None:
        if not self._manager.status.in_session:
            self.close()

    @pyqtSlot()
    def _on_closed(self) -> None:
        self.dialog = self._base_ms = None
        self.ended.emit()

    @pyqtSlot()
    def _on_restore(self) -> None:
        self._manager.replacements.restore(Restoration(self._records))

    def _save(self, path: Path) -> None:
        try:
            save_records(self._records, path)
        except BenchFileError as error:
            self.tell(str(error))

    def tell(self, sentence: str) -> None:
        """Show why something can't be done."""
        self._manager.log(logging.INFO, f"✗ {sentence}")
        self._toasts.show(sentence, urgent=True)
