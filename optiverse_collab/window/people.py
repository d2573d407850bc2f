"""Shows the people in the session: in a dock, and in the status bar."""

from __future__ import annotations

from typing import NamedTuple

from PyQt6.QtCore import QObject, QPointF, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QGraphicsView, QMainWindow

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.latency import LATENCY, shown_latency
from optiverse_collab.core.client.quality import Quality
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.access import Access
from optiverse_collab.window.bringing import Bringing
from optiverse_collab.window.followers import Followers
from optiverse_collab.window.following import Following
from optiverse_collab.window.inviting import Inviting
from optiverse_collab.window.knocking import Knocking
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.privacy import PrivacyChoices
from optiverse_collab.window.removing import Removing
from optiverse_collab.window.roster import Person, cursor_window, people_in
from optiverse_collab.window.settings import Settings
from optiverse_collab.window.standing import ConnectionStanding
from optiverse_collab.window.ui.avatars import Avatar
from optiverse_collab.window.ui.docks import add_dock, remove_dock
from optiverse_collab.window.ui.people_dock import PeopleDock
from optiverse_collab.window.ui.pointers import point_of
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.window.viewpoint import Viewpoint
from optiverse_collab.wording import people as texts

LOOK_MS = 250
"""Others move 30 times a second; a line of text need not follow each move."""


class PeopleRights(NamedTuple):
    """Access and privacy.

    Attributes:
        inviting, access: opened by the dock's buttons.
        privacy: the user's privacy settings.
    """

    inviting: Inviting
    access: Access
    privacy: PrivacyChoices


