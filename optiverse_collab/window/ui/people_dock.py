"""The dock with the people in the session, their activities, and actions for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from PyQt6.QtCore import QSize, Qt, pyqtBoundSignal, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import (
    QDockWidget,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.core.text import printable, unmarked
from optiverse_collab.window.roster import Person
from optiverse_collab.window.ui.avatars import Avatar
from optiverse_collab.window.ui.button_grid import ButtonGrid
from optiverse_collab.window.ui.button_keys import press_by_keys
from optiverse_collab.window.ui.knock_list import KnockList
from optiverse_collab.wording import bringing, following
from optiverse_collab.wording import people as texts

LEAST_LINES = 6
"""The list is never lower, in lines of text."""

_KEY = Qt.ItemDataRole.UserRole
_SPOKEN = Qt.ItemDataRole.AccessibleTextRole


class PeopleDock(QDockWidget):
    """A list of people, and buttons for the one that is selected and for all.

    Attributes:
        knocks: who waits outside, for owners.
        people: the list: for each their initials in their colour, who they are and what they do.
        go: shows the place of the selected one's cursor, as a double click or Enter does.
        back: shows what was shown before.
        follow: keeps the view on theirs, or stops that.
        more: opens a menu with the rest.
        decline: lets the selected one not follow the user's view, or lets them again.
        remove: removes the selected one from the session, for owners.
        bring: asks everybody to see what the user sees.
        invite: copies the invite link, or shows it.
        access: opens the list of who may come in, for owners.

    Signals:
        visited: the key of the person whose place the user wants to see.
        follow_wanted: the key of the person to follow, or to stop following.
        decline_wanted: the key of the person who may not follow, or may again.
        remove_wanted: the key of the person to remove.
    """

    visited = pyqtSignal(str)
    follow_wanted = pyqtSignal(str)
    decline_wanted = pyqtSignal(str)
    remove_wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(texts.TITLE, parent)
        self.setObjectName("collaboration people")
        self._shown: dict[str, Person] = {}
        self._followed = ""
        self._declined: Collection[str] = ()
        self._removable: Collection[str] = ()
        content = QWidget(self)
        self.people = QListWidget(content)
        self.people.setAccessibleName(texts.LIST)
        self.people.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the role is at the end
        self.people.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side = 2 * self.fontMetrics().height()
        self.people.setIconSize(QSize(self._side, self._side))
        self.people.setMinimumHeight(self.fontMetrics().lineSpacing() * LEAST_LINES)
        self._nobody = QLabel(texts.NOBODY, content)
        self._nobody.setWordWrap(True)
        self.go = _button(texts.GO, texts.GO_TIP, content)
        self.back = _button(texts.BACK, texts.BACK_TIP, content)
        self.follow = _button(following.FOLLOW, following.FOLLOW_TIP, content)
        self.more = _button(texts.MORE, "", content)
        self.decline, self.remove, self.bring, self.invite, self.access = self._add_menu()
        self._grid = ButtonGrid([self.go, self.back, self.follow, self.more], content)
        layout = QVBoxLayout(content)
        self.knocks = KnockList(content)
        layout.addWidget(self.knocks)
        layout.addWidget(self._nobody)
        layout.addWidget(self.people, 1)
        layout.addWidget(self._grid)
        self.setWidget(content)
        self.people.itemActivated.connect(self._on_activated)
        self.people.currentItemChanged.connect(self._on_selected)
        self.go.clicked.connect(partial(self._emit_for_selected, self.visited))
        self.follow.clicked.connect(partial(self._emit_for_selected, self.follow_wanted))
        self.decline.triggered.connect(partial(self._emit_for_selected, self.decline_wanted))
        self.remove.triggered.connect(partial(self._emit_for_selected, self.remove_wanted))
        self.show_people([])

    @property
    def selected(self) -> Person | None:
        """The selected person."""
        row = self.people.currentItem()
        return None if row is None else self._shown.get(row.data(_KEY))

    def show_following(self, followed: str, declined: Collection[str]) -> None:
        """Show whom the user follows (a connection id), and who may not follow (their keys)."""
        self._followed, self._declined = followed, declined
        self._on_selected()

    def show_removable(self, removable: Collection[str]) -> None:
        """Show who can be removed (their keys)."""
        self._removable = removable
        self._on_selected()

    def show_people(self, people: Sequence[Person], in_session: bool = False) -> None:
        """Show these instead; keep the selection. If there are none, say why: is there a session?"""
        shown = {person.key: person for person in people}
        if list(shown) != list(self._shown):
            selected = self.selected
            self.people.clear()
            for key in shown:
                QListWidgetItem(self.people).setData(_KEY, key)
            rows = list(shown)
            self.people.setCurrentRow(rows.index(selected.key) if selected and selected.key in shown else -1)
            before: dict[str, Person] = {}
        else:
            before = self._shown
        self._shown = shown
        for place, person in enumerate(people):
            row = self.people.item(place)
            if row is not None and before.get(person.key) != person:
                self._fill(row, person)
        self._nobody.setText(texts.UNSEEN if in_session else texts.NOBODY)
        self._nobody.setVisible(not people)
        self._on_selected()

    def _add_menu(self) -> Iterator[QAction]:
        """Make the menu of the button *More* and of a right click on somebody."""
        menu = QMenu(self.more)
        menu.setToolTipsVisible(True)
        for text, tip in (
            (following.DECLINE, following.DECLINE_TIP),
            (texts.REMOVE, texts.REMOVE_TIP),
            (bringing.BRING, bringing.BRING_TIP),
            (texts.COPY_INVITE, ""),
            (texts.ACCESS, texts.ACCESS_TIP),
        ):
            action = QAction(text, menu)
            action.setToolTip(unmarked(tip))
            menu.addAction(action)
            yield action
        self.more.setMenu(menu)
        self.people.addActions(menu.actions())
        self.people.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _fill(self, row: QListWidgetItem, person: Person) -> None:
        lines = [person.line, person.state] if person.state else [person.line]
        row.setText("\n".join(lines))
        row.setData(_SPOKEN, ", ".join(lines))
        row.setIcon(
            Avatar(texts.initials(person.name), person.colour).icon(self._side, self.devicePixelRatioF())
        )
        row.setToolTip(unmarked(printable(person.name)))

    @pyqtSlot()
    def _on_selected(self) -> None:
        person = self.selected
        others = person is not None and not person.is_me
        self.go.setEnabled(others)
        self.follow.setEnabled(others)
        self.decline.setEnabled(others)
        self.remove.setEnabled(person is not None and person.key in self._removable)
        follows = person is not None and bool(self._followed) and self._followed in person.windows
        self.follow.setText(following.UNFOLLOW if follows else following.FOLLOW)
        declined = person is not None and person.key in self._declined
        self.decline.setText(following.ALLOW if declined else following.DECLINE)

    @pyqtSlot(QListWidgetItem)
    def _on_activated(self, row: QListWidgetItem) -> None:
        person = self._shown.get(row.data(_KEY))
        if person is not None and not person.is_me:
            self.visited.emit(person.key)

    def _emit_for_selected(self, wanted: pyqtBoundSignal) -> None:
        """Emit a button's signal for the selected person."""
        person = self.selected
        if person is not None:
            wanted.emit(person.key)


def _button(text: str, tip: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setToolTip(unmarked(tip))
    press_by_keys(button)
    return button
