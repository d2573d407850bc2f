"""Keeps a window's view on somebody else's (PRES-11)."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QGraphicsView, QMainWindow

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.following import FOLLOWS, VIEW, View, circle_from, declines, view_in
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.ui.follow_frame import FollowFrame
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.window.view_watch import ViewWatch
from optiverse_collab.window.viewpoint import Viewpoint, show_view
from optiverse_collab.wording import following as texts
from optiverse_collab.wording.presence import name_of


class Following(QObject):
    """Follows one connection at a time, until the user moves the view, edits, or stops it.

    Args:
        window: the host's main window.
        manager: the session.
        viewpoint: remembers the way back.
        toasts: say why it ended.

    Attributes:
        followed: the id of the connection; empty for none.
        frame: around the canvas; None while nobody is followed.

    Signals:
        changed: somebody is followed, or nobody any more.
    """

    changed = pyqtSignal()

    def __init__(
        self, window: QMainWindow, manager: CollaborationManager, viewpoint: Viewpoint, toasts: Toasts
    ) -> None:
        super().__init__(window)
        self.followed = ""
        self.frame: FollowFrame | None = None
        self._window = window
        self._manager = manager
        self._viewpoint = viewpoint
        self._toasts = toasts
        self._name = ""
        self._watch: ViewWatch | None = None
        self._view: QGraphicsView | None = None
        self._edit = 0
        self._asks_host = False
        manager.service.happened.connect(self._on_happened)
        manager.participants_changed.connect(self._look)
        manager.status_changed.connect(self._look)
        manager.edited.connect(self._on_edited)

    def start(self, id: str) -> None:
        """Follow a connection; if that would be a circle, say so."""
        session, host = self._manager.session, self._manager.host
        participant = None if session is None else session.participants.get(id)
        view = None if host is None else host.view
        if session is None or session.me is None or participant is None or view is None:
            return
        self.stop()
        me = session.me.connection_id
        if id == me or circle_from(me, {**session.presence.states, me: {FOLLOWS: id}}):
            self._toasts.show(texts.in_circle(name_of(participant)), urgent=True)
            return
        self.followed, self._name, self._view = id, name_of(participant), view
        self._viewpoint.note_way_back()
        self._edit = _last_edit(session)
        self._watch = ViewWatch(view, self)
        self._watch.moved.connect(self.stop)
        self._watch.resized.connect(self._look)
        self.frame = FollowFrame(view, texts.following(self._name), session.people.colour_of(id))
        self.frame.stopped.connect(self.stop)
        self._window.installEventFilter(self)
        self._manager.service.show({FOLLOWS: id})
        self._look()
        self.changed.emit()

    @pyqtSlot()
    def stop(self) -> None:
        """Follow nobody; the view stays where it is."""
        if not self.followed:
            return
        self.followed = ""
        self._window.removeEventFilter(self)
        if self._watch is not None:
            self._watch.close()
        if self.frame is not None:
            self.frame.close_for_good()
        self._watch = self.frame = self._view = None
        self._manager.service.show({FOLLOWS: None})
        self.changed.emit()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Escape that reaches the window: first the host cancels what it does, else following ends."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if self._asks_host or event.key() != Qt.Key.Key_Escape:
            return False
        self._asks_host = True
        event.accept()
        self._window.event(event)
        self._asks_host = False
        if not event.isAccepted():
            self.stop()
        return True

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if self.followed and isinstance(effect, fx.PresenceChanged):
            self._look()

    @pyqtSlot()
    def _on_edited(self) -> None:
        session = self._manager.session
        if self.followed and session is not None and _last_edit(session) > self._edit:
            self.stop()

    @pyqtSlot()
    def _look(self) -> None:
        """Show the followed person's present view, or stop."""
        if not self.followed:
            return
        session = self._manager.session
        if session is None or session.me is None:
            self.stop()
            return
        if self.followed not in session.participants:
            self._end(texts.left(self._name))
            return
        me, states = session.me.connection_id, session.presence.states
        state = states.get(self.followed, {})
        circle = circle_from(me, {**states, me: {FOLLOWS: self.followed}})
        if declines(state, me):
            self._end(texts.declined(self._name))
        elif circle and me == [id for id in session.participants if id in circle][-1]:
            self._end(texts.CIRCLE)
        else:
            self._show(view_in(state.get(VIEW)))

    def _show(self, wanted: View | None) -> None:
        view, watch = self._view, self._watch
        if view is None or watch is None or wanted is None:
            return
        if watch.is_moved:
            self.stop()  # the user was about to
        else:
            show_view(view, wanted)
            watch.accept()

    def _end(self, sentence: str) -> None:
        self.stop()
        self._toasts.show(sentence, urgent=True)


def _last_edit(session: SessionClient) -> int:
    """The number of the user's last change that the server has not acknowledged; 0 if there is none."""
    pending = session.replica.pending
    return pending[-1].client_clock if pending else 0
