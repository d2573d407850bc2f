"""Lets the user choose the chords for pointing, and whose pointing they see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QKeySequenceEdit,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.core.text import printable
from optiverse_collab.wording import pointing as texts

PERSON = Qt.ItemDataRole.UserRole

Fault = Callable[[str, str], str]
"""Takes a new chord and the present one; returns why it can't be used, or nothing."""


class PointingDialog(QDialog):
    """Two chords and a list of people.

    Args:
        chords: what the chords are now, in the order of the fields.
        fault: returns why a chord can't be used.
        people: who could point: id of the person → name.
        muted: people whose pointing is hidden.

    Attributes:
        fields: of the chords.
        names: the people; those who are checked are seen.
        buttons: OK and Cancel.
        message: why OK can't be pressed.

    Signals:
        wanted: the chords, and the muted people, id → name.
    """

    wanted = pyqtSignal(list, dict)

    def __init__(
        self,
        chords: Sequence[str],
        fault: Fault,
        people: Mapping[str, str],
        muted: Mapping[str, str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts.TITLE)
        self._before = list(chords)
        self._fault = fault
        self.fields = [QKeySequenceEdit(QKeySequence(chord), self) for chord in chords]
        form = QFormLayout()
        for label, field in zip((texts.POINT_CHORD, texts.LASER_CHORD), self.fields, strict=True):
            field.setClearButtonEnabled(True)
            field.setAccessibleName(label.strip(":").replace("&", ""))
            field.keySequenceChanged.connect(self._on_changed)
            field.installEventFilter(self)
            form.addRow(label, field)
        self.fields[1].setToolTip(texts.LASER_HINT)
        self.fields[1].setAccessibleDescription(texts.LASER_HINT)
        self.names = QListWidget(self)
        self.names.setAccessibleName(texts.SHOWN.strip(":").replace("&", ""))
        for id, name in people.items():
            item = QListWidgetItem(printable(name), self.names)
            item.setData(PERSON, (id, name))
            item.setCheckState(Qt.CheckState.Unchecked if id in muted else Qt.CheckState.Checked)
        self.message = QLabel(self)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        shown = QLabel(texts.SHOWN if people else texts.NOBODY, self)
        shown.setBuddy(self.names)
        self.names.setVisible(bool(people))
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        for widget in (self.message, shown, self.names, self.buttons):
            layout.addWidget(widget)
        self._on_changed()

    @property
    def chords(self) -> list[str]:
        """The chords in the fields."""
        portable = QKeySequence.SequenceFormat.PortableText
        return [field.keySequence().toString(portable) for field in self.fields]

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Let Escape close the dialog: a field would take it for a chord."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_escape = event.key() == Qt.Key.Key_Escape
            if is_escape and event.modifiers() == Qt.KeyboardModifier.NoModifier:
                self.reject()
                return True
        return False

    @pyqtSlot()
    def _on_changed(self) -> None:
        chords = self.chords
        faults = [self._fault(new, old) for new, old in zip(chords, self._before, strict=True)]
        if chords[0] and chords[0] == chords[1]:
            faults.append(texts.TAKEN.format(chord=chords[0], name=texts.LASER_CHORD.strip("&:")))
        fault = next(filter(None, faults), "")
        self.message.setText(fault)
        self.message.setVisible(bool(fault))
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        if ok is not None:
            ok.setEnabled(not fault)

    @pyqtSlot()
    def _on_accepted(self) -> None:
        rows = (self.names.item(row) for row in range(self.names.count()))
        unseen = (
            row.data(PERSON)
            for row in rows
            if row is not None and row.checkState() is Qt.CheckState.Unchecked
        )
        self.accept()
        self.wanted.emit(self.chords, dict(unseen))
