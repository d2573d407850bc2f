"""Lets the user point at things for others, and choose whose pointing they see (PRES-16)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PyQt6.QtCore import QElapsedTimer, QObject, QPointF, QRectF, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QCursor
from PyQt6.QtWidgets import QMenu

from optiverse_collab.core.client.own_presence import LASER, POINT
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.canvas_presence import CanvasPresence
from optiverse_collab.window.laser import LaserPointer
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.settings import MUTED, Choice, Settings
from optiverse_collab.window.toggles import Toggle
from optiverse_collab.window.ui.pointers import Point
from optiverse_collab.window.ui.rings import EVERY_MS, RING_MS
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.wording import pointing as texts
from optiverse_collab.wording.presence import name_of


class Pointing(QObject):
    """Points while the window is in a session and has a canvas.

    Args:
        manager: the session.
        settings: remember muted people, and whether motion is reduced.
        toasts: show why something can't be done.

    Attributes:
        reduces_motion: what the user can choose.

    Signals:
        laser_switched: the laser pointer is on, or off.
    """

    laser_switched = pyqtSignal(bool)

    def __init__(
        self, manager: CollaborationManager, settings: Settings, toasts: Toasts, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.reduces_motion = Toggle(settings, Choice.REDUCE_MOTION)
        self._manager = manager
        self._settings = settings
        self._toasts = toasts
        self._canvas: CanvasPresence | None = None
        self._laser: LaserPointer | None = None
        self._number = 0
        self._since = QElapsedTimer()
        self._over = single_shot(self, self._on_over, round(RING_MS))
        self.reduces_motion.watch(self._keep_still)
        settings.changed.connect(self._on_setting)
        manager.canvas_opened.connect(self._on_canvas)

    @property
    def is_laser_on(self) -> bool:
        """Whether the laser pointer is on."""
        return self._laser is not None and self._laser.is_on

    @property
    def muted(self) -> Mapping[str, str]:
        """People whose pointing is hidden: id of the person → name."""
        return self._settings.muted

    def mute(self, people: Mapping[str, str]) -> None:
        """Hide the pointing of exactly these people."""
        self._settings.muted = people

    def others(self) -> dict[str, str]:
        """Who could point: id of the person → name; those who are muted, too, wherever they are."""
        session = self._manager.session
        if session is None or session.me is None:
            return dict(self.muted)
        people, me = session.people, session.people.person_of(session.me.connection_id)
        here = {people.person_of(id): name_of(one) for id, one in session.participants.items()}
        return {id: name for id, name in {**self.muted, **here}.items() if id != me}

    @pyqtSlot()
    def point_here(self) -> None:
        """Point where the mouse is; if it isn't on the canvas, at what is selected, or the middle."""
        if self._canvas is not None:
            self.point_at(self._spot(self._canvas))

    def point_at(self, at: QPointF) -> None:
        """Point at a spot [mm], if the last time was long enough ago."""
        session, canvas = self._manager.session, self._canvas
        if session is None or canvas is None or (self._since.isValid() and self._since.elapsed() < EVERY_MS):
            return
        self._since.start()
        self._number += 1
        session.show({POINT: {"n": self._number, "at": [at.x(), at.y()]}})
        self._manager.service.wake()
        self._over.start()
        canvas.overlay.point((at.x(), at.y()))

    @pyqtSlot()
    def switch_laser(self) -> None:
        """Turn the laser pointer on or off."""
        if self._laser is not None:
            wanted = not self._laser.is_on
            self._laser.switch(wanted)
            if self._laser.is_on is not wanted:
                self._toasts.show(texts.NO_LASER, urgent=True)
            # Also if it stays off: the entry of the menu has been checked by then.
            self.laser_switched.emit(self._laser.is_on)

    def _spot(self, canvas: CanvasPresence) -> QPointF:
        view, viewport, session = canvas.view, canvas.view.viewport(), self._manager.session
        if viewport is not None:
            at = viewport.mapFromGlobal(QCursor.pos())
            if viewport.isVisible() and viewport.rect().contains(at):
                return view.mapToScene(at)
        chosen = None if session is None else session.mine.state.get("selection")
        for id in chosen if isinstance(chosen, Collection) else ():
            outline = canvas.outline(id)
            if outline is not None:
                box: QRectF = outline.boundingRect()
                return box.center()
        return view.mapToScene(view.rect().center())

    def _keep_still(self, is_on: bool) -> None:
        if self._canvas is not None:
            self._canvas.overlay.keep_still(is_on)

    @pyqtSlot(object, object)
    def _on_menu(self, menu: QMenu, at: QPointF) -> None:
        """Add our entry to the menu of the canvas."""
        if not menu.isEmpty():
            menu.addSeparator()
        entry = menu.addAction(texts.POINT_HERE)
        if entry is not None:
            entry.triggered.connect(lambda: self.point_at(at))

    @pyqtSlot(str)
    def _on_setting(self, key: str) -> None:
        if key == MUTED and self._canvas is not None:
            self._canvas.overlay.mute(self.muted.keys())

    @pyqtSlot(object)
    def _on_canvas(self, canvas: CanvasPresence) -> None:
        self._canvas = canvas
        canvas.menu_opening.connect(self._on_menu)
        self._laser = LaserPointer(canvas.view, self)
        self._laser.moved.connect(self._on_laser)
        self._laser.switched.connect(self.laser_switched)
        canvas.closed.connect(self._on_canvas_closed)
        canvas.overlay.mute(self.muted.keys())
        canvas.overlay.keep_still(self.reduces_motion.is_on)

    @pyqtSlot()
    def _on_canvas_closed(self) -> None:
        if self._laser is not None:
            self._laser.switch(False)
            self._laser.deleteLater()
        self._over.stop()
        self._on_over()
        self._canvas = self._laser = None

    @pyqtSlot()
    def _on_over(self) -> None:
        self._show(POINT, None)

    @pyqtSlot(object)
    def _on_laser(self, at: Point | None) -> None:
        self._show(LASER, None if at is None else list(at))
        if self._canvas is not None:
            self._canvas.overlay.lase(at)

    def _show(self, key: str, value: object) -> None:
        session = self._manager.session
        if session is not None:
            session.show({key: value})
            self._manager.service.wake()
