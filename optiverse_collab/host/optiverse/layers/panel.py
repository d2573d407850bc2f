"""The layer panel of a window, drawn once for many changes by others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PyQt6.QtCore import QModelIndex, QObject, Qt, QTimer
from PyQt6.QtWidgets import QTreeView

from optiverse_collab.core.records import Op
from optiverse_collab.host.api import ItemList
from optiverse_collab.host.optiverse.items.moves import is_move
from optiverse_collab.host.optiverse.layers.layer_panel import LayerPanel
from optiverse_collab.host.optiverse.upstream.contract import Override, as_qt
from optiverse_collab.host.optiverse.upstream.window import Window, has_layers

LATER_MS = 100
"""How long after a change by others the layer panel is drawn again; 0.3.4 waits as long after its own."""


def item_list(window: Window) -> ItemList:
    """The lines of the layer panel; 0.2 has their ids under the same role."""

    def id_of(index: QModelIndex) -> str | None:
        id = index.data(Qt.ItemDataRole.UserRole)
        return id if isinstance(id, str) else None

    return ItemList(as_qt(window.layer_panel._tree, QTreeView), id_of)


class Panel(QObject):
    """Redraws the layer panel when others change its content.

    Args:
        window: an Optiverse main window.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(as_qt(window, QObject))
        self._window = window
        self._names = LayerPanel(window) if has_layers(window) else None
        self._is_stale = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(window._refresh_layer_panel)

    def close(self) -> None:
        """Restore the panel."""
        if self._names is not None:
            self._names.close()
        self._later.stop()
        self.deleteLater()

    def note(self, ops: Sequence[Op]) -> None:
        """Apply others' changes inside this block."""
        self._is_stale = self._is_stale or not all(map(is_move, ops))  # it shows neither places nor angles

    @contextmanager
    def held(self) -> Iterator[None]:
        """Suppress redraws meanwhile.

        Quirk: `_connect_item_signals` has the layer panel drawn again, for each item; 0.2 does so at once.
        """
        override = Override(self._window, "_refresh_layer_panel", lambda: None)
        try:
            yield
        finally:
            override.undo()

    def follow(self, is_drawn: bool, continues: bool) -> None:
        """Others' changes were applied.

        Args:
            is_drawn: the host is about to draw the panel anyway.
            continues: others' changes continue.
        """
        if self._names is not None:
            self._names.follow()
        if continues:
            return
        if self._is_stale and not is_drawn:
            self._later.start()
        self._is_stale = False
