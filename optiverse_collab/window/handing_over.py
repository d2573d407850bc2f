"""Saves edits that a user may not send, for them or for an editor, and imports others' unsent edits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.disk.given_edits import read_edits, write_edits
from optiverse_collab.errors import CollaborationError
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.saved_copies import save_records
from optiverse_collab.window.ui.file_dialogs import ask_where, ask_which
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording import access as texts
from optiverse_collab.wording import unsent


class HandingOver(QObject):
    """Files with edits that were not sent; read and written off the GUI thread.

    Args:
        manager: the session.
        toasts: show the results.
        window: the host's main window.
    """

    def __init__(self, manager: CollaborationManager, toasts: Toasts, window: QMainWindow) -> None:
        super().__init__(window)
        self._manager = manager
        self._toasts = toasts
        self._window = window

    @pyqtSlot()
    def ask_where_bench(self) -> None:
        """Save the bench with the edits."""
        ask_where(self._window, self.save_bench)

    @pyqtSlot()
    def ask_where_edits(self) -> None:
        """Save only the edits, for an editor."""
        ask_where(self._window, self.save_edits, texts.GIVE.replace("&", ""), texts.EDITS_FILES, "edits")

    @pyqtSlot()
    def ask_which(self) -> None:
        """Import edits of somebody who may not send them."""
        ask_which(self._window, self.import_edits, texts.IMPORT_EDITS, texts.EDITS_FILES)

    def save_bench(self, path: Path) -> None:
        """Write the bench on the user's screen."""
        if (session := self._session) is not None:
            self._run(partial(save_records, dict(session.replica.view), path), unsent.saved(str(path)))

    def save_edits(self, path: Path) -> None:
        """Write the edits that are not sent."""
        if (session := self._session) is not None:
            saved, name = session.replica.save(), self._manager.session_id
            self._run(partial(write_edits, path, name, session.user_id, saved), texts.given(str(path)))

    def import_edits(self, path: Path) -> None:
        """List the edits in a file for this user to decide (SEEN-9)."""
        self._manager.background.run(partial(read_edits, path), self._on_read, self._on_failed)

    @property
    def _session(self) -> SessionClient | None:
        return self._manager.service.session

    def _run(self, work: Callable[[], None], sentence: str) -> None:
        self._manager.background.run(work, lambda _: self._notify(sentence), self._on_failed)

    def _on_read(self, read: tuple[str, Sequence[Conflict]]) -> None:
        author, edits = read
        session = self._manager.session
        if session is None:
            return
        for edit in edits:
            session.replica.hold(edit)
        self._manager.service.wake()
        self._manager.edited.emit()
        self._notify(texts.imported(len(edits), author))

    def _on_failed(self, error: CollaborationError) -> None:
        self._manager.log(logging.WARNING, f"✗ {error}")
        self._toasts.show(str(error), urgent=True)

    def _notify(self, sentence: str) -> None:
        self._manager.log(logging.INFO, sentence)
        self._toasts.show(sentence.lstrip("✓ "))
