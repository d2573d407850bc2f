"""The dock with the changes while the user was away, and the hint in the status bar that there are some."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QModelIndex, QRect, QSize, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDockWidget,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.window.changes import Entry, Key
from optiverse_collab.window.ui.button_grid import ButtonGrid
from optiverse_collab.window.ui.button_keys import press_by_keys
from optiverse_collab.window.ui.toasts import breakable
from optiverse_collab.wording import changes as texts

LEAST_LINES = 5
"""The tree is never lower."""

_MARGIN = 6  # pixels around a text, all in all
_KEY = Qt.ItemDataRole.UserRole
_SPOKEN = Qt.ItemDataRole.AccessibleTextRole


class ChangesTree(QTreeWidget):
    """A tree of texts, each in as many lines as it takes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setAccessibleName(texts.TITLE)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(False)
        self.setWordWrap(True)
        self.setIndentation(self.fontMetrics().height())
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * LEAST_LINES)
        self.setItemDelegate(_WrappedText(self))
        header = self.header()
        if header is not None:
            header.setStretchLastSection(False)  # Qt leaves the column of a hidden header too wide
            header.setMinimumSectionSize(1)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Break lines where they end now."""
        super().resizeEvent(event)
        viewport = self.viewport()
        if viewport is not None:
            self.setColumnWidth(0, viewport.width())
        self.scheduleDelayedItemsLayout()


class _WrappedText(QStyledItemDelegate):
    """Gives each row the height of its text, which is broken at the width of the tree."""

    def __init__(self, tree: ChangesTree) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """The size of a row."""
        own = QStyleOptionViewItem(option)
        self.initStyleOption(own, index)
        viewport = self._tree.viewport()
        depth = 1 + index.parent().isValid()
        width = (0 if viewport is None else viewport.width()) - depth * self._tree.indentation() - _MARGIN
        lines = own.fontMetrics.boundingRect(
            QRect(0, 0, max(1, width), 1), Qt.TextFlag.TextWordWrap, own.text
        )
        return QSize(width, lines.height() + _MARGIN)


class ChangesDock(QDockWidget):
    """A tree of items with their conflicts, and buttons for the selection and for all.

    Attributes:
        tree: the items and their entries.
        use, keep: the buttons for the selection.
        use_all, keep_all: the buttons for all.

    Signals:
        used: keys of entries whose user wants their own value.
        dismissed: keys of entries whose user accepts the standing value.
        activated: the id of an item that the user wants to see.
        opened: the user sees the dock now.
    """

    used = pyqtSignal(list)
    dismissed = pyqtSignal(list)
    activated = pyqtSignal(str)
    opened = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(texts.TITLE, parent)
        self.setObjectName("collaboration changes")
        self._entries: dict[Key, Entry] = {}
        content = QWidget(self)
        self.tree = ChangesTree(content)
        self.use, self.keep = QPushButton(texts.USE, content), QPushButton(texts.KEEP, content)
        self.use_all, self.keep_all = (
            QPushButton(texts.USE_ALL, content),
            QPushButton(texts.KEEP_ALL, content),
        )
        buttons = self.use, self.keep, self.use_all, self.keep_all
        press_by_keys(*buttons)
        self._grid = ButtonGrid(buttons, content)
        layout = QVBoxLayout(content)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._grid)
        self.setWidget(content)
        self.tree.itemSelectionChanged.connect(self._on_selected)
        self.tree.itemActivated.connect(self._on_activated)
        self.use.clicked.connect(self._on_use)
        self.keep.clicked.connect(self._on_keep)
        self.use_all.clicked.connect(self._on_use_all)
        self.keep_all.clicked.connect(self._on_keep_all)
        self.visibilityChanged.connect(self._on_visibility)

    @property
    def selected(self) -> list[Key]:
        """The selected keys; an item stands for all its entries."""
        keys: dict[Key, None] = {}
        for row in self.tree.selectedItems():
            rows = [row, *(row.child(place) for place in range(row.childCount()))]
            keys.update(dict.fromkeys(row.data(0, _KEY) for row in rows if row is not None))
        return [key for key in keys if key in self._entries]

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these instead; keep the selection, or else select the first."""
        selected = set(self.selected)
        self._entries = {entry.key: entry for entry in entries}
        self.tree.blockSignals(True)
        self.tree.clear()
        items: dict[str, QTreeWidgetItem] = {}
        rows: list[QTreeWidgetItem] = []
        for entry in entries:
            if entry.id not in items:
                items[entry.id] = self._row(QTreeWidgetItem(self.tree), entry.title, entry.title, bold=True)
            lines = entry.sides.lines
            row = self._row(QTreeWidgetItem(items[entry.id]), "\n".join(lines), ". ".join(lines), entry.again)
            row.setData(0, _KEY, entry.key)
            rows.append(row)
        self.tree.expandAll()
        chosen = [row for row in rows if row.data(0, _KEY) in selected] or rows[:1]
        for row in chosen:
            row.setSelected(True)
        if chosen:
            self.tree.setCurrentItem(chosen[0])
        self.tree.blockSignals(False)
        self._on_selected()

    def _row(self, row: QTreeWidgetItem, text: str, spoken: str, bold: bool) -> QTreeWidgetItem:
        """Fill a row with a text, which shows as it is written."""
        row.setText(0, breakable(text))
        row.setData(0, _SPOKEN, spoken)
        font = row.font(0)
        font.setBold(bold)
        row.setFont(0, font)
        return row

    @pyqtSlot()
    def _on_selected(self) -> None:
        chosen = [self._entries[key] for key in self.selected]
        usable = [entry for entry in chosen if entry.can_use]
        brings_back = bool(usable) and all(entry.brings_back for entry in usable)
        stands = bool(chosen) and all(entry.stands for entry in chosen)
        self.use.setText(texts.BRING_BACK if brings_back else texts.USE)
        self.use.setEnabled(bool(usable))
        self.keep.setText(texts.DISMISS if stands else texts.KEEP)
        self.keep.setEnabled(bool(chosen))
        self.use_all.setEnabled(any(entry.can_use for entry in self._entries.values()))
        self.keep_all.setEnabled(bool(self._entries))
        self._grid.arrange()

    @pyqtSlot(QTreeWidgetItem)
    def _on_activated(self, row: QTreeWidgetItem) -> None:
        key = row.data(0, _KEY) or (row.child(0) or row).data(0, _KEY)
        if key is not None:
            self.activated.emit(key[0])

    @pyqtSlot()
    def _on_use(self) -> None:
        self.used.emit(self.selected)
        self.tree.setFocus()

    @pyqtSlot()
    def _on_keep(self) -> None:
        self.dismissed.emit(self.selected)
        self.tree.setFocus()

    @pyqtSlot()
    def _on_use_all(self) -> None:
        self.used.emit(list(self._entries))
        self.tree.setFocus()

    @pyqtSlot()
    def _on_keep_all(self) -> None:
        self.dismissed.emit(list(self._entries))
        self.tree.setFocus()

    @pyqtSlot(bool)
    def _on_visibility(self, visible: bool) -> None:
        if visible:
            self.opened.emit()


class ChangesHint(QToolButton):
    """Says in the status bar how many changes there are to look at; out of sight while there are none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._count = 0
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(texts.HINT_TIP)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        press_by_keys(self)
        style = self.style()
        if style is not None:
            self.setIcon(style.standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning))
        self.hide()

    def show_count(self, count: int) -> None:
        """Show the number."""
        self._count = count
        self.setText(texts.hint(count))
        self.setAccessibleName(self.text())
        self.setVisible(count > 0)

    def setVisible(self, visible: bool) -> None:
        """Even if a host shows all widgets of a status bar, this one stays hidden without a text."""
        super().setVisible(visible and self._count > 0)
