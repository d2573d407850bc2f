"""Shows a window's view to its followers, and tells its user who they are (PRES-11)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from PyQt6.QtCore import QElapsedTimer, QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.following import DECLINES, MOST_DECLINED, VIEW, followed_by
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.client.shown import Shown
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.settings import DECLINED, Choice, Settings
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.window.view_watch import ViewWatch
from optiverse_collab.window.viewpoint import view_of
from optiverse_collab.wording import following as texts
from optiverse_collab.wording.presence import name_of

AGAIN_MS = 60_000
"""The shortest time between two notices about one person; they might begin and stop without end."""

GAP_MS = 2_000
"""The shortest time between two notices, since many might begin at once; the dock has all."""

MOST_NOTED = 500
"""At most this many people are remembered for that."""


class Followers(QObject):
    """Tracks the followers of this window.

    Args:
        manager: the session.
        settings: remembers who was declined.
        toasts: say who begins to follow.

    Attributes:
        people: the keys of those who follow, as in `People.person_of`.

    Signals:
        changed: others follow, or fewer, or somebody was declined or allowed.
    """

    changed = pyqtSignal()

    def __init__(
        self, manager: CollaborationManager, settings: Settings, toasts: Toasts, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.people: frozenset[str] = frozenset()
        self._manager = manager
        self._settings = settings
        self._toasts = toasts
        self._follow = Shown(_followed_by)
        self._watch: ViewWatch | None = None
        self._declined: list[str] = []
        self._clock = QElapsedTimer()
        self._clock.start()
        self._noted: dict[str, int] = {}
        self._told_ms = -GAP_MS
        settings.changed.connect(self._on_setting)
        manager.service.happened.connect(self._on_happened)
        manager.participants_changed.connect(self.look)
        manager.status_changed.connect(self.look)

    def is_declined(self, person: str) -> bool:
        """Whether somebody may not follow."""
        return _mark(person) in self._settings.declined

    def decline(self, person: str) -> None:
        """Decline a follower, now and later."""
        others = [one for one in self._settings.declined if one != _mark(person)]
        self._settings.declined = [*others, _mark(person)]

    def allow(self, person: str) -> None:
        """Let them follow again."""
        self._settings.declined = [one for one in self._settings.declined if one != _mark(person)]

    @pyqtSlot()
    def look(self) -> None:
        """People came or went, or the session did, or the user allows and hides something else."""
        session = self._manager.session
        if session is None or session.me is None:
            self._follow_none()
        else:
            self._follow.look(session.participants, session.presence.states)
            self._judge(session, session.me.connection_id)

    def _judge(self, session: SessionClient, me: str) -> None:
        """Find the followers, and which of them are allowed."""
        follow = [id for id, followed in self._follow.found.items() if followed == me]
        declined = set(self._settings.declined) if follow else set()
        is_shown, person_of = session.mine.shows(VIEW), session.people.person_of
        may_not = [id for id in follow if not is_shown or _mark(person_of(id)) in declined]
        may, may_not = [id for id in follow if id not in may_not], may_not[:MOST_DECLINED]
        if may_not != self._declined:
            self._declined = may_not
            self._manager.service.show({DECLINES: may_not or None})
        self._take(session, may)

    def _take(self, session: SessionClient, may: list[str]) -> None:
        people = frozenset(map(session.people.person_of, may))
        for id in may:
            if (key := session.people.person_of(id)) not in self.people:
                self._notify(key, name_of(session.participants[id]) if id in session.participants else "")
        host = self._manager.host
        view = None if host is None else host.view
        if may and view is not None and self._watch is None:
            self._watch = ViewWatch(view, self)
            self._watch.moved.connect(self._show)
            self._watch.resized.connect(self._show)
            self._show()
        elif not may:
            self._close_watch()
        if people != self.people:
            self.people = people
            self.changed.emit()

    def _follow_none(self) -> None:
        self._close_watch()
        self._declined = []
        if self.people:
            self.people = frozenset()
            self.changed.emit()

    def _close_watch(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None
            self._manager.service.show({VIEW: None})

    def _notify(self, key: str, name: str) -> None:
        now_ms = self._clock.elapsed()
        last_ms = self._noted.pop(key, None)
        self._noted[key] = now_ms
        while len(self._noted) > MOST_NOTED:
            del self._noted[next(iter(self._noted))]
        is_new = last_ms is None or now_ms - last_ms >= AGAIN_MS
        if is_new and now_ms - self._told_ms >= GAP_MS:
            self._told_ms = now_ms
            self._toasts.show(texts.follows_you(name), [(texts.DONT, lambda: self.decline(key))], urgent=True)

    @pyqtSlot()
    def _show(self) -> None:
        host = self._manager.host
        if self._watch is not None and host is not None and host.view is not None:
            self._manager.service.show({VIEW: view_of(host.view).value})

    @pyqtSlot(str)
    def _on_setting(self, key: str) -> None:
        if key in (DECLINED, Choice.HIDE_ACTIVITY.value):
            self.look()
            self.changed.emit()

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        session = self._manager.session
        if not isinstance(effect, fx.PresenceChanged) or session is None or session.me is None:
            return
        if self._follow.look(session.participants, session.presence.states, effect.changed):
            self._judge(session, session.me.connection_id)


def _followed_by(participant: Participant, state: Mapping[str, Any]) -> str | None:
    return followed_by(state) or None


def _mark(person: str) -> str:
    """What is remembered of a person, whose key may be long, and anything."""
    return blake2b(person.encode(), digest_size=12).hexdigest()
