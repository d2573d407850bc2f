"""Shows in the open dialog of an item who else uses that item (PRES-13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PyQt6 import sip
from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QDialog

from optiverse_collab.core.client.activity import occupied
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.host.api import Host
from optiverse_collab.window.ui.dialog_banner import BannerAction, DialogBanner
from optiverse_collab.wording import presence as texts

PAUSE_MS = 1000
"""Others' activity shows at once, and then at most this often: a dialog grows and shrinks with the text."""

Said = tuple[str, Sequence[BannerAction]]
"""A sentence, and the user's options."""


class InDialogs(QObject):
    """Gives each dialog a banner while there is something to show.

    Args:
        host: owner of the dialogs.
        session: source of the presence.

    Attributes:
        banners: item id → the banner in its dialog.

    Signals:
        wanted: the user would like the others in an item, by its id, to hand it over.
    """

    wanted = pyqtSignal(str)

    def __init__(self, host: Host, session: SessionClient, parent: QObject) -> None:
        super().__init__(parent)
        self.banners: dict[str, DialogBanner] = {}
        self._requests: dict[str, Said] = {}
        self._host = host
        self._session = session
        self._is_stale = False
        self._pause = single_shot(self, self._on_pause, PAUSE_MS)
        self._unwatch = host.watch_editors(self.refresh)
        self.refresh()

    def close(self) -> None:
        """Restore all dialogs."""
        self._unwatch()
        self._pause.stop()
        self._keep({})
        self.deleteLater()

    def note(self) -> None:
        """Others' presence changed; that may happen constantly."""
        self._is_stale = True
        if not self._pause.isActive():
            self._on_pause()

    @pyqtSlot()
    def refresh(self) -> None:
        """A dialog was opened or closed, or somebody may be in something else."""
        dialogs = {id: dialog for id, dialog in self._host.editors().items() if dialog is not None}
        if not dialogs and not self.banners:
            return
        for id in self._requests.keys() - dialogs.keys():
            del self._requests[id]
        found = occupied(self._session.participants, self._session.presence.states)
        said = {id: one for id in dialogs if (one := self._said(id, found.get(id, ()))) is not None}
        self._keep(said)
        for id, (text, actions) in said.items():
            self._show_banner(id, dialogs[id], text, actions)

    def show_request(self, item: str, text: str, actions: Sequence[BannerAction]) -> bool:
        """Show somebody's ask in the dialog of an item; returns whether it is open."""
        if self._host.editors().get(item) is None:
            return False
        self._requests[item] = text, actions
        self.refresh()
        return True

    def drop_request(self, item: str) -> None:
        """The ask in the dialog of an item was answered, or is over."""
        if self._requests.pop(item, None) is not None:
            self.refresh()

    @pyqtSlot()
    def _on_pause(self) -> None:
        if self._is_stale:
            self._is_stale = False
            self.refresh()
            if self._host.editors():
                self._pause.start()

    def _said(self, item: str, others: Iterable[str]) -> Said | None:
        if item in self._requests:
            return self._requests[item]
        people = self._session.participants
        text = texts.editing_too([texts.short_name(people[id]) for id in others])
        return (text, [(texts.ASK, lambda: self.wanted.emit(item))]) if text else None

    def _show_banner(self, id: str, dialog: QDialog, text: str, actions: Sequence[BannerAction]) -> None:
        banner = self.banners.get(id)
        if banner is None:
            banner = self.banners[id] = DialogBanner(dialog)
        if banner.text != text:
            banner.show_text(text, actions)

    def _keep(self, said: Mapping[str, Said]) -> None:
        """Remove the banners of other dialogs; a host deletes its dialogs with all that is in them."""
        for id in self.banners.keys() - said.keys():
            banner = self.banners.pop(id)
            if not sip.isdeleted(banner):
                banner.leave()
