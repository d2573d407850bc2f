"""Everything that shows others works by keyboard alone in the real editor, and has a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtWidgets import QAbstractButton, QApplication, QWidget

from optiverse_collab.core.client.activity import ACTIVITY
from optiverse_collab.core.client.following import followers_of
from optiverse_collab.core.client.people import Introduction
from optiverse_collab.core.client.session import SessionClient
from tests.helpers.accessible import accessible
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_user import events, wait_until
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import press_key
from tests.host.optiverse.test_closing import Desk

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


@pytest.fixture
def both(
    windows: list[Any], tmp_path: Path, server: ServerProcess, session_id: str
) -> Iterator[tuple[Desk, Desk]]:
    """Ann and Ben, who follows her."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    desks = ann, ben = Desk(), Desk()
    for desk, name in ((ann, "Ann"), (ben, "Ben")):
        desk.controller.manager.service.introduction = Introduction(name, 1)
        desk.window.show()
        desk.join(server, session_id, name)
    ben.controller.manager.service.show({"follows": me(ann)})
    wait_until(lambda: bool(ann.controller.people.followers.people))
    ann.window.activateWindow()
    yield ann, ben
    for desk in desks:
        desk.window.file_controller.mark_clean()
        desk.window.close()
    events()


def session_of(desk: Desk) -> SessionClient:
    """The session that a window is in."""
    session = desk.controller.manager.session
    assert isinstance(session, SessionClient)
    return session


def me(desk: Desk) -> str:
    """The connection of a window."""
    own = session_of(desk).me
    assert own is not None
    return own.connection_id


def reached(start: QWidget) -> list[QWidget]:
    """The widgets that Tab reaches, once around, from a widget."""
    start.setFocus()
    found = list[QWidget]()
    while (focus := QApplication.focusWidget()) is not None and focus not in found:
        found.append(focus)
        press_key(focus, Qt.Key.Key_Tab)
    return found


def press(buttons: list[QWidget], text: str) -> None:
    """Press a button with the space bar."""
    [button] = [one for one in buttons if isinstance(one, QAbstractButton) and one.text() == text]
    press_key(button, Qt.Key.Key_Space)


def test_tab_reaches_all_that_shows_of_others(both: tuple[Desk, Desk]) -> None:
    """PRES-11: the dock, the status bar, a notice and the frame; each has a name."""
    ann, ben = both
    people = ann.controller.people
    people.open()
    wait_until(lambda: people.dock.people.count() == 2)
    [toast] = ann.controller.reports.toasts.shown
    assert {ann.controller.status, people.dock.people, people.dock.more, toast.dismiss} <= {
        *reached(ann.window.view)
    }
    assert accessible(toast.dismiss).name == "Dismiss"
    press(reached(ann.window.view), "Decline")
    assert people.followers.is_declined("Ben")
    ben.controller.manager.service.show({"follows": None})
    wait_until(lambda: not followers_of(me(ann), session_of(ann).presence.states))
    press_key(people.dock.people, Qt.Key.Key_Down)
    press(reached(ann.window.view), people.dock.follow.text())
    frame = people.following.frame
    assert frame is not None
    found = reached(ann.window.view)
    dock = people.dock
    wanted = {ann.controller.status, dock.people, dock.go, dock.follow, dock.more, frame.stop}
    assert wanted <= {*found}
    assert [one for one in wanted if not accessible(one).name] == []
    press(found, frame.stop.text())
    assert not people.following.followed


def test_what_a_dialog_says_of_others_is_reached_by_tab(both: tuple[Desk, Desk]) -> None:
    """PRES-14: Tab continues from the editor's own fields."""
    ann, _ = both
    user = Drawing(ann.window)
    lens = user.place("lens", 10.0, 20.0)
    controller, found = ann.controller, list[tuple[str, str]]()
    dialogs = controller.asking._dialogs
    assert dialogs is not None

    def meanwhile() -> None:
        session = session_of(ann)
        [ben] = [id for id, one in session.participants.items() if one.user_id == "Ben"]
        session.presence.update(ben, {ACTIVITY: {lens.item_uuid: "dialog"}})
        controller.asking.refresh()
        dialogs.refresh()
        wait_until(lambda: lens.item_uuid in dialogs.banners)
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        dialog.activateWindow()
        field = dialog.focusWidget() or dialog.nextInFocusChain()
        assert field is not None
        [ask] = dialogs.banners[lens.item_uuid].buttons
        tabs = reached(field)
        found.append((accessible(ask).name, str(ask in tabs)))

    user.edit(lens, {}, meanwhile=meanwhile)
    assert found == [("Ask to hand over", "True")]
