"""The dock with what people did in the session, and a slider through its moments."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.client.timeline import Timeline
from optiverse_collab.core.text import unmarked
from optiverse_collab.window.ui.button_grid import ButtonGrid
from optiverse_collab.window.ui.button_keys import press_by_keys
from optiverse_collab.window.ui.scrubber import Scrubber
from optiverse_collab.window.ui.timeline_list import StepList
from optiverse_collab.wording import timeline as texts

LEAST_LINES = 6
"""The list is never lower, in lines of text."""


class TimelineDock(QDockWidget):
    """A list of steps, filters, a slider, and buttons for the selected step.

    Attributes:
        people: whose steps are listed.
        filter: names of items whose steps are listed.
        list: the steps.
        scrubber: the slider, and *Play*.
        preview, compare, restore, versions, older: the buttons.
        restore_menu: what can be restored; filled by whoever handles `restore_menu.aboutToShow`.
        versions_menu: the session's versions, filled likewise.

    Signals:
        older_wanted: the user wants older changes.
        shown_or_hidden: whether the user sees the dock now.
    """

    older_wanted = pyqtSignal()
    shown_or_hidden = pyqtSignal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(texts.TITLE, parent)
        self.setObjectName("collaboration timeline")
        self._steps: Sequence[PastStep] = ()
        self._item = ""
        content = QWidget(self)
        self.people = QComboBox(content)
        self.people.setAccessibleName(texts.PEOPLE)
        self.people.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.filter = QLineEdit(content)
        self.filter.setPlaceholderText(texts.FILTER)
        self.filter.setToolTip(texts.FILTER_TIP)
        self.filter.setClearButtonEnabled(True)
        self.list = StepList(content)
        self.list.setMinimumHeight(self.fontMetrics().lineSpacing() * LEAST_LINES)
        self._note = QLabel(content)
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self.scrubber = Scrubber(content)
        self.preview = _button(texts.PREVIEW, texts.PREVIEW_TIP, content)
        self.compare = _button(texts.COMPARE, texts.COMPARE_TIP, content)
        self.compare.setCheckable(True)
        self.restore = _button(texts.RESTORE, texts.RESTORE_TIP, content)
        self.restore_menu = QMenu(self.restore)
        self.restore.setMenu(self.restore_menu)
        self.versions = _button(texts.VERSIONS, texts.VERSIONS_TIP, content)
        self.versions_menu = QMenu(self.versions)
        self.versions.setMenu(self.versions_menu)
        self.older = _button(texts.OLDER, texts.OLDER_TIP, content)
        layout = QVBoxLayout(content)
        grid = ButtonGrid([self.preview, self.compare, self.restore, self.versions, self.older], content)
        for widget in (self.people, self.filter, self._note, self.list, self.scrubber, grid):
            layout.addWidget(widget, 1 if widget is self.list else 0)
        self.setWidget(content)
        self.people.currentIndexChanged.connect(self._refresh)
        self.filter.textEdited.connect(self._on_filter_edited)
        self.filter.textChanged.connect(self._refresh)
        self.preview.clicked.connect(self._on_preview)
        self.older.clicked.connect(self.older_wanted)
        self.visibilityChanged.connect(self.shown_or_hidden)
        self.show_timeline(None, texts.NO_SESSION, can_read=False)

    def show_timeline(
        self, timeline: Timeline | None, note: str, can_read: bool, has_failed: bool = False
    ) -> None:
        """Show a part of the history.

        Args:
            timeline: the part; None if there is none.
            note: a sentence above the list; empty for none.
            can_read: whether older changes can be read, or the same again after a failure.
            has_failed: the last request had no answer.
        """
        self._steps = () if timeline is None else timeline.steps
        self._show_people()
        self._given_note = note
        self.versions.setEnabled(timeline is not None)
        self.older.setEnabled(can_read)
        self.older.setText(texts.TRY_AGAIN if has_failed else texts.OLDER)
        self.scrubber.show_timeline(timeline)
        self._refresh()

    def show_item(self, id: str, name: str) -> None:
        """List only the steps of one item."""
        self.people.setCurrentIndex(0)
        self._item = id
        self.filter.setText(name)
        self._refresh()

    @pyqtSlot(str)
    def _on_filter_edited(self, text: str) -> None:
        """The user looks for names now, and not for the item that they chose."""
        self._item = ""

    @pyqtSlot()
    def _on_preview(self) -> None:
        self.list.opened.emit(self.list.current)

    @pyqtSlot()
    def _refresh(self) -> None:
        """List what the filters let through."""
        if not self.filter.text():
            self._item = ""
        listed = [step for step in self._steps if self._is_listed(step)]
        self.list.model_of_steps.show(listed)
        note = self._given_note or (texts.NO_MATCH if self._steps and not listed else "")
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self.show_selected()

    def show_selected(self) -> None:
        """Enable what can be done with the selected step."""
        chosen = self.list.current is not None
        self.preview.setEnabled(chosen)
        self.compare.setEnabled(chosen or self.compare.isChecked())
        self.restore.setEnabled(chosen)

    def _is_listed(self, step: PastStep) -> bool:
        person = self.people.currentData()
        if person is not None and texts.author(step) != person:
            return False
        if self._item:
            return self._item in step.ids
        wanted = self.filter.text().casefold()
        return not wanted or any(wanted in name.casefold() for name in texts.items(step).values())

    def _show_people(self) -> None:
        names = sorted({texts.author(step) for step in self._steps}, key=str.casefold)
        if [self.people.itemData(place) for place in range(self.people.count())] == [None, *names]:
            return
        chosen = self.people.currentData()
        with QSignalBlocker(self.people):
            self.people.clear()
            self.people.addItem(texts.EVERYBODY, None)
            for name in names:
                self.people.addItem(name, name)
            self.people.setCurrentIndex(max(0, self.people.findData(chosen)))


def _button(text: str, tip: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setToolTip(unmarked(tip))
    press_by_keys(button)
    return button
