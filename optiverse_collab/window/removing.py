"""Removes people from the session of a window, for an owner, and lets them back in (ACC-6)."""

from __future__ import annotations

import logging
from functools import partial
from typing import NamedTuple

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.core.access import Role, may_manage
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.access_effects import AccessDenied, GrantsArrived
from optiverse_collab.core.protocol.access import AccessSet
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.roster import Person
from optiverse_collab.window.ui.toasts import ToastAction, Toasts
from optiverse_collab.wording import access as texts


class _Removal(NamedTuple):
    """A request to the server.

    Attributes:
        asked: the request.
        name: of the person.
        role: what they could do before.
    """

    asked: AccessSet
    name: str
    role: Role


class Removing(QObject):
    """Asks the server, and shows the result.

    Args:
        manager: the session.
        toasts: say it, and offer to let people back in.
    """

    def __init__(self, manager: CollaborationManager, toasts: Toasts, parent: QObject) -> None:
        super().__init__(parent)
        self._manager = manager
        self._toasts = toasts
        self._asked: dict[str, _Removal] = {}
        manager.service.happened.connect(self._on_happened)

    def can_remove(self, person: Person) -> bool:
        """Whether the user is an owner, and somebody else came in by a grant."""
        session = self._manager.session
        if session is None or person.is_me or not may_manage(session.replica.rights.role):
            return False
        participant = session.participants.get(person.windows[0])
        return participant is not None and bool(person.key) and participant.person == person.key

    def remove(self, person: Person) -> None:
        """Remove somebody from the session; a notice offers to let them back in."""
        session = self._manager.session
        if session is not None and self.can_remove(person):
            role = session.participants[person.windows[0]].role
            self._change(person.key, Role.NONE, person.name, role)

    def _change(self, grant: str, role: Role, name: str, before: Role) -> None:
        session = self._manager.session
        if session is not None:
            self._asked[grant] = _Removal(session.access.change(grant, role), name, before)
            self._manager.service.wake()

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, GrantsArrived) and not effect.is_all:
            for grant in effect.grants:
                self._on_changed(grant.id, grant.role)
        elif isinstance(effect, AccessDenied) and isinstance(effect.asked, AccessSet):
            removal = self._asked.get(effect.asked.id)
            if removal is not None and removal.asked is effect.asked:
                del self._asked[effect.asked.id]
                self._notify(effect.message)

    def _on_changed(self, grant: str, role: Role) -> None:
        """The server did it; or it did an earlier request about the same grant."""
        removal = self._asked.get(grant)
        if removal is None or removal.asked.role is not role:
            return
        del self._asked[grant]
        if role is Role.NONE:
            back = partial(self._change, grant, removal.role, removal.name, removal.role)
            self._notify(texts.removed(removal.name), (texts.LET_BACK_IN, back))
        else:
            self._notify(texts.let_back_in(removal.name))

    def _notify(self, sentence: str, *actions: ToastAction) -> None:
        self._manager.log(logging.INFO, sentence)
        self._toasts.show(sentence, actions, urgent=True)
