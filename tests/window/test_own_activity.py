"""Others see which items the user has open, until the user leaves the keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QObject, Qt
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.activity import ACTIVITY, Doing
from optiverse_collab.window import own_activity
from optiverse_collab.window.input_watch import InputWatch
from optiverse_collab.window.own_activity import OwnActivity
from optiverse_collab.window.ui.badges import Badge
from optiverse_collab.window.ui.cursors import CursorOverlay
from optiverse_collab_demo.adapter import DemoHost
from tests.helpers.demo_window import add, move, new_window, press, release
from tests.helpers.dict_host import DictHost
from tests.helpers.processes import python
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import press_key
from tests.helpers.windows import SOON, Desk, desks


class User:
    """Somebody at a demo window, and the presence that they show."""

    def __init__(self, parent: QObject) -> None:
        self.window = new_window()
        self.activity = OwnActivity(DemoHost(self.window), parent)
        self.shown: list[Mapping[str, Any]] = []
        self.activity.changed.connect(self.shown.append)


@pytest.fixture
def user(qapp: object, parent: QObject) -> Iterator[User]:
    user = User(parent)
    yield user
    user.activity.close()
    user.window.set_saved(None)  # otherwise the window would ask
    user.window.close()
    user.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_a_dialog_shows_as_long_as_it_is_open(user: User) -> None:
    """PRES-13"""
    lens = add(user.window, "lens")
    user.window.edit(lens)
    assert user.shown == [{ACTIVITY: {lens: "dialog"}}]
    user.window.dialogs[lens].reject()
    assert user.shown[-1] == {ACTIVITY: None}


def test_a_drag_shows_to_its_end(user: User) -> None:
    """PRES-13"""
    lens = add(user.window, "lens", (20.0, 0.0))
    press(user.window, (20.0, 4.0))
    user.activity.look()
    assert user.shown == []
    move(user.window, (60.0, 4.0))
    user.activity.look()
    assert user.shown == [{ACTIVITY: {lens: "drag"}}]
    release(user.window, (60.0, 4.0))
    user.activity.look()
    assert user.shown[-1] == {ACTIVITY: None}


def test_what_is_typed_in_shows_once(parent: QObject) -> None:
    """PRES-13: `DictHost` lets its user type on the canvas."""
    host = DictHost()
    activity, shown = OwnActivity(host, parent), list[Mapping[str, Any]]()
    activity.changed.connect(shown.append)
    host.in_hand = {"note", "lens"}
    host.user_types("note")
    activity.look()
    assert shown == [{ACTIVITY: {"note": "text", "lens": "drag"}}]
    activity.close()
    host.user_types()
    assert len(shown) == 1


def test_with_input_it_stays(user: User) -> None:
    """PRES-13: when the timer fires, it finds that there was some input."""
    lens = add(user.window, "lens")
    user.window.edit(lens)
    press_key(user.window.dialogs[lens], Qt.Key.Key_Shift)
    user.activity._on_timer()
    assert user.shown == [{ACTIVITY: {lens: "dialog"}}]


def test_without_input_it_ends_until_there_is_some(
    qtbot: QtBot, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PRES-13"""
    monkeypatch.setattr(own_activity, "IDLE_MS", 100)
    lens = add(user.window, "lens")
    user.window.edit(lens)
    for _ in range(2):
        qtbot.waitUntil(lambda: user.shown[-1] == {ACTIVITY: None})
        press_key(user.window.dialogs[lens], Qt.Key.Key_Shift)
        assert user.shown[-1] == {ACTIVITY: {lens: "dialog"}}


def test_at_rest_no_input_is_listened_to(qtbot: QtBot, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []

    def note(self: InputWatch, watched: object, event: object) -> bool:
        heard.append(event)
        return False

    monkeypatch.setattr(InputWatch, "eventFilter", note)
    lens = add(user.window, "lens")
    press_key(user.window, Qt.Key.Key_Shift)
    assert heard == []
    user.window.edit(lens)
    press_key(user.window, Qt.Key.Key_Shift)
    assert heard
    user.window.dialogs[lens].reject()
    heard.clear()
    press_key(user.window, Qt.Key.Key_Shift)
    assert heard == []


def badges(desk: Desk) -> dict[str, Doing]:
    """The texts of the badges that a window draws at items."""
    overlay = desk.window.findChild(CursorOverlay)
    marks = {} if overlay is None else overlay.marks
    return {key[1]: mark.doing for key, mark in marks.items() if isinstance(mark, Badge)}


def test_others_see_a_badge_until_the_end(qtbot: QtBot, server: ServerProcess, session_id: str) -> None:
    """PRES-13: in two windows; the badge ends with the dialog, with the drag, and with the connection."""
    with desks(qtbot, 2) as [ann, bob]:
        lens = add(ann.window, "lens", (20.0, 0.0))
        for desk, name in ((ann, "Ann"), (bob, "Bob")):
            desk.join(server.url, session_id, name)
        ann.until_same(bob)
        for ends in ("dialog", "connection"):
            ann.window.edit(lens)
            qtbot.waitUntil(lambda: badges(bob) == {lens: Doing.DIALOG}, timeout=SOON)
            if ends == "dialog":
                ann.window.dialogs[lens].reject()
            else:
                ann.manager.leave()
            qtbot.waitUntil(lambda: badges(bob) == {}, timeout=SOON)


GHOST = """
import sys, time
from optiverse_collab.scripting import Bench
with Bench(sys.argv[1], session=sys.argv[2], user="ghost") as bench:
    bench.show_presence(cursor=[0.0, 0.0], selection=["lens"], activity={"lens": "dialog"})
    bench.put("lens", "component", {"pos": [20.0, 0.0]})
    bench.flush()
    time.sleep(600)
"""


def test_who_is_killed_leaves_no_ghost(qtbot: QtBot, server: ServerProcess, session_id: str) -> None:
    """PRES-4, PRES-13: when a process is killed, neither its cursor nor its badge stays."""
    with desks(qtbot, 1) as [ann]:
        ann.join(server.url, session_id, "Ann")
        with python("-c", GHOST, server.url, session_id):  # the context kills it at the end
            qtbot.waitUntil(lambda: badges(ann) == {"lens": Doing.DIALOG}, timeout=SOON)
            overlay = ann.window.findChild(CursorOverlay)
            assert overlay is not None
            assert any(key[0] == "cursor" for key in overlay.marks)
        qtbot.waitUntil(lambda: not overlay.marks, timeout=SOON)
