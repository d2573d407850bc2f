"""Offers unsent edits that wait on this computer: in the bar, in notices, and in a dialog."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.disk.folder import Waiting
from optiverse_collab.window.leftovers import Leftover, Leftovers
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.bar import BarAction, State, StateBar
from optiverse_collab.window.ui.file_dialogs import ask_where
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.window.ui.unsent_dialog import UnsentDialog, UnsentRow
from optiverse_collab.window.ui.unsent_notice import UnsentNotice
from optiverse_collab.wording import unsent as texts
from optiverse_collab.wording.disk import waiting


class UnsentEdits(QObject):
    """Shows edits that wait on this computer, and asks what to do with them.

    Args:
        manager: the session.
        bar: shows lasting states.
        toasts: show the results.
        user: the name under which this user joins.
        window: the host's main window.

    Attributes:
        leftovers: the waiting edits.
        dialog: lists it; None until it is asked for.

    Signals:
        changed: the list changed.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        manager: CollaborationManager,
        bar: StateBar,
        toasts: Toasts,
        user: Callable[[], str],
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self.leftovers = Leftovers(manager.keeping.folder, manager, self)
        self.dialog: UnsentDialog | None = None
        self._manager = manager
        self._bar = bar
        self._toasts = toasts
        self._user = user
        self._window = window
        self._left = 0
        self._is_rejoining = False
        self.leftovers.changed.connect(self._show)
        self.leftovers.told.connect(toasts.show)
        manager.status_changed.connect(self._show)
        manager.joined.connect(self._on_joined)
        manager.failed.connect(self._on_failed)
        manager.keeping.left_unsent.connect(self._on_left)
        manager.keeping.unprotected.connect(self._on_unprotected)
        self.leftovers.begin()

    def open(self) -> UnsentDialog:
        """Show the list, above the other windows."""
        if self.dialog is None:
            dialog = self.dialog = UnsentDialog(self._window)
            dialog.rejoin_requested.connect(partial(self._with, self._rejoin))
            dialog.send_requested.connect(partial(self._with, self._send))
            dialog.save_requested.connect(partial(self._with, self._ask_where))
            dialog.discard_requested.connect(partial(self._with, self.leftovers.discard))
        self.leftovers.refresh()
        self._show()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        return self.dialog

    def close(self) -> None:
        """The window closes: report its session's unsent edits; offer nothing more."""
        self.leftovers.changed.disconnect(self._show)
        self._manager.status_changed.disconnect(self._show)
        if self._left:
            notice = UnsentNotice(waiting(self._left, sent=0), self._window)
            notice.exec()
            notice.deleteLater()

    # The list

    @pyqtSlot()
    def _show(self) -> None:
        if self._manager.status.in_session:
            self._left = 0
        found, now = self.leftovers.found, datetime.now().astimezone()
        if self.dialog is not None:
            self.dialog.show_rows([_row(one) for one in found], now)
        if found and not self._manager.status.in_session:
            self._offer(found, now)
        else:
            self._bar.clear_state(State.WAITING)
        self.changed.emit()

    def _offer(self, found: list[Leftover], now: datetime) -> None:
        """If all unsent edits are of one session, offer to rejoin it at once; otherwise the user chooses."""
        first = _row(found[0])
        sentence = texts.offer(first.author, sum(one.edits for one in found), first.since, now)
        action: BarAction = (texts.SHOW, self.open)
        if len(found) == 1 and first.author == self._user():
            action = (texts.rejoin(first.session, first.edits), partial(self._rejoin, found[0]))
        self._bar.set_state(State.WAITING, sentence, action)

    @pyqtSlot()
    def _on_joined(self) -> None:
        self._is_rejoining = False

    @pyqtSlot(str)
    def _on_failed(self, sentence: str) -> None:
        """Show why the rejoin failed, since no dialog would."""
        if self._is_rejoining:
            self._is_rejoining = False
            self._toasts.show(sentence)

    @pyqtSlot(str, int)
    def _on_left(self, session: str, count: int) -> None:
        self._left = count
        self._toasts.show(texts.disconnected(count, session))

    @pyqtSlot(str)
    def _on_unprotected(self, sentence: str) -> None:
        if sentence:
            self._bar.set_state(State.UNPROTECTED, sentence)
        else:
            self._bar.clear_state(State.UNPROTECTED)

    # Actions

    def _with(self, act: Callable[[Leftover], None], key: str) -> None:
        """Do something with the edits of this key, if they still exist."""
        for one in self.leftovers.found:
            if one.key == key:
                act(one)

    def _rejoin(self, one: Leftover) -> None:
        if self.dialog is not None:
            self.dialog.accept()
        self._is_rejoining = True
        self.leftovers.rejoin(one)

    def _send(self, one: Leftover) -> None:
        self.leftovers.send(one, one.owner.addresses[0])

    def _ask_where(self, one: Leftover) -> None:
        ask_where(self.dialog, partial(self.leftovers.save, one))


def _row(one: Leftover) -> UnsentRow:
    owner, since = one.owner, datetime.fromtimestamp(one.when_ms / 1000).astimezone()
    can_send = isinstance(one.source, Waiting)
    server = parse_address(owner.addresses[0]).server
    return UnsentRow(one.key, owner.session, owner.user_id, server, one.edits, since, can_send)
