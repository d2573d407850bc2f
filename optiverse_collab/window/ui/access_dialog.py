"""Shows an owner who may come into the session, and by which links."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PyQt6.QtCore import pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QTabWidget, QVBoxLayout, QWidget

from optiverse_collab.core.protocol.access import Grant, GrantKind
from optiverse_collab.window.ui.fields import Sentence
from optiverse_collab.window.ui.grants_page import GrantsPage
from optiverse_collab.window.ui.new_link_dialog import NewLinkDialog
from optiverse_collab.wording import grants as texts


class AccessDialog(QDialog):
    """Two pages, and a sentence about the last action.

    Attributes:
        tabs: the pages.
        people, links: their tables.
        new_link: asks what a new link allows.
        sentence: below the pages.

    Signals:
        changed: see `GrantsPage`.
        link_wanted: see `NewLinkDialog.wanted`.
    """

    changed = pyqtSignal(str, object, object)
    link_wanted = pyqtSignal(object, str, int, object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts.TITLE)
        columns = [texts.NAME, texts.ROLE, texts.SEEN, texts.UNTIL]
        self.people = GrantsPage(columns, texts.REMOVE, texts.LET_IN, texts.REMOVED_HINT, self)
        columns = [texts.LABEL, texts.ROLE, texts.USES, texts.UNTIL]
        self.links = GrantsPage(columns, texts.REVOKE, texts.ALLOW, texts.REVOKED_HINT, self)
        self.people.table.setAccessibleName(texts.PEOPLE.replace("&", ""))
        self.links.table.setAccessibleName(texts.LINKS.replace("&", ""))
        for page in (self.people, self.links):
            page.changed.connect(self.changed)
        self.new_link = QPushButton(texts.NEW_LINK, self)
        self.new_link.setAutoDefault(False)
        self.new_link.clicked.connect(self.ask_for_link)
        self.links.more.addWidget(self.new_link)
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self.people, texts.PEOPLE)
        self.tabs.addTab(self.links, texts.LINKS)
        self.sentence = Sentence(texts.LOADING, self)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        close.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.sentence)
        layout.addWidget(close)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 56)  # otherwise names have no room
        self.resize(self.fontMetrics().averageCharWidth() * 70, self.fontMetrics().height() * 24)

    def show_grants(self, grants: Sequence[Grant], here: Sequence[str], now: datetime) -> None:
        """Show these instead.

        Args:
            grants: all there are.
            here: the ids of the connections in the session.
            now: in local time.
        """
        people = [one for one in grants if one.kind is GrantKind.DEVICE]
        people.sort(key=lambda one: (not set(one.connections) & set(here), one.label.casefold(), one.id))
        cells = [
            [
                texts.name(one),
                texts.role(one, is_link=False),
                texts.seen(one, here, now),
                texts.until(one, now),
            ]
            for one in people
        ]
        self.people.show_grants(people, cells)
        links = [one for one in grants if one.kind is GrantKind.INVITE]
        cells = [
            [texts.name(one), texts.role(one, is_link=True), texts.uses(one), texts.until(one, now)]
            for one in links
        ]
        self.links.show_grants(links, cells)

    def show_status(self, sentence: str) -> None:
        """Show the outcome of an action."""
        self.sentence.setText(sentence)

    @pyqtSlot()
    def ask_for_link(self) -> None:
        """Ask what a new link allows."""
        dialog = NewLinkDialog(self)
        dialog.wanted.connect(self.link_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
