"""Where the others point, and what they have selected, drawn over the bench."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from PyQt6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, pyqtSlot
from PyQt6.QtGui import (
    QColor,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QRegion,
    QTransform,
)
from PyQt6.QtWidgets import QGraphicsView, QWidget

from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.window.ui.participants import colour_of

NAME_CHARS = 24
"""So much of a name stands at a cursor; all of it is in the list of participants."""

GAP_PX = 3.0
"""How far from an item the line around it runs, where the item is farthest from its middle."""

_ARROW = QPolygonF([QPointF(0, 0), QPointF(0, 15), QPointF(4, 11.5), QPointF(10, 11)])


class _Other(NamedTuple):
    """What is drawn of one participant; places are in pixels."""

    name: str
    colour: QColor
    cursor: QPointF | None
    selection: list[QPainterPath]


class CursorOverlay(QWidget):
    """Lies over a view, lets the mouse through, and is drawn anew with it.

    It is a child of the view and not of its viewport, which would scroll it away, and nothing of it is
    in the scene, which belongs to the host.

    Args:
        view: the host's canvas.
        session: whose presence is shown.
        outline: gives the shape of an item in scene coordinates; None if it isn't there.
    """

    def __init__(
        self, view: QGraphicsView, session: SessionClient, outline: Callable[[str], QPainterPath | None]
    ) -> None:
        super().__init__(view)
        self._view = view
        self._session = session
        self._outline = outline
        self._drawn = QRegion()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        viewport = view.viewport()
        if viewport is not None:
            viewport.installEventFilter(self)
        scene = view.scene()
        if scene is not None:
            scene.changed.connect(self.refresh)
        self._cover()
        self.show()

    @pyqtSlot()
    def refresh(self) -> None:
        """Something moved: of the others, or on the bench under what they selected.

        Only what was drawn and what will be is painted anew: the bench below has to be painted with it.
        """
        before, self._drawn = self._drawn, self._area(list(self.others()))
        self.update(before.united(self._drawn))

    def close_for_good(self) -> None:
        """Leave the view as it was."""
        viewport = self._view.viewport()
        if viewport is not None:
            viewport.removeEventFilter(self)
        scene = self._view.scene()
        if scene is not None:
            scene.changed.disconnect(self.refresh)
        self.hide()
        self.deleteLater()

    def others(self) -> Iterator[_Other]:
        """What is to be drawn; whatever can't be understood of it is left out."""
        for connection_id, state in self._session.presence.states.items():
            participant = self._session.participants.get(connection_id)
            if participant is None:
                continue
            name = participant.user_id
            short = name if len(name) <= NAME_CHARS else name[: NAME_CHARS - 1] + "…"
            ids = state.get("selection")
            shapes = [self._shape(id) for id in ids if isinstance(id, str)] if isinstance(ids, list) else []
            yield _Other(
                short,
                colour_of(connection_id),
                self._place(state.get("cursor")),
                [shape for shape in shapes if shape is not None],
            )

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay as large as the viewport."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._cover()
        return False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw selections first, cursors on top of them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        others = list(self.others())
        self._drawn = self._area(others)
        for other in others:
            painter.setPen(QPen(other.colour, 1.5, Qt.PenStyle.DashLine))
            for shape in other.selection:
                if event is None or event.region().intersects(_touched(shape)):
                    painter.drawPath(_around(shape))
        for other in others:
            if other.cursor is not None:
                self._draw_cursor(painter, other.cursor, other)

    def _draw_cursor(self, painter: QPainter, at: QPointF, other: _Other) -> None:
        painter.setPen(QPen(Qt.GlobalColor.white, 1.0))
        painter.setBrush(other.colour)
        painter.drawPolygon(_ARROW.translated(at))
        tag = self._tag(at, other.name)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(tag, 3, 3)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, other.name)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _tag(self, at: QPointF, name: str) -> QRectF:
        """Where a name stands beside a cursor."""
        metrics = self.fontMetrics()
        return QRectF(at.x() + 10, at.y() + 13, metrics.horizontalAdvance(name) + 10, metrics.height() + 2)

    def _area(self, others: Sequence[_Other]) -> QRegion:
        """What drawing them touches."""
        area = QRegion()
        for other in others:
            boxes = [_touched(shape) for shape in other.selection]
            if other.cursor is not None:
                arrow = _ARROW.translated(other.cursor).boundingRect()
                boxes.append(
                    arrow.united(self._tag(other.cursor, other.name)).toAlignedRect().adjusted(-2, -2, 2, 2)
                )
            for box in boxes:
                area = area.united(QRegion(box))
        return area

    def _place(self, cursor: Any) -> QPointF | None:
        """A cursor in mm as a place on the overlay."""
        if not isinstance(cursor, list) or len(cursor) != 2:
            return None
        if not all(isinstance(part, (int, float)) for part in cursor):
            return None
        return QPointF(self._view.mapFromScene(QPointF(*map(float, cursor))))

    def _shape(self, id: str) -> QPainterPath | None:
        """An item's outline, in coordinates of the overlay."""
        outline = self._outline(id)
        return None if outline is None else self._view.mapFromScene(outline)

    def _cover(self) -> None:
        viewport = self._view.viewport()
        if viewport is not None:
            self.setGeometry(viewport.geometry())
            self.raise_()


def _touched(shape: QPainterPath) -> QRect:
    """What drawing a line around a shape touches."""
    return shape.boundingRect().toAlignedRect().adjusted(-5, -5, 5, 5)


def _around(shape: QPainterPath) -> QPainterPath:
    """A line around a shape, a little larger; where parts of the shape overlap, around both."""
    merged = QPainterPath(shape)
    merged.setFillRule(Qt.FillRule.WindingFill)
    box = shape.boundingRect()
    grow = QTransform.fromTranslate(box.center().x(), box.center().y())
    grow.scale(1.0 + 2 * GAP_PX / max(box.width(), 1.0), 1.0 + 2 * GAP_PX / max(box.height(), 1.0))
    grow.translate(-box.center().x(), -box.center().y())
    return grow.map(merged.simplified())
