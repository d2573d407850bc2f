"""The dialog that edits one item. It doesn't block, and the bench may change meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import pyqtSlot
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import (
    QColorDialog,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab_demo.editor import Editor
from optiverse_collab_demo.fields import Field, Value, fields_of
from optiverse_collab_demo.model import Props

Entry = QDoubleSpinBox | QSpinBox | QLineEdit | QPlainTextEdit | QPushButton


class EditDialog(QDialog):
    """Edits an item. Only fields that the user has touched are written; the rest follows the bench.

    Attributes:
        item_id: of the item.
        entries: field key → where it is entered.
        touched: keys of the fields that the user has changed.
    """

    def __init__(self, editor: Editor, item_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item_id = item_id
        self.entries: dict[str, Entry] = {}
        self.touched: set[str] = set()
        self._editor = editor
        self._bench = editor.bench
        self._loading = False
        item = self._bench.items[item_id]
        self._fields = {field.key: field for field in fields_of(item)}
        self.setMinimumWidth(320)
        form = QFormLayout()
        for field in self._fields.values():
            entry = self._entry(field)
            self.entries[field.key] = entry
            form.addRow(field.label, entry)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Apply
            | QDialogButtonBox.StandardButton.Cancel,
            parent=self,
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        apply = buttons.button(QDialogButtonBox.StandardButton.Apply)
        if apply is not None:
            apply.clicked.connect(self.write)
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self._bench.items_changed.connect(self._follow)
        self._bench.items_removed.connect(self._leave)
        self.read()

    @pyqtSlot()
    def read(self) -> None:
        """Show the present item, except in fields that the user has touched."""
        item = self._bench.items[self.item_id]
        self.setWindowTitle(f"Edit {item.name}")
        self._loading = True
        for key, field in self._fields.items():
            if key not in self.touched:
                _show(self.entries[key], field.read(item.props))
        self._loading = False

    @pyqtSlot()
    def write(self) -> None:
        """Write the touched fields, as one undo step."""
        item = self._bench.items.get(self.item_id)
        if item is None or not self.touched:
            return
        props: Props = dict(item.props)
        changes: Props = {}
        for key in self._fields:
            if key in self.touched:
                changes.update(self._fields[key].write(props, _entered(self.entries[key])))
                props.update(changes)
        self.touched.clear()
        self._editor.change(f"Edit {item.name}", {self.item_id: changes})
        self.read()

    def accept(self) -> None:
        """Write and close."""
        self.write()
        super().accept()

    @pyqtSlot(list)
    def _follow(self, ids: list[str]) -> None:
        if self.item_id in ids:
            self.read()

    @pyqtSlot(list)
    def _leave(self, ids: list[str]) -> None:
        if self.item_id in ids:
            self.touched.clear()
            self.reject()

    def _entry(self, field: Field) -> Entry:
        touch = self._toucher(field.key)
        if field.form == "number":
            number = QDoubleSpinBox(self)
            number.setRange(field.low, field.high)
            number.setDecimals(3)
            number.setSuffix(f" {field.unit}")
            number.valueChanged.connect(touch)
            return number
        if field.form == "count":
            count = QSpinBox(self)
            count.setRange(int(field.low), int(field.high))
            count.valueChanged.connect(touch)
            return count
        if field.form == "colour":
            colour = QPushButton(self)
            colour.clicked.connect(lambda: self._choose_colour(field.key))
            return colour
        if field.form == "text":
            text = QPlainTextEdit(self)
            text.setMaximumHeight(90)
            text.textChanged.connect(touch)
            return text
        line = QLineEdit(self)
        line.textChanged.connect(touch)
        return line

    def _toucher(self, key: str) -> Callable[..., None]:
        def touch(*_: object) -> None:
            if not self._loading:
                self.touched.add(key)

        return touch

    def _choose_colour(self, key: str) -> None:
        button = self.entries[key]
        chooser = QColorDialog(QColor(str(_entered(button))), self)
        chooser.colorSelected.connect(lambda colour: self.set_colour(key, colour))
        chooser.open()

    def set_colour(self, key: str, colour: QColor) -> None:
        """Take a colour that the user has chosen."""
        _show(self.entries[key], colour.name())
        self.touched.add(key)


def _show(entry: Entry, value: Value) -> None:
    if isinstance(entry, QDoubleSpinBox):
        entry.setValue(float(value))
    elif isinstance(entry, QSpinBox):
        entry.setValue(int(value))
    elif isinstance(entry, QPlainTextEdit):
        if entry.toPlainText() != value:
            entry.setPlainText(str(value))
    elif isinstance(entry, QPushButton):
        colour = QColor(str(value))
        entry.setText(str(value))
        ink = "#000000" if colour.lightnessF() > 0.55 else "#ffffff"
        style = f"background: {colour.name()}; color: {ink}; padding: 4px; border: none; border-radius: 3px;"
        entry.setStyleSheet(style if colour.isValid() else "")
    elif entry.text() != value:
        entry.setText(str(value))


def _entered(entry: Entry) -> Value:
    if isinstance(entry, (QDoubleSpinBox, QSpinBox)):
        return entry.value()
    if isinstance(entry, QPlainTextEdit):
        return entry.toPlainText()
    return entry.text()
