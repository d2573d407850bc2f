"""Which items the user has open: in a dialog, or as text being edited on the canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PyQt6 import sip
from PyQt6.QtCore import QObject, QTimer, pyqtSlot
from PyQt6.QtWidgets import QApplication, QDialog

from optiverse_collab.host.optiverse.items.pointer import text_in_hand
from optiverse_collab.host.optiverse.items.scene_bench import SceneBench
from optiverse_collab.host.optiverse.upstream.contract import as_qt
from optiverse_collab.host.optiverse.upstream.items import id_of
from optiverse_collab.host.optiverse.upstream.window import Window


class Editors(QObject):
    """Follows the edit dialogs of items, and the text that has the keyboard.

    Args:
        window: an Optiverse main window.
        bench: knows which items have a dialog.

    Attributes:
        watchers: are called when an item was opened or closed.
    """

    def __init__(self, window: Window, bench: SceneBench) -> None:
        super().__init__(as_qt(window, QObject))
        self.watchers: list[Callable[[], None]] = []
        self._window = window
        self._bench = bench
        self._dialogs: dict[str, QDialog] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._look)
        bench.dialogs_changed.connect(self._on_sign)
        window.scene.focusItemChanged.connect(self._on_sign)

    def open(self) -> Mapping[str, QDialog | None]:
        """Item id → its dialog; None for text on the canvas."""
        text = id_of(text_in_hand(self._window))
        texts = () if text is None or self._bench.known(text) is None else (text,)
        dialogs = {id: dialog for id, dialog in self._dialogs.items() if not sip.isdeleted(dialog)}
        return {**dict.fromkeys(texts), **dialogs}

    def close(self) -> None:
        """Leave the window alone."""
        self._later.stop()
        self._bench.dialogs_changed.disconnect(self._on_sign)
        self._window.scene.focusItemChanged.disconnect(self._on_sign)
        self.deleteLater()

    @pyqtSlot()
    def _on_sign(self) -> None:
        """Check while a dialog runs its own event loop, when it can be found, and a text has its flags."""
        self._later.start()

    @pyqtSlot()
    def _look(self) -> None:
        opened = self._bench.in_dialog
        for id in self._dialogs.keys() - opened:
            del self._dialogs[id]
        top = QApplication.activeModalWidget()
        for id in opened - self._dialogs.keys():
            if isinstance(top, QDialog):
                self._dialogs[id] = top
        for changed in list(self.watchers):
            changed()
