"""A picture of the bench, so that it isn't painted again for each frame of the overlay.

Qt paints everything below a translucent widget together with it, and a host may take 30 ms for that, even for
a small part. So if only the overlay changes, the view's part is painted from a picture.
"""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QPoint, QRect, QRectF, QSize
from PyQt6.QtGui import QPainter, QPaintEvent, QPixmap, QRegion
from PyQt6.QtWidgets import QGraphicsView, QWidget

SPENT_MS = 500.0
"""A picture is taken once the host has painted the unchanged bench for this long just for the overlay: while
somebody drags, it would be out of date at once."""

MOST = 1_000
"""How many parts are remembered until they are painted; beyond that, the host paints everything."""


class Backdrop:
    """Paints a view's part of a frame, if the view itself is unchanged.

    The host paints everything that it requests itself: then the event covers more than was requested
    here, or the scene has changed. A scrolled or zoomed view requests everything.

    Args:
        view: shows the bench.
    """

    def __init__(self, view: QGraphicsView) -> None:
        self._view = view
        self._picture: QPixmap | None = None
        self._asked: list[QRect] = []
        self._spent_ms = 0.0
        self._is_for_overlay = self._is_rendering = False

    def invalidate(self) -> None:
        """The bench changed."""
        self._picture = None
        self._spent_ms = 0.0
        self._is_for_overlay = False

    def ask(self, parts: Iterable[QRect]) -> None:
        """The overlay will repaint these parts next."""
        if len(self._asked) > MOST:  # nothing is painted: the window is minimized, or the view is OpenGL's
            self._asked.clear()
        self._asked += parts

    def prepare(self) -> None:
        """Take the picture, if there is none and it will save time. Costs one frame of the host."""
        viewport = self._view.viewport()
        if viewport is None or self._picture is not None or self._spent_ms < SPENT_MS:
            return
        ratio = viewport.devicePixelRatioF()
        if viewport.inherits("QOpenGLWidget") or ratio % 1:
            return  # what lies over OpenGL doesn't have it painted; between pixels, copies would be blurred
        picture = QPixmap(QSize(round(viewport.width() * ratio), round(viewport.height() * ratio)))
        picture.setDevicePixelRatio(ratio)
        self._is_rendering = True
        viewport.render(picture, QPoint(), QRegion(), QWidget.RenderFlag.DrawWindowBackground)
        self._is_rendering = False
        self._picture = picture

    def painted(self, took_ms: float) -> None:
        """The host has painted a frame, or part of one."""
        if self._is_for_overlay:
            self._spent_ms += took_ms
        self._is_for_overlay = False

    def paint(self, event: QPaintEvent) -> bool:
        """The viewport is about to be painted; returns whether that is done."""
        viewport = self._view.viewport()
        if self._is_rendering or viewport is None:
            return False
        asked, self._asked = self._asked, []
        region = QRegion()
        for part in asked:
            region += part
        if not (event.region() - region).isEmpty():
            self.invalidate()
            return False
        self._is_for_overlay = self._picture is None
        if self._picture is None:
            return False
        ratio = self._picture.devicePixelRatio()
        painter = QPainter(viewport)
        for part in asked:  # each for itself: with all of it, Qt would go through every line of the picture
            source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
            painter.drawPixmap(QRectF(part), self._picture, source)
        painter.end()
        return True
