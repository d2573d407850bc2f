"""One editor follows the view of another; Escape first ends the editor's own tool."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtWidgets import QGraphicsView

from optiverse_collab.core.client.following import View
from optiverse_collab.core.client.people import Introduction
from optiverse_collab.host.menus import menu_titled
from optiverse_collab.window.viewpoint import view_of
from tests.helpers.optiverse_user import events, wait_until
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import press_key
from tests.host.optiverse.test_closing import Desk

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


@pytest.fixture
def desks(
    windows: list[Any], tmp_path: Path, server: ServerProcess, session_id: str
) -> Iterator[tuple[Desk, Desk]]:
    """Ann follows Ben."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    ann, ben = Desk(), Desk()
    for desk, name, colour in ((ann, "Ann", 1), (ben, "Ben", 2)):
        desk.controller.manager.service.introduction = Introduction(name, colour)
        desk.window.resize(900, 600)
        desk.window.show()
        desk.join(server, session_id, name)
    people = ann.controller.people
    wait_until(lambda: [person.key for person in _people(ann)] == ["Ann", "Ben"])
    people.dock.follow_wanted.emit("Ben")
    yield ann, ben
    for desk in (ann, ben):
        desk.window.file_controller.mark_clean()
        desk.window.close()
    events()


def _people(desk: Desk) -> list[Any]:
    desk.controller.people.refresh()
    return list(desk.controller.people.dock._shown.values())


def canvas(desk: Desk) -> QGraphicsView:
    view = desk.window.view
    assert isinstance(view, QGraphicsView)
    return view


def same(one: View, other: View) -> bool:
    """Whether both views have the same centre and width, to within 2 %."""
    most = 0.02 * other.width
    return max(abs(a - b) for a, b in zip(one[:3], other[:3], strict=True)) < most


def follows(desk: Desk) -> bool:
    return bool(desk.controller.people.following.followed)


def test_view_follows_until_the_user_zooms(desks: tuple[Desk, Desk]) -> None:
    """PRES-11."""
    ann, ben = desks
    canvas(ben).scale(2.5, 2.5)
    canvas(ben).centerOn(400.0, -150.0)
    wait_until(lambda: same(view_of(canvas(ann)), view_of(canvas(ben))))
    assert canvas(ann).transform().m22() < 0
    ben.window._recenter_view()
    wait_until(lambda: same(view_of(canvas(ann)), view_of(canvas(ben))))
    ben.user.place("source", 0.0, 0.0)
    wait_until(lambda: len(ann.ids()) == 1)
    assert follows(ann)
    ann.window._zoom_in()
    wait_until(lambda: not follows(ann))
    assert ann.troubles() == []


def test_escape_ends_a_tool_first_and_an_edit_ends_it(desks: tuple[Desk, Desk]) -> None:
    """PRES-11."""
    ann, _ = desks
    ann.window.act_inspect.setChecked(True)
    press_key(canvas(ann), Qt.Key.Key_Escape)
    assert not ann.window.act_inspect.isChecked()
    assert follows(ann)
    press_key(canvas(ann), Qt.Key.Key_Escape)
    assert not follows(ann)
    ann.controller.people.dock.follow_wanted.emit("Ben")
    assert follows(ann)
    ann.user.place("lens", 100.0, 0.0)
    wait_until(lambda: not follows(ann))


def test_others_are_called_unless_they_type(desks: tuple[Desk, Desk]) -> None:
    """PRES-12."""
    ann, ben = desks
    toasts = ann.controller.reports.toasts
    note = ann.user.draw("text", (0.0, 0.0))
    ann.user.begin_writing(note)
    canvas(ben).centerOn(700.0, 0.0)
    ben.controller.people.bringing.call()
    waiting = ann.controller.people.bringing
    wait_until(lambda: waiting._waiting is not None)
    assert [toast for toast in toasts.shown if len(toast.buttons) == 2] == []
    ann.user.end_writing(note)
    wait_until(lambda: [len(toast.buttons) for toast in toasts.shown][-1:] == [2])
    toasts.shown[-1].buttons[0].click()
    assert same(view_of(canvas(ann)), view_of(canvas(ben)))


def test_dock_is_in_the_view_menu(desks: tuple[Desk, Desk]) -> None:
    ann, _ = desks
    menu = menu_titled(ann.window.menuBar(), "View")
    assert menu is not None
    dock = ann.controller.people.dock
    assert dock.isHidden()
    [entry] = [action for action in menu.actions() if action.text() == "People"]
    entry.trigger()
    assert dock.isVisible()
    assert menu_titled(ann.window.menuBar(), "Collaboration") is not None
