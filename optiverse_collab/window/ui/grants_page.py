"""A table of grants, people's or links, and what an owner can do with the one that is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QComboBox, QFormLayout, QPushButton, QVBoxLayout, QWidget

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import Grant
from optiverse_collab.core.text import unmarked
from optiverse_collab.window.ui.keyed_table import KeyedTable
from optiverse_collab.wording import access as roles
from optiverse_collab.wording import grants as texts


class GrantsPage(QWidget):
    """A page of the dialog.

    Args:
        titles: of the columns; the first one stretches.
        remove, restore: the text of the button for a grant with a role, and for one without.
        hint: the effect of that button.

    Attributes:
        table: a row for each grant.
        role, ends: change the selected one.
        remove: removes or revokes it, or undoes that.

    Signals:
        changed: the id of a grant, its new role, or None, and in how many seconds it ends, or None.
    """

    changed = pyqtSignal(str, object, object)

    def __init__(
        self, titles: Sequence[str], remove: str, restore: str, hint: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._remove, self._restore = remove, restore
        self._grants: dict[str, Grant] = {}
        self.table = KeyedTable(titles, [0], self)
        self.table.currentItemChanged.connect(self._on_selected)
        self.role, self.ends = QComboBox(self), QComboBox(self)
        for role in texts.ASSIGNED:
            self.role.addItem(roles.ROLES[role], role)
        for text, seconds in texts.ENDS:
            self.ends.addItem(text, seconds)
        self.role.activated.connect(self._on_role)
        self.ends.activated.connect(self._on_ends)
        self.remove = QPushButton(remove, self)
        self.remove.setAutoDefault(False)
        self.remove.setToolTip(unmarked(hint))
        self.remove.clicked.connect(self._on_remove)
        form = QFormLayout()
        form.addRow(texts.CHANGE_ROLE, self.role)
        form.addRow(texts.CHANGE_END, self.ends)
        self.more = QVBoxLayout()
        self.more.addWidget(self.remove)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addLayout(form)
        layout.addLayout(self.more)
        self._on_selected()

    @property
    def selected(self) -> Grant | None:
        """The grant in the selected row."""
        return self._grants.get(self.table.key)

    def show_grants(self, grants: Sequence[Grant], cells: Sequence[Sequence[str]]) -> None:
        """Show these instead; keep the selection, or else select the first."""
        self._grants = {grant.id: grant for grant in grants}
        self.table.show_rows(zip((grant.id for grant in grants), cells, strict=True))
        self._on_selected()

    @pyqtSlot()
    def _on_selected(self) -> None:
        """Enable the actions for the selected row."""
        grant = self.selected
        for widget in (self.role, self.ends, self.remove):
            widget.setEnabled(grant is not None)
        has_role = grant is None or grant.role is not Role.NONE
        self.remove.setText(self._remove if has_role else self._restore)
        self.role.setCurrentIndex(-1 if grant is None else self.role.findData(grant.role))
        self.ends.setCurrentIndex(0 if grant is not None and grant.expires is None else -1)

    @pyqtSlot(int)
    def _on_role(self, place: int) -> None:
        if (grant := self.selected) is not None:
            self.changed.emit(grant.id, self.role.itemData(place), None)

    @pyqtSlot(int)
    def _on_ends(self, place: int) -> None:
        if (grant := self.selected) is not None:
            self.changed.emit(grant.id, None, self.ends.itemData(place))

    @pyqtSlot()
    def _on_remove(self) -> None:
        """People who come back become viewers; an owner can change that."""
        if (grant := self.selected) is not None:
            role = Role.VIEWER if grant.role is Role.NONE else Role.NONE
            self.changed.emit(grant.id, role, None)