class PeoplePanel(QObject):
    """Follows the session of a window.

    Args:
        window: the host's main window.
        manager: the session.
        standing: has the part of the status bar that shows people, and opens the dock.
        rights: access and privacy.
        toasts: show why something can't be done.
        settings: remember by whom the user doesn't want to be followed.

    Attributes:
        dock: the list; hidden at first.
        viewpoint: moves the canvas to others, and back.
        following: keeps the view on somebody's.
        followers: knows who follows this window.
        bringing: calls everybody to the window's view.
        knocking: shows who waits outside.

    Signals:
        opened: whether the dock is open.
    """

    opened = pyqtSignal(bool)

    def __init__(
        self,
        window: QMainWindow,
        manager: CollaborationManager,
        standing: ConnectionStanding,
        rights: PeopleRights,
        toasts: Toasts,
        settings: Settings,
    ) -> None:
        super().__init__(window)
        self._window, self._manager = window, manager
        self._status = standing.status
        self._access = rights.access
        self._toasts = toasts
        self.viewpoint = Viewpoint(self._view, self)
        self.following = Following(window, manager, self.viewpoint, toasts)
        self.followers = Followers(manager, settings, toasts, self)
        self.bringing = Bringing(manager, self.viewpoint, toasts, self)
        self._removing = Removing(manager, toasts, self)
        self.dock = dock = PeopleDock(window)
        self.knocking = Knocking(manager, toasts, dock.knocks, self)
        self.knocking.list_wanted.connect(self._on_list_wanted)
        self._latency_ms: int | None = None
        self._is_stale = False
        self._later = single_shot(self, self._on_later, LOOK_MS)
        dock.visited.connect(self._on_visited)
        dock.follow_wanted.connect(self._on_follow_wanted)
        dock.decline_wanted.connect(self._on_decline_wanted)
        dock.remove_wanted.connect(self._on_remove_wanted)
        dock.back.clicked.connect(self.viewpoint.go_back)
        dock.bring.triggered.connect(self.bringing.call)
        dock.invite.triggered.connect(rights.inviting.invite)
        dock.access.triggered.connect(self._on_access_wanted)
        standing.people_wanted.connect(self.open)
        rights.privacy.hides_activity.watch(lambda is_on: self.followers.look())
        for changed in (self.following.changed, self.followers.changed, self.viewpoint.changed):
            changed.connect(self.refresh)
        manager.participants_changed.connect(self.refresh)
        manager.status_changed.connect(self.refresh)
        manager.service.happened.connect(self._on_happened)
        manager.service.quality_changed.connect(self._on_quality)
        add_dock(window, dock)
        toggle = dock.toggleViewAction()
        if toggle is not None:
            toggle.toggled.connect(self.opened)
        self.refresh()

    @property
    def is_open(self) -> bool:
        """Whether the dock is shown, even behind another one."""
        return not self.dock.isHidden()

    def open(self) -> PeopleDock:
        """Show the dock, and give it the keyboard."""
        self.dock.show()
        self.dock.raise_()
        self.dock.people.setFocus()
        return self.dock

    def toggle(self) -> None:
        """Show the dock or hide it."""
        if self.is_open:
            self.dock.hide()
        else:
            self.open()

    def close(self) -> None:
        """The window closes: restore it."""
        self._later.stop()
        self.following.stop()
        remove_dock(self._window, self.dock)

    @pyqtSlot()
    def _on_list_wanted(self) -> None:
        """Show the waiting people, and give the keyboard to their list."""
        self.open().knocks.people.setFocus()

    @pyqtSlot()
    def refresh(self) -> None:
        """Show the present people."""
        session = self._manager.session
        people = [] if session is None else people_in(session)
        avatars = [Avatar(texts.initials(one.name), one.colour) for one in people]
        self._status.show_people(avatars, texts.names([one.name for one in people]))
        dock = self.dock
        dock.show_people(people, self._manager.status.in_session)
        declined = [one.key for one in people if self.followers.is_declined(one.key)]
        dock.show_following(self.following.followed, declined)
        dock.show_removable([one.key for one in people if self._removing.can_remove(one)])
        dock.back.setEnabled(self.viewpoint.can_go_back)
        dock.invite.setEnabled(session is not None)
        dock.bring.setEnabled(self.bringing.may_call)
        dock.access.setEnabled(self._access.may_manage)

    def _view(self) -> QGraphicsView | None:
        host = self._manager.host
        return None if host is None else host.view

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, fx.PresenceChanged):
            self._is_stale = True
            if not self._later.isActive():
                self._on_later()

    @pyqtSlot()
    def _on_later(self) -> None:
        """Show the changes since the last time, and not again too soon."""
        if self._is_stale:
            self._is_stale = False
            self.refresh()
            self._later.start()

    def _find(self, key: str) -> tuple[SessionClient, Person] | None:
        session = self._manager.session
        people = [] if session is None else people_in(session)
        person = next((one for one in people if one.key == key), None)
        return None if session is None or person is None else (session, person)

    @pyqtSlot(object)
    def _on_quality(self, quality: Quality) -> None:
        """Show others how slow the user's connection is."""
        latency_ms = shown_latency(quality)
        if latency_ms != self._latency_ms:
            self._latency_ms = latency_ms
            self._manager.service.show({LATENCY: latency_ms})

    @pyqtSlot()
    def _on_access_wanted(self) -> None:
        """Show who may come in, with the same selection as the dock."""
        person = self.dock.selected
        self._access.open("" if person is None else person.key)

    @pyqtSlot(str)
    def _on_visited(self, key: str) -> None:
        found = self._find(key)
        if found is None:
            return
        session, person = found
        state = session.presence.states.get(cursor_window(session, person), {})
        at = point_of(state.get("cursor"))
        if at is None:
            self._toasts.show(texts.no_cursor(person.name), urgent=True)
        else:
            self.viewpoint.go_to(QPointF(*at))

    @pyqtSlot(str)
    def _on_follow_wanted(self, key: str) -> None:
        found = self._find(key)
        if found is None:
            return
        session, person = found
        if self.following.followed in person.windows:
            self.following.stop()
        else:
            self.following.start(cursor_window(session, person))

    @pyqtSlot(str)
    def _on_decline_wanted(self, key: str) -> None:
        if self.followers.is_declined(key):
            self.followers.allow(key)
        else:
            self.followers.decline(key)

    @pyqtSlot(str)
    def _on_remove_wanted(self, key: str) -> None:
        found = self._find(key)
        if found is not None:
            self._removing.remove(found[1])
