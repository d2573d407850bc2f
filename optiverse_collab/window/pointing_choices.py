"""The chords for pointing, and the dialog that changes them."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import QObject, pyqtSlot
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.manifest import ActionId, Manifest
from optiverse_collab.window.chords import Chord, fault
from optiverse_collab.window.pointing import Pointing
from optiverse_collab.window.settings import Settings, chord_key
from optiverse_collab.window.ui.pointing_dialog import PointingDialog

HAVE_CHORDS = (ActionId.POINT_HERE, ActionId.LASER)
"""The entries whose chords the user can change, in the order of the manifest."""


class PointingChoices(QObject):
    """Opens the dialog and carries out what was chosen.

    Args:
        window: the host's main window.
        manifest: has the chords of the first time.
        settings: remember them.
        pointing: knows whom the user muted.

    Attributes:
        chords: by the entries of the menu.
        dialog: that is open; None if none is.
    """

    def __init__(
        self, window: QMainWindow, manifest: Manifest, settings: Settings, pointing: Pointing
    ) -> None:
        super().__init__(window)
        self.dialog: PointingDialog | None = None
        self._tables = [table for table in manifest.actions if table.id in HAVE_CHORDS]
        self.chords = {table.id: Chord(settings, table.id.value, table.shortcut) for table in self._tables}
        self._window = window
        self._pointing = pointing
        settings.changed.connect(self._on_setting)

    @pyqtSlot()
    def open(self) -> None:
        """Ask."""
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        texts = [chord.text for chord in self.chords.values()]
        why_not = partial(fault, window=self._window)
        others, muted = self._pointing.others(), self._pointing.muted
        dialog = self.dialog = PointingDialog(texts, why_not, others, muted, self._window)
        dialog.wanted.connect(self._on_wanted)
        dialog.finished.connect(self._on_finished)
        dialog.open()

    @pyqtSlot(list, dict)
    def _on_wanted(self, texts: list[str], muted: dict[str, str]) -> None:
        for table, text in zip(self._tables, texts, strict=True):
            self.chords[table.id].set_text(text)
        self._pointing.mute(muted)

    @pyqtSlot(str)
    def _on_setting(self, key: str) -> None:
        for table in self._tables:
            if key == chord_key(table.id.value):
                for entry in self._window.findChildren(QAction):
                    if entry.text() == table.text:
                        entry.setShortcut(QKeySequence(self.chords[table.id].text))

    @pyqtSlot()
    def _on_finished(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
