"""Others' changes are in no file of the user yet: the window shows that, and autosaves them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PyQt6.QtCore import QObject, QTimer, pyqtSlot

from optiverse_collab.host.optiverse.upstream.contract import as_qt, has
from optiverse_collab.host.optiverse.upstream.window import HasAutosave, Window

AUTOSAVE_MS = 60_000
"""The host autosaves after each pause of the user, and each time the window freezes while it saves,
0.2 s for 300 items. Others may never pause; and the server has their changes anyway."""


class UnsavedMark(QObject):
    """Marks a window as edited when others edited its bench.

    Quirk: the host takes a step on its undo stack for the only edit there is. So without this, a window would
    close without a question and leave a file behind that is not what was on the screen.

    Args:
        window: an Optiverse main window.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(as_qt(window, QObject))
        self._files = window.file_controller
        self._agreed: set[str] = set()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(AUTOSAVE_MS)
        self._later.timeout.connect(self._autosave)

    def agree(self, ids: Collection[str]) -> None:
        """The file already has the session's state of these: their next change marks nothing."""
        self._agreed = set(ids)

    def note(self, ids: Iterable[str]) -> None:
        """Others changed these."""
        changed = {*ids}
        agreed = changed <= self._agreed
        self._agreed -= changed
        if agreed:
            return
        self._files.mark_modified()
        if not self._later.isActive():
            self._later.start()

    def close(self) -> None:
        """Do nothing more; a marked window stays marked."""
        self._later.stop()
        self.deleteLater()

    @pyqtSlot()
    def _autosave(self) -> None:
        """Let the host do it as usual, and not at all if the user switched it off.

        Quirk: 0.2.7 makes no timer for it, and never autosaves.
        """
        autosaves = has(self._files, HasAutosave)
        if autosaves:
            self._files._schedule_autosave()
