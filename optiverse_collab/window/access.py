"""Lets an owner see and change who may come into the session of a window."""

from __future__ import annotations

import logging
from datetime import datetime

from PyQt6.QtCore import QObject, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.access import Role, may_manage
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.access_effects import AccessDenied, GrantsArrived, InviteMade
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.access import AccessInvite, Grant
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.access_dialog import AccessDialog
from optiverse_collab.window.ui.clipboard import copy_text
from optiverse_collab.wording import grants as texts

LOOK_MS = 500
"""How long after people come or go the list is requested again: several may do so together."""


class Access(QObject):
    """Makes the dialog on first use, and asks the server for its content.

    Args:
        manager: the session.
        window: the host's main window.

    Attributes:
        dialog: None until its first use.
    """

    def __init__(self, manager: CollaborationManager, window: QMainWindow) -> None:
        super().__init__(window)
        self.dialog: AccessDialog | None = None
        self._manager = manager
        self._window = window
        self._grants: dict[str, Grant] = {}
        self._asked: AccessInvite | None = None
        self._selects = ""
        self._later = single_shot(self, self._ask, LOOK_MS)
        manager.service.happened.connect(self._on_happened)
        manager.participants_changed.connect(self._on_participants)
        manager.status_changed.connect(self._on_participants)

    @property
    def may_manage(self) -> bool:
        """Whether the window's user is an owner of the session that it is in."""
        return self._managed is not None

    def open(self, grant: str = "") -> AccessDialog:
        """Show who may come in, above the other windows.

        Args:
            grant: the id of the one to select.
        """
        if self.dialog is None:
            self.dialog = AccessDialog(self._window)
            self.dialog.changed.connect(self._on_change_wanted)
            self.dialog.link_wanted.connect(self._on_link_wanted)
        self._selects = grant
        self.dialog.show_status(texts.LOADING)
        self._ask()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        return self.dialog

    @property
    def _managed(self) -> SessionClient | None:
        """The session, while it is connected and the user is an owner of it."""
        session = self._manager.session
        if session is None or session.me is None or not may_manage(session.replica.rights.role):
            return None
        return session

    @pyqtSlot()
    def _ask(self) -> None:
        if (session := self._managed) is not None:
            session.access.ask_all()
            self._manager.service.wake()
        elif self.dialog is not None:
            self.dialog.show_status(texts.NO_CONNECTION)

    @pyqtSlot()
    def _on_participants(self) -> None:
        if self.dialog is not None and self.dialog.isVisible():
            self._later.start()

    @pyqtSlot(str, object, object)
    def _on_change_wanted(self, id: str, role: Role | None, expires_s: int | None) -> None:
        if (session := self._managed) is not None:
            session.access.change(id, role, expires_s)
        self._ask()

    @pyqtSlot(object, str, int, object, bool)
    def _on_link_wanted(self, role: Role, label: str, expires_s: int, uses: int | None, knock: bool) -> None:
        if (session := self._managed) is not None:
            self._asked = session.access.invite(role, label, expires_s, uses, knock)
        self._ask()

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        dialog = self.dialog
        if dialog is None:
            return
        if isinstance(effect, GrantsArrived):
            self._take(effect, dialog)
        elif isinstance(effect, InviteMade) and effect.asked is self._asked:
            self._copy(effect, dialog)
        elif isinstance(effect, AccessDenied):
            dialog.show_status(effect.message)
            self._manager.log(logging.INFO, f"✗ {effect.message}")

    def _take(self, effect: GrantsArrived, dialog: AccessDialog) -> None:
        arrived = {grant.id: grant for grant in effect.grants}
        self._grants = arrived if effect.is_all else {**self._grants, **arrived}
        session = self._manager.session
        here = [] if session is None else [*session.participants]
        dialog.show_grants([*self._grants.values()], here, datetime.now().astimezone())
        if self._selects in self._grants:
            dialog.tabs.setCurrentWidget(dialog.people)
            dialog.people.table.select(self._selects)
            self._selects = ""
        if dialog.sentence.text() in (texts.LOADING, texts.NO_CONNECTION):
            dialog.show_status("")

    def _copy(self, made: InviteMade, dialog: AccessDialog) -> None:
        copy_text(parse_address(self._manager.invite)._replace(token=made.token).link)
        dialog.show_status(texts.copied(made.grant.role, made.grant.knock))
