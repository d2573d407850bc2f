"""The connect dialog: join a session, or start a server here and join it. It never blocks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from optiverse_collab.window.settings import Settings
from optiverse_collab.window.ui.fields import Sentence
from optiverse_collab.window.ui.join_page import JoinPage
from optiverse_collab.window.ui.server_page import ServerPage
from optiverse_collab.wording import dialogs


class ConnectDialog(QDialog):
    """Asks where to connect, shows the progress, and stays open until it succeeds.

    Attributes:
        join_page: server, session, name.
        check: requests a check of the connection, even during an attempt.
        server_page: port, who may connect, session, name.
        pages: the two, as tabs.

    Signals:
        join_requested: server, with the fragment of a link; session; user.
        check_requested: the same, for a check of the connection.
        server_requested: port, address to listen on, session, user.
        cancelled: the user cancelled the attempt.
    """

    join_requested = pyqtSignal(str, str, str)
    check_requested = pyqtSignal(str, str, str)
    server_requested = pyqtSignal(int, str, str, str)
    cancelled = pyqtSignal()

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(dialogs.DIALOG_TITLE)
        self._settings = settings
        self._busy = False
        self._remember: Callable[[], None] = _nothing
        self._present = Sentence("", self)
        self._present.setObjectName("present")
        self._present.hide()
        self.join_page = JoinPage(settings, self)
        self.server_page = ServerPage(settings, self)
        self.pages = QTabWidget(self)
        self.pages.addTab(self.join_page, dialogs.JOIN_TAB)
        self.pages.addTab(self.server_page, dialogs.HOST_TAB)
        self._message = Sentence("", self)
        self._message.setObjectName("message")
        self._progress = QProgressBar(self)
        self._progress.setTextVisible(False)
        self._progress.hide()
        buttons = QDialogButtonBox(self)
        self.go = QPushButton(dialogs.JOIN, self)
        self.go.setDefault(True)
        self.check = QPushButton(dialogs.CHECK, self)
        self.cancel = QPushButton(dialogs.CLOSE, self)
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.check, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.cancel, QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        layout.addWidget(self._present)
        layout.addWidget(self.pages, 1)
        for widget in (self._message, self._progress, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 78)
        self.join_page.changed.connect(self._update)
        self.server_page.changed.connect(self._update)
        self.pages.currentChanged.connect(self._update)
        buttons.accepted.connect(self._on_go)
        self.check.clicked.connect(self._on_check)
        buttons.rejected.connect(self.reject)
        self._update()

    def join(self, link: str) -> None:
        """Go where an invite link leads; where something is missing, wait until the user has added it.

        Raises:
            AddressError: it is no link.
        """
        self.pages.setCurrentWidget(self.join_page)
        if self.join_page.take(link):
            self._on_go()

    @property
    def message(self) -> str:
        """The sentence that is shown."""
        return self._message.text()

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way."""
        return self._busy

    def show_present(self, sentence: str) -> None:
        """Show which session the window is in; nothing if it is in none."""
        self._present.setText(sentence)
        self._present.setVisible(bool(sentence))

    def show_progress(self, sentence: str, done: int = 0, total: int = 0) -> None:
        """Show the progress; `done` of `total`, if known."""
        self._set_busy(True)
        self._message.setText(sentence)
        self._progress.setRange(0, total)
        self._progress.setValue(done)

    def show_error(self, sentence: str) -> None:
        """Show the error; the user can change the fields and try again."""
        self._remember = _nothing
        self._set_busy(False)
        self._message.setText(sentence)

    def show_success(self) -> None:
        """Close after success."""
        if self._busy:
            self._set_busy(False)
            self._message.clear()
            self.accept()

    @pyqtSlot()
    def remember(self) -> None:
        """The server let us in: remember these values for the next time."""
        remember, self._remember = self._remember, _nothing
        remember()

    @pyqtSlot()
    def reject(self) -> None:
        """Cancel the attempt; if there is none, close."""
        if self._busy:
            self._remember = _nothing
            self._set_busy(False)
            self._message.setText(dialogs.CANCELLED)
            self.cancelled.emit()
        else:
            super().reject()

    @pyqtSlot()
    def _on_go(self) -> None:
        if not self.go.isEnabled():
            return
        if self.pages.currentWidget() is self.join_page:
            address, user = self.join_page.address(), self.join_page.user.text
            session = address.session or ""
            self._remember = partial(self._settings.remember_join, address.remembered, session, user)
            self.show_progress(dialogs.CONNECTING.format(server=address.server))
            self.join_requested.emit(address._replace(session=None).link, session, user)
        else:
            server = self.server_page
            port, listen, user = server.port.value(), server.address, server.user.text
            self._remember = partial(self._settings.remember_server, port, listen, user)
            self.show_progress(dialogs.PROBING.format(port=port))
            self.server_requested.emit(port, listen, server.session.text, user)

    @pyqtSlot()
    def _on_check(self) -> None:
        address, user = self.join_page.address(), self.join_page.user.text
        self.check_requested.emit(address._replace(session=None).link, address.session or "", user)

    @pyqtSlot()
    def _update(self) -> None:
        joining = self.pages.currentWidget() is self.join_page
        self.go.setText(dialogs.JOIN if joining else dialogs.HOST)
        valid = self.join_page.valid if joining else self.server_page.valid
        self.go.setEnabled(valid and not self._busy)
        self.check.setVisible(joining)
        self.check.setEnabled(valid)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.pages.setEnabled(not busy)
        self._progress.setVisible(busy)
        self.cancel.setText(dialogs.CANCEL if busy else dialogs.CLOSE)
        self._update()


def _nothing() -> None:
    """Remember nothing."""
