"""Others' cursors, selections and changes, drawn over the bench."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from math import ceil

from PyQt6.QtCore import (
    QElapsedTimer,
    QEvent,
    QObject,
    QRect,
    QRectF,
    QSizeF,
    Qt,
    pyqtSlot,
)
from PyQt6.QtGui import QMouseEvent, QPainter, QPainterPath, QPaintEvent, QRegion
from PyQt6.QtWidgets import QGraphicsView, QStyle, QWidget

from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.window.ui.backdrop import Backdrop
from optiverse_collab.window.ui.badges import Badge
from optiverse_collab.window.ui.cursor_layer import CursorLayer
from optiverse_collab.window.ui.ghosts import GhostLayer
from optiverse_collab.window.ui.glow import Glow, colours_of
from optiverse_collab.window.ui.in_items import InItems
from optiverse_collab.window.ui.item_shapes import ItemShapes
from optiverse_collab.window.ui.marks import (
    STRIPE_PX,
    GlowMark,
    Mark,
    Outline,
    Tag,
    changed_areas,
    has_pattern,
    near_each_other,
)
from optiverse_collab.window.ui.pointers import Point
from optiverse_collab.window.ui.pointing_layer import PointingLayer
from optiverse_collab.window.ui.pointing_marks import RingMark
from optiverse_collab.window.ui.presence_news import PresenceNews

FRAME_MS, SLOW_FRAME_MS = 16, 33
"""The time between two frames while something moves; and after a slow frame."""

LONG_MS = 8.0

MOST_BADGES = 40
"""The names of cursors make room for this many badges."""

MOST_SIZES = 512
"""How many text sizes are cached."""

_STRIPE = QSizeF(STRIPE_PX, 0.0)


class CursorOverlay(QWidget):
    """Lies over a view and lets the mouse through.

    It is a child of the view and not of its viewport, which would scroll it away, and nothing of it is
    in the scene, which belongs to the host. The bench below is painted with it, so only what changes is
    painted, and nothing while nothing does.

    Args:
        view: the host's canvas.
        session: the source of the presence.
        outline: gives the shape of an item in scene coordinates; None if it isn't there.

    Attributes:
        marks: the drawn marks.
    """

    def __init__(
        self, view: QGraphicsView, session: SessionClient, outline: Callable[[str], QPainterPath | None]
    ) -> None:
        super().__init__(view)
        self.marks: dict[tuple[str, ...], Mark] = {}
        self._view = view
        self._session = session
        self._shapes = ItemShapes(outline, view.viewportTransform())
        self._in_items = InItems(session, self._shapes, self._tag_size)
        self._cursors = CursorLayer(session, self._shapes, self._tag_size)
        self._pointing = PointingLayer(session, self._shapes, self._tag_size)
        self._ghosts = GhostLayer(self._shapes)
        self._news = PresenceNews()
        self._glow = Glow()
        self._backdrop = Backdrop(view)
        self._clock, self._frame = QElapsedTimer(), QElapsedTimer()
        self._clock.start()
        self._frame_ms = 0.0
        self._wants_still = False
        self._sizes: dict[str, QSizeF] = {}
        self._timer = single_shot(self, self._on_timer)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        viewport = view.viewport()
        if viewport is not None:
            viewport.installEventFilter(self)
        scene = view.scene()
        if scene is not None:
            scene.changed.connect(self._on_scene_changed)
        self._cover()
        self.show()

    @pyqtSlot()
    def refresh(self) -> None:
        """Others moved, changed their selection, came or went."""
        session, now_ms = self._session, self._now_ms()
        news = self._news.look(session.presence.states, session.participants)
        if news.about_items:
            self._in_items.forget()
        self._pointing.is_still = self._is_still()
        for layer in (self._cursors, self._pointing):
            layer.keep(self._news.ids)
        self._cursors.hear(news.changed, now_ms, not self._pointing.is_still)
        self._pointing.hear(news.changed, now_ms)
        if not self._timer.isActive() or self._timer.remainingTime() > FRAME_MS:  # or with the next frame
            self._draw()

    def show_cursors(self, wanted: bool) -> None:
        """Show or hide others' cursors."""
        self._cursors.is_hidden = not wanted
        self.refresh()

    def keep_still(self, wanted: bool) -> None:
        """Turn animations off or on; the desktop may turn them off anyway."""
        self._wants_still = wanted
        self.refresh()

    def mute(self, people: Collection[str]) -> None:
        """Hide the rings and laser pointers of these people."""
        self._pointing.muted = frozenset(people)
        self._news.forget()
        self.refresh()

    def point(self, at: Point) -> None:
        """The user points here [mm]."""
        self._pointing.point(at, self._now_ms())
        self._draw()

    def lase(self, at: Point | None) -> None:
        """The user's laser pointer is here [mm]; None if it is off."""
        self._pointing.lase(at, self._now_ms())
        self._draw()

    def glow(self, authors: Mapping[str, str]) -> None:
        """Others changed items: id → name."""
        session = self._session
        changed = colours_of(authors, session.participants, session.presence.states, session.people)
        self._glow.hear(changed, self._now_ms())
        self._timer.start(0)  # or before, with what the change does to the scene

    def show_ghosts(self, outlines: Sequence[QPainterPath]) -> None:
        """Show where items were, by their outlines in the scene; with none, show nothing."""
        self._ghosts.outlines = outlines
        self._draw()

    def close_for_good(self) -> None:
        """Restore the view."""
        self._timer.stop()
        viewport = self._view.viewport()
        if viewport is not None:
            viewport.removeEventFilter(self)
        scene = self._view.scene()
        if scene is not None:
            scene.changed.disconnect(self._on_scene_changed)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow the viewport's size, and remember when a frame begins: the bench is painted first."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._cover()
            self._draw()
        elif event is not None and event.type() in (QEvent.Type.MouseMove, QEvent.Type.Leave):
            at = event.position() if isinstance(event, QMouseEvent) else None
            if self._in_items.point(at):
                self._draw()
        elif isinstance(event, QPaintEvent):
            self._frame.start()
            return self._backdrop.paint(event)
        return False

    def changeEvent(self, event: QEvent | None) -> None:
        """Measure texts again in another font."""
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._sizes.clear()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the requested part; after a scroll or zoom of the view, everything."""
        if not self._frame.isValid():  # a viewport of OpenGL keeps what it shows, and isn't painted
            self._frame.start()
        if self._shapes.look(self._view.viewportTransform()):
            self.marks = dict(self._new_marks())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        region = QRegion(self.rect()) if event is None else event.region()
        for mark in self.marks.values():
            if region.intersects(mark.box):
                mark.draw(painter)
        painter.end()
        self._frame_ms = self._frame.nsecsElapsed() / 1e6
        self._backdrop.painted(self._frame_ms)
        self._frame.invalidate()

    @pyqtSlot()
    def _on_timer(self) -> None:
        self._backdrop.prepare()
        self._draw()

    @pyqtSlot("QList<QRectF>")
    def _on_scene_changed(self, areas: list[QRectF]) -> None:
        self._shapes.forget(areas)
        self._backdrop.invalidate()
        self._draw()

    def _draw(self) -> None:
        """Repaint changed parts, and schedule the next update."""
        self._shapes.look(self._view.viewportTransform())
        before, self.marks = self.marks, dict(self._new_marks())
        boxes, changed = list[QRect](), QRegion()
        for key in before.keys() | self.marks.keys():
            old, new = before.get(key), self.marks.get(key)
            if old != new:
                boxes += changed_areas(old, new)
        for box in boxes:
            changed += box
        if boxes:
            self._backdrop.ask(boxes)
            self.update(changed)
        now_ms = self._now_ms()
        layers = (self._cursors, self._pointing, self._glow)
        waits = [layer.wait_ms(now_ms) for layer in layers]
        wait_ms = min((wait for wait in waits if wait is not None), default=None)
        if wait_ms is None:
            self._timer.stop()
        else:
            frame_ms = SLOW_FRAME_MS if self._frame_ms > LONG_MS else FRAME_MS
            self._timer.start(max(frame_ms, ceil(wait_ms)))

    def _new_marks(self) -> Iterator[tuple[tuple[str, ...], Mark]]:
        """Everything to draw now, from bottom to top."""
        now_ms = self._now_ms()
        yield from self._ghosts.marks()
        for id, colour, opacity in self._glow.shown(now_ms):
            line = self._shapes.line_around(id)
            if line is not None:
                yield ("glow", id), GlowMark(line, colour, opacity)
        for item, id in self._selected().items():
            line = self._shapes.line_around(item)
            if line is not None:
                yield ("outline", id, item), Outline(line, self._session.people.colour_of(id))
        view = QRectF(self.rect())
        badges = dict(self._in_items.badges(view))
        names = dict(self._in_items.names(view))
        pointing = dict(self._pointing.marks(view, now_ms))
        marks = (*islice(badges.values(), MOST_BADGES), *names.values(), *pointing.values())
        taken = [mark.area for mark in marks if isinstance(mark, (Tag, Badge, RingMark))]
        cursors = dict(self._cursors.marks(view, taken, now_ms))
        yield from badges.items()
        yield from cursors.items()
        for key, mark in pointing.items():
            if key[0] != "ring-name" or not near_each_other(mark, cursors.get(("name", key[1]))):
                yield key, mark
        yield from names.items()

    def _selected(self) -> dict[str, str]:
        """Selected items, each with one connection whose user selected it: all draw the same line."""
        selected = dict[str, str]()
        for id in self._cursors.ids:
            chosen = self._session.presence.states.get(id, {}).get("selection")
            for item in chosen if isinstance(chosen, list) else ():
                if isinstance(item, str):
                    selected[item] = id
        return selected

    def _tag_size(self, text: str, colour: int | None = None) -> QSizeF:
        """How large the tag with a text is, in the colour of a person."""
        size = self._sizes.get(text)
        if size is None:
            if len(self._sizes) >= MOST_SIZES:
                self._sizes.clear()
            metrics = self.fontMetrics()
            size = QSizeF(metrics.horizontalAdvance(text) + 10.0, metrics.height() + 2.0)
            self._sizes[text] = size
        return size + _STRIPE if colour is not None and has_pattern(colour) else size

    def _is_still(self) -> bool:
        """Whether the user or their desktop turned animations off."""
        style, hint = self.style(), QStyle.StyleHint.SH_Widget_Animation_Duration
        return self._wants_still or (style is not None and style.styleHint(hint, None, self) == 0)

    def _now_ms(self) -> float:
        return self._clock.nsecsElapsed() / 1e6

    def _cover(self) -> None:
        viewport = self._view.viewport()
        if viewport is not None:
            self.setGeometry(viewport.geometry())
            self.raise_()
