"""Dots in the host's list of items, in the colours of the people who have selected an item.

The line of a collapsed group has the dots of all its members.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from PyQt6.QtCore import QEvent, QModelIndex, QObject, QPoint, QPointF, QRect, QRectF, Qt, pyqtSlot
from PyQt6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QToolTip, QWidget

from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.text import printable, unmarked
from optiverse_collab.host.api import ItemList
from optiverse_collab.window.ui.marks import fill, has_pattern, pattern
from optiverse_collab.window.ui.palette import colour_of
from optiverse_collab.window.ui.tags import MOST_NEAR
from optiverse_collab.wording.presence import SELECTED, SELECTED_INSIDE, name_of

SIDE_PX = 9.0
"""The size of a dot."""

STEP_PX = SIDE_PX + 5.0
MOST = 3
"""How many dots fit into a line; the tooltip has all names."""


class ListMarks(QWidget):
    """Lies over a list and lets the mouse through; hidden, it costs nothing.

    Args:
        items: the list.
        session: the source of the presence.

    Attributes:
        people: item id → connections of those who have selected it.
    """

    def __init__(self, items: ItemList, session: SessionClient) -> None:
        super().__init__(items.view)
        self.people: dict[str, list[str]] = {}
        self._items = items
        self._session = session
        self._shown: tuple[tuple[str, int, object], ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def refresh(self) -> None:
        """Others came or went, or their presence changed, mostly without a new selection."""
        session, states = self._session, self._session.presence.states
        shown = tuple(
            (id, session.people.colour_of(id), states.get(id, {}).get("selection"))
            for id in session.participants
            if states.get(id, {}).get("selection")
        )
        if shown == self._shown:
            return
        self._shown = shown
        self.people.clear()
        for id, _, selection in shown:
            for item in selection if isinstance(selection, list) else ():
                if isinstance(item, str):
                    self.people.setdefault(item, []).append(id)
        self._follow(bool(self.people))
        self.update()

    def close_for_good(self) -> None:
        """Restore the list."""
        self._follow(False)
        self.deleteLater()

    def sentences(self, at: QPoint) -> list[str]:
        """The people who have selected the item in the line at this place, or something in it."""
        index, participants = self._items.view.indexAt(at), self._session.participants
        own = self._own(index)
        said = [(SELECTED, id) for id in own]
        said += [(SELECTED_INSIDE, id) for id in self._people(index) if id not in own]
        return [
            text.format(name=printable(name_of(participants[id]))) for text, id in said if id in participants
        ]

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow the list's size, and show in a tooltip who has selected an item."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._cover()
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            lines = self.sentences(event.pos())
            if lines:
                more = [f"+{len(lines) - MOST_NEAR}"] if len(lines) > MOST_NEAR else []
                text = unmarked("\n".join(lines[:MOST_NEAR] + more))
                QToolTip.showText(event.globalPos(), text, self._items.view)
                return True
        return False

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the dots of the visible lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line, index in self._lines():
            if event is not None and not event.region().intersects(line):
                continue
            for number, id in enumerate(islice(self._people(index), MOST)):
                middle = QPointF(line.right() - 10.0 - number * STEP_PX, line.center().y() + 0.5)
                _dot(painter, self._session.people.colour_of(id), middle)
        painter.end()

    def _lines(self) -> Iterator[tuple[QRect, QModelIndex]]:
        """The lines in view."""
        view = self._items.view
        index: QModelIndex = view.indexAt(QPoint(2, 2))
        while index.isValid():
            line = view.visualRect(index)
            if line.top() > self.height():
                return
            yield line, index
            index = view.indexBelow(index)

    def _people(self, index: QModelIndex) -> Iterator[str]:
        """The people who have selected the item of a line, once each."""
        found = set[str]()
        for id in chain(self._own(index), self._inside(index)):
            if id not in found:
                found.add(id)
                yield id

    def _own(self, index: QModelIndex) -> Sequence[str]:
        id = self._items.id_of(index)
        return self.people.get(id, ()) if id is not None else ()

    def _inside(self, index: QModelIndex) -> Iterator[str]:
        """The people who have selected members of a collapsed group; none if it isn't one."""
        model = self._items.view.model()
        groups = [index] if index.isValid() and not self._items.view.isExpanded(index) else []
        while groups and model is not None:
            group = groups.pop()
            for row in range(model.rowCount(group)):
                line = model.index(row, 0, group)
                yield from self._own(line)
                groups.append(line)

    def _follow(self, follows: bool) -> None:
        viewport, bar = self._items.view.viewport(), self._items.view.verticalScrollBar()
        if follows is not self.isHidden() or viewport is None or bar is None:
            return
        if follows:
            viewport.installEventFilter(self)
            bar.valueChanged.connect(self._on_scrolled)
            self._cover()
        else:
            viewport.removeEventFilter(self)
            bar.valueChanged.disconnect(self._on_scrolled)
        self.setVisible(follows)

    def _cover(self) -> None:
        viewport = self._items.view.viewport()
        if viewport is not None:
            self.setGeometry(viewport.geometry())
            self.raise_()

    @pyqtSlot()
    def _on_scrolled(self) -> None:
        self.update()


def _dot(painter: QPainter, colour: int, middle: QPointF) -> None:
    box = QRectF(0.0, 0.0, SIDE_PX, SIDE_PX)
    box.moveCenter(middle)
    fill(painter, colour_of(colour), lambda: painter.drawEllipse(box))
    if has_pattern(colour):
        painter.setBrush(pattern(colour))
        painter.drawEllipse(box)
