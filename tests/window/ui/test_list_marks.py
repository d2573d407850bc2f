"""In a list of items, dots show who has selected which."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PyQt6.QtGui import QHelpEvent, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QApplication, QToolTip, QTreeView
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.people import COLOUR
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.host.api import ItemList
from optiverse_collab.window.ui.list_marks import ListMarks
from optiverse_collab.window.ui.palette import colour_of

ROLE = Qt.ItemDataRole.UserRole


class Tree(QTreeView):
    """A list such as a host may have: a group with two items, and a hundred more items."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = QStandardItemModel(self)
        self.group = QStandardItem("group")
        self.lines.appendRow(self.group)
        for number in range(2):
            self.group.appendRow(self._line(f"inside {number}"))
        for number in range(100):
            self.lines.appendRow(self._line(f"item {number}"))
        self.setModel(self.lines)
        self.setHeaderHidden(True)
        self.expandAll()
        self.resize(200, 160)

    def id_of(self, index: QModelIndex) -> str | None:
        id = index.data(ROLE)
        return id if isinstance(id, str) else None

    def colours(self, row: int) -> set[str]:
        """The colours painted at the right end of a line."""
        index = self.lines.index(row, 0)
        line = self.visualRect(index)
        image = self.grab().toImage()
        return {
            image.pixelColor(x, y).name()
            for x in range(line.right() - 60, line.right())
            for y in range(max(0, line.top()), line.bottom())
        }

    def _line(self, id: str) -> QStandardItem:
        line = QStandardItem(id)
        line.setData(id, ROLE)
        return line


class Session:
    """A list, and people in the session."""

    def __init__(self, qtbot: QtBot) -> None:
        self.tree = Tree()
        qtbot.addWidget(self.tree)
        self.tree.show()
        self.client = SessionClient("ann", Replica("client"))
        self.marks = ListMarks(ItemList(self.tree, self.tree.id_of), self.client)

    def show(self, name: str, colour: int, selection: Any) -> None:
        self.client.participants.setdefault(name, Participant(name, name, "t"))
        self.client.presence.update(name, {COLOUR: colour, "selection": selection})
        self.client.people.look(None, self.client.participants, self.client.presence.states)
        self.marks.refresh()


@pytest.fixture
def session(qtbot: QtBot) -> Session:
    return Session(qtbot)


BOBS, EVES = colour_of(4).name(), colour_of(2).name()


def test_a_selected_item_has_a_dot_in_the_persons_colour(session: Session) -> None:
    session.show("Bob", 4, ["item 1", "inside 1"])
    session.show("Eve", 2, ["item 1"])
    assert {BOBS, EVES} <= session.tree.colours(2)
    assert not {BOBS, EVES} & session.tree.colours(3)
    session.show("Bob", 4, ["item 2"])
    assert BOBS not in session.tree.colours(2)
    assert EVES in session.tree.colours(2)


def test_they_go_with_the_line(session: Session) -> None:
    """When the list is scrolled, when a group is collapsed, and when its layout changes."""
    session.show("Bob", 4, ["item 50"])
    session.tree.scrollTo(session.tree.lines.index(51, 0))
    assert BOBS in session.tree.colours(51)
    session.tree.scrollToTop()
    session.show("Bob", 4, ["item 1"])
    session.tree.collapseAll()
    assert BOBS in session.tree.colours(2)
    session.tree.resize(150, 200)
    QApplication.processEvents()
    viewport = session.tree.viewport()
    assert viewport is not None
    assert session.marks.geometry() == viewport.geometry()
    assert BOBS in session.tree.colours(2)


def test_at_rest_there_is_nothing(session: Session) -> None:
    assert session.marks.isHidden()
    session.show("Bob", 4, ["item 1"])
    assert session.marks.isVisible()
    session.client.participants.clear()
    session.marks.refresh()
    assert session.marks.isHidden()
    assert BOBS not in session.tree.colours(2)


def test_what_else_others_show_paints_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.show("Bob", 4, ["item 1"])
    painted: list[int] = []
    monkeypatch.setattr(session.marks, "update", lambda: painted.append(1))
    for x in range(10):
        session.client.presence.update("Bob", {"cursor": [x, 0]})
        session.marks.refresh()
    assert painted == []


@pytest.mark.parametrize("selection", [3, "item 1", {"item 1": 1}, [1, None, ["item 1"]]])
def test_a_selection_that_is_none_is_ignored(session: Session, selection: Any) -> None:
    session.show("Bob", 4, selection)
    assert session.marks.people == {}
    assert session.marks.isHidden()


def tip_at(session: Session, row: int) -> str:
    """The tooltip of a line."""
    viewport = session.tree.viewport()
    assert viewport is not None
    at = session.tree.visualRect(session.tree.lines.index(row, 0)).center()
    QToolTip.hideText()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    return QToolTip.text()


def test_a_tooltip_says_who_it_is(session: Session) -> None:
    for number in range(10):
        session.show(f"<b>Person</b> {number}", number, ["item 1"])
    lines = tip_at(session, 2).removeprefix("<qt>").removesuffix("</qt>").split("<br>")
    assert lines[0] == "Selected by &lt;b&gt;Person&lt;/b&gt; 0"
    assert lines[-1] == "+2"
    assert len(lines) == 9
    assert session.marks.sentences(QPoint(-5, -5)) == []


def test_a_collapsed_group_has_the_dots_of_all_in_it(session: Session) -> None:
    """Including those in subgroups; one dot per person, and none once the group is expanded."""
    inner = QStandardItem("inner")
    inner.appendRow(session.tree._line("deep"))
    session.tree.group.appendRow(inner)
    session.show("Bob", 4, ["deep", "inside 0", "inside 1"])
    session.show("Eve", 2, ["item 1"])
    session.tree.collapse(session.tree.group.index())
    assert session.tree.colours(0) & {BOBS, EVES} == {BOBS}
    assert tip_at(session, 0) == "Something in it is selected by Bob"
    session.tree.expand(session.tree.group.index())
    assert session.tree.colours(0) & {BOBS, EVES} == set()
    session.show("Bob", 4, ["deep"])
    session.tree.collapse(session.tree.group.index())
    assert BOBS in session.tree.colours(0)
    session.show("Bob", 4, ["item 3"])
    assert BOBS not in session.tree.colours(0)


def test_closed_it_leaves_the_list_alone(session: Session) -> None:
    session.show("Bob", 4, ["item 1"])
    session.marks.close_for_good()
    assert BOBS not in session.tree.colours(2)
