"""A demo window with a lens, a session with Bob in it, and the marks that are drawn for him."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QPointF, QRect
from PyQt6.QtGui import QPainterPath, QPaintEvent
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.people import COLOUR
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.cursors import CursorOverlay
from optiverse_collab.window.ui.marks import Arrow, Outline, Tag
from tests.helpers.demo_window import add, new_window

BOBS = 4


class Overlay(CursorOverlay):
    """An overlay with a clock that the test advances; it notes what is painted."""

    now_ms = 0.0
    painted: list[QRect]

    def _now_ms(self) -> float:
        return self.now_ms

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Note the area that is painted."""
        super().paintEvent(event)
        if event is not None and hasattr(self, "painted"):
            self.painted.append(event.rect())


class Scene:
    """A window with a lens, a session with Bob in it, and the overlay."""

    def __init__(self, qtbot: QtBot, name: str = "Bob") -> None:
        self.window = new_window()
        qtbot.addWidget(self.window)
        self.lens = add(self.window, "lens", (50.0, 0.0))
        self.session = SessionClient("ann", Replica("client"))
        self.session.participants["c2"] = Participant(name, "c2", "t")
        self.overlay = Overlay(self.window.view, self.session, self.outline)

    def outline(self, id: str) -> QPainterPath | None:
        """The shape of an item in the scene."""
        graphics = self.window.scene.graphics(id)
        return None if graphics is None else graphics.mapToScene(graphics.shape())

    def show(self, id: str, **state: Any) -> None:
        """Change somebody's presence."""
        self.session.presence.update(id, state)
        self.session.people.look(None, self.session.participants, self.session.presence.states)
        self.overlay.refresh()

    def bob(self, **state: Any) -> None:
        """Change Bob's presence."""
        self.show("c2", **{COLOUR: BOBS, **state})

    def wait(self, ms: float) -> None:
        """Let time pass."""
        self.overlay.now_ms += ms
        self.overlay._on_timer()

    def arrow(self, id: str = "c2") -> Arrow | None:
        """Somebody's cursor."""
        found = self.overlay.marks.get(("cursor", id))
        assert found is None or isinstance(found, Arrow)
        return found

    def outlines(self) -> list[QPainterPath]:
        """The outlines around what Bob has selected."""
        return [mark.path for mark in self.overlay.marks.values() if isinstance(mark, Outline)]

    def texts(self) -> list[str]:
        """The texts that are drawn."""
        return [mark.text for mark in self.overlay.marks.values() if isinstance(mark, Tag)]

    def colours(self) -> set[str]:
        """The colours that are painted, including the overlay."""
        image = self.window.view.grab().toImage()
        return {
            image.pixelColor(x, y).name() for x in range(0, image.width(), 1) for y in range(image.height())
        }

    def at(self, x: float, y: float) -> QPointF:
        """Convert a position in mm to one on the overlay."""
        return self.window.view.viewportTransform().map(QPointF(x, y))
