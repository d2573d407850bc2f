"""Invites others into the session of a window: asks the server for a link, and shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.core.access import Role, may_manage
from optiverse_collab.core.client.access_effects import AccessDenied, GrantsArrived, InviteMade
from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.core.protocol.access import AccessInvite
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.window.lan import is_here, is_local, lan_addresses
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.clipboard import copy_text
from optiverse_collab.window.ui.invite_dialog import InviteDialog, Way
from optiverse_collab.wording import inviting

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMainWindow


class _Made(NamedTuple):
    """An invite that was made here, and its session."""

    server: str
    session: str
    grant: str
    token: str


class Inviting(QObject):
    """Gives links to others, with an invite for editors if the server requires one.

    Args:
        manager: the session.
        window: the dialog's parent, and this object's.

    Attributes:
        dialog: shows the link; None until it is needed.
    """

    def __init__(self, manager: CollaborationManager, window: QMainWindow) -> None:
        super().__init__(window)
        self.dialog: InviteDialog | None = None
        self._manager = manager
        self._window = window
        self._made: _Made | None = None
        self._asked: AccessInvite | None = None
        self._hosts = False
        manager.joined.connect(self._on_joined)
        manager.failed.connect(self._on_failed)
        manager.service.happened.connect(self._on_happened)

    @pyqtSlot()
    def note_hosting(self) -> None:
        """The user is about to host a session: once it runs, show the invite."""
        self._hosts = True

    @property
    def needs_invites(self) -> bool:
        """Whether others need an invite, and this user may make one."""
        session = self._manager.service.session
        me = session.me if session is not None else None
        is_open = self._hosts_network or not is_here(self._manager.server_url)
        return me is not None and may_manage(me.role) and is_open

    @property
    def _hosts_network(self) -> bool:
        """Whether the session is on a server of this computer that others can reach."""
        hosted = self._manager.hosting.hosted
        return hosted is not None and not is_local(hosted.listen)

    def invite(self) -> None:
        """Copy the link; where others need an invite, show one."""
        if self.needs_invites:
            self.open()
        else:
            copy_text(self._manager.invite)

    def open(self) -> InviteDialog:
        """Show an invite: the one that was made before, or a new one."""
        dialog = self.dialog = self.dialog or InviteDialog(self._window)
        manager, session = self._manager, self._manager.service.session
        made = self._made
        if made is not None and (made.server, made.session) == (manager.address, manager.session_id):
            self._show(made.token)
        elif session is not None and session.me is not None:
            dialog.show_ways([], inviting.MAKING)
            self._asked = session.access.invite(Role.EDITOR, inviting.label(session.me.user_id))
            manager.service.wake()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _show(self, token: str | None, sentence: str = "") -> None:
        if self.dialog is not None:
            sentence = sentence or inviting.whoever_has_it(self._manager.session_id)
            self.dialog.show_ways(self._ways(token), sentence)

    def _ways(self, token: str | None) -> list[Way]:
        """The link, for each network that this computer is in if it hosts the session."""
        link = parse_address(self._manager.invite)._replace(token=token)
        ways = []
        if self._hosts_network:
            port = urlsplit(link.server).port
            for interface, address in lan_addresses():
                there = link._replace(server=f"wss://{address}:{port}")
                ways.append(Way(inviting.network(interface, address), there.link))
        return ways or [Way(link.server, link.link)]

    @pyqtSlot()
    def _on_joined(self) -> None:
        hosts, self._hosts = self._hosts, False
        if hosts and self._hosts_network:
            self.open()

    @pyqtSlot()
    def _on_failed(self) -> None:
        self._hosts = False

    @pyqtSlot(object)
    def _on_happened(self, effect: SessionEffect) -> None:
        if isinstance(effect, InviteMade) and effect.asked is self._asked:
            manager = self._manager
            self._made = _Made(manager.address, manager.session_id, effect.grant.id, effect.token)
            self._show(effect.token)
        elif isinstance(effect, AccessDenied) and effect.asked is self._asked:
            self._show(None, inviting.without_invite(effect.message))
        elif isinstance(effect, GrantsArrived) and self._made is not None:
            ended = [one.id for one in effect.grants if one.role is Role.NONE]
            self._made = None if self._made.grant in ended else self._made
