"""Who has which item open, in the real editor: what its user shows, and what it shows of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtCore import QAbstractItemModel, QModelIndex
from PyQt6.QtWidgets import QApplication, QTreeView

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.activity import ACTIVITY
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.window.canvas_presence import CanvasPresence
from optiverse_collab.window.own_activity import OwnActivity
from optiverse_collab.window.ui.badges import Badge
from optiverse_collab.window.ui.palette import colour_of
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_panel import Panel
from tests.helpers.optiverse_user import events, wait_until

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


def test_a_user_shows_what_they_are_in(window: Any, host: OptiverseHost) -> None:
    """PRES-13: a drag, a dialog and a note, each until it ends."""
    user = Drawing(window)
    lens, note = user.place("lens", 10.0, 20.0), user.draw("text", (100.0, 20.0))
    activity, shown = OwnActivity(host, host.window), list[Any]()
    activity.changed.connect(lambda state: shown.append(state[ACTIVITY]))
    user.press(lens)
    user.pull(30, 10)
    activity.look()
    assert shown == [{lens.item_uuid: "drag"}]
    user.release()
    activity.look()
    assert shown[-1] is None
    user.edit(lens, {0: 55.0}, meanwhile=lambda: wait_until(lambda: shown[-1] == {lens.item_uuid: "dialog"}))
    wait_until(lambda: shown[-1] is None)
    user.begin_writing(note)
    wait_until(lambda: shown[-1] == {note.item_uuid: "text"})
    user.end_writing(note)
    wait_until(lambda: shown[-1] is None)
    assert len(shown) == 6
    activity.close()


class Company:
    """Bob in a session with the window's user."""

    def __init__(self, host: OptiverseHost) -> None:
        self.session = SessionClient("ann", Replica("client"))
        self.session.participants["c2"] = Participant("Bob", "c2", "t")
        self.service = CollaborationService(host.window)
        self.canvas = CanvasPresence(host, host.view, self.service, self.session, host.window)

    def bob(self, **state: Any) -> None:
        """Change Bob's presence."""
        self.session.presence.update("c2", state)
        self.service.happened.emit(fx.PresenceChanged(frozenset(["c2"]), False))


@pytest.fixture
def company(host: OptiverseHost) -> Iterator[Company]:
    made = Company(host)
    yield made
    made.canvas.close()


def test_others_show_at_items_in_dialogs_and_in_layers(
    window: Any, host: OptiverseHost, company: Company
) -> None:
    """PRES-13"""
    user = Drawing(window)
    lens = user.place("lens", 10.0, 20.0)
    user.place("lens", 90.0, 20.0)  # 0.2 lists the first for it
    id, said = lens.item_uuid, list[str]()
    company.bob(selection=[id], **{ACTIVITY: {id: "dialog"}})
    [badge] = [mark for mark in company.canvas.overlay.marks.values() if isinstance(mark, Badge)]
    outline = host.outline(id)
    assert outline is not None
    box = host.view.mapFromScene(outline.boundingRect()).boundingRect()
    assert badge.box.intersects(box.adjusted(-20, -20, 20, 20))
    assert company.canvas.marks is not None
    assert company.canvas.marks.isVisibleTo(window)

    def meanwhile() -> None:
        wait_until(lambda: id in company.canvas.dialogs.banners)
        said.append(company.canvas.dialogs.banners[id].text)
        company.bob(**{ACTIVITY: None})
        wait_until(lambda: company.canvas.dialogs.banners == {})

    user.edit(lens, {0: 55.0}, meanwhile=meanwhile)
    assert said == ["Bob is editing this, too."]
    QApplication.processEvents()


def colours(tree: QTreeView, line: QModelIndex) -> set[str]:
    """The colours painted at the right end of a line."""
    area, image = tree.visualRect(line), tree.grab().toImage()
    rows = range(area.top(), area.bottom())
    return {image.pixelColor(x, y).name() for x in range(area.right() - 30, area.right()) for y in rows}


def line_of(panel: Panel, group: str) -> QModelIndex:
    """The line of a group."""
    if panel.has_layers:
        return panel.line(group)
    model: QAbstractItemModel = panel.window.layer_panel._tree.model()
    [line] = filter(model.hasChildren, [model.index(row, 0) for row in range(model.rowCount())])
    return line


def test_a_collapsed_group_shows_who_selected_something_in_it(window: Any, company: Company) -> None:
    user, panel = Drawing(window), Panel(window)
    lenses = [user.place("lens", 60.0 * number, 20.0) for number in range(3)]
    group = panel.group(*lenses[:2])
    assert group is not None
    tree, marks = window.layer_panel._tree, company.canvas.marks
    company.bob(selection=[lenses[0].item_uuid])
    assert marks is not None
    colour = colour_of(company.session.people.colour_of("c2")).name()
    tree.expand(line_of(panel, group))
    events()
    assert colour not in colours(tree, line_of(panel, group))
    tree.collapse(line_of(panel, group))  # 0.3 then draws its panel, a little later
    wait_until(lambda: colour in colours(tree, line_of(panel, group)))
    place = tree.visualRect(line_of(panel, group)).center()
    assert marks.sentences(place) == ["Something in it is selected by Bob"]
