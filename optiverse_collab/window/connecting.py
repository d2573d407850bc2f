"""The connect dialog, its requests to the manager, and the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.window.checking import Checking
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.settings import Settings
from optiverse_collab.window.ui.check_dialog import CheckDialog
from optiverse_collab.window.ui.connect_dialog import ConnectDialog
from optiverse_collab.wording import dialogs, knocks

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow


_SHOWN = (ConnectionState.CONNECTED, ConnectionState.RECONNECTING)
"""The window has the session's bench."""


class Connecting(QObject):
    """Makes a window's connect dialog on first use, and keeps it up to date.

    Args:
        manager: joins the sessions.
        settings: see below.
        window: the dialog's parent, and this object's.

    Attributes:
        dialog: None until its first use.
        settings: the dialog's last successful values.

    Signals:
        hosting: the user wants to host a session.
    """

    hosting = pyqtSignal()

    def __init__(self, manager: CollaborationManager, settings: Settings, window: QMainWindow) -> None:
        super().__init__(window)
        self.dialog: ConnectDialog | None = None
        self._manager = manager
        self.settings = settings
        self._window = window

    def open(self) -> ConnectDialog:
        """Show the dialog, above the others."""
        dialog = self.dialog or self._made()
        self._show_present()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _made(self) -> ConnectDialog:
        manager = self._manager
        dialog = self.dialog = ConnectDialog(self.settings, self._window)
        dialog.join_requested.connect(self._on_join_requested)
        dialog.server_requested.connect(self.hosting)
        dialog.server_requested.connect(manager.create_session)
        dialog.cancelled.connect(manager.leave)
        dialog.check_requested.connect(self._on_check_requested)
        manager.progress.connect(self._on_progress)
        manager.joined.connect(dialog.show_success)
        manager.failed.connect(self._on_failed)
        manager.service.connected.connect(dialog.remember)
        manager.status_changed.connect(self._on_status_changed)
        manager.service.outage_changed.connect(self._on_outage_changed)
        manager.edited.connect(self._show_present)
        manager.service.drained.connect(self._show_present)
        return dialog

    @pyqtSlot()
    def _show_present(self) -> None:
        """Show which session a join would leave, and its unsent edits."""
        manager, session = self._manager, self._manager.session
        if self.dialog is None:
            return
        if session is None or self.dialog.busy:
            self.dialog.show_present("")
        else:
            waiting = len(session.replica.pending)
            self.dialog.show_present(dialogs.present(manager.session_id, manager.server_url, waiting))

    @pyqtSlot(str, str, str)
    def _on_join_requested(self, link: str, session: str, user: str) -> None:
        """Join; if the window is in this session on another server, take along what that has (HOST-1)."""
        if self._can_move(link, session, user):
            self._manager.move(link)
        else:
            self._manager.join_session(link, session, user)

    def _can_move(self, link: str, session: str, user: str) -> bool:
        """Whether a link leads to this window's session on another server, as far as its names tell."""
        manager, client = self._manager, self._manager.session
        if client is None or not client.replica.clock or manager.status not in _SHOWN:
            return False
        known = parse_address(manager.service.address)
        here = [known, *([parse_address(known.also)] if known.also is not None else [])]
        is_same = (session, user) == (manager.session_id, client.user_id)
        return is_same and not any(map(parse_address(link).may_be, here))

    @pyqtSlot(str, str, str)
    def _on_check_requested(self, link: str, session: str, user: str) -> None:
        """Check the connection step by step."""
        shown = CheckDialog(self.dialog or self._window)
        checking = Checking(self)
        checking.line_found.connect(shown.add_line)
        checking.ended.connect(shown.show_end)
        shown.finished.connect(checking.stop)
        shown.show()
        checking.start(link, session, user)

    @pyqtSlot(object)
    def _on_status_changed(self, state: ConnectionState) -> None:
        if state is ConnectionState.OUTSIDE:
            self._on_progress(knocks.waiting(self._manager.session_id), 0, 0)
        self._show_present()

    @pyqtSlot()
    def _on_outage_changed(self) -> None:
        """Say why the first attempts fail, for as long as they are repeated."""
        outage = self._manager.service.outage
        if outage is not None and self._manager.status is ConnectionState.CONNECTING:
            self._on_progress(dialogs.TRYING_AGAIN.format(reason=outage.latest), 0, 0)

    @pyqtSlot(str, int, int)
    def _on_progress(self, sentence: str, done: int, total: int) -> None:
        """Only for who looks: a dialog that was closed meanwhile stays closed."""
        if self.dialog is not None and self.dialog.busy:
            self.dialog.show_progress(sentence, done, total)

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        if self.dialog is not None and self.dialog.busy:
            self.dialog.show_error(sentence)
