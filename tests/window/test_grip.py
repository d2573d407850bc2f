"""Others see which item the user drags, and where on the item the pointer is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.window.grip import GRIP, Grip
from optiverse_collab_demo.adapter import DemoHost
from tests.helpers.demo_window import add, move, new_window, press, release


class User:
    """Somebody at a demo window, and the presence that they show."""

    def __init__(self, parent: QObject) -> None:
        self.window = new_window()
        self.host = DemoHost(self.window)
        self.grip = Grip(self.host, parent)
        self.shown: list[Mapping[str, Any]] = []
        self.grip.changed.connect(self.shown.append)
        self.host.watch_presence(self.grip.note)

    @property
    def at(self) -> list[float] | None:
        """Where on the item the pointer was, in the presence that was shown last."""
        last = self.shown[-1][GRIP] if self.shown else None
        return None if last is None else list(last["at"])

    def middle(self, id: str) -> list[float]:
        outline = self.host.outline(id)
        assert outline is not None
        return [outline.boundingRect().center().x(), outline.boundingRect().center().y()]


@pytest.fixture
def user(qapp: object, parent: QObject) -> Iterator[User]:
    user = User(parent)
    yield user
    user.window.set_saved(None)  # otherwise the window would ask
    user.window.close()
    user.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_a_drag_shows_where_the_pointer_is_on_the_item(qtbot: QtBot, user: User) -> None:
    """PRES-10: and it stays at the same spot, however far and fast the item is dragged."""
    lens = add(user.window, "lens", (20.0, 0.0))
    press(user.window, (20.0, 4.0))
    for x in (60.0, 140.0, 150.0, 10.0):
        move(user.window, (x, 4.0))
        qtbot.waitUntil(lambda: bool(user.shown))
        qtbot.wait(5)
        middle = user.middle(lens)
        assert user.shown[-1][GRIP]["id"] == lens
        assert user.at == pytest.approx([x - middle[0], 4.0 - middle[1]], abs=1.5)
    release(user.window, (10.0, 4.0))
    user.grip.look()
    assert user.shown[-1] == {GRIP: None}


def test_without_a_drag_nothing_is_shown(user: User) -> None:
    add(user.window, "lens", (20.0, 0.0))
    move(user.window, (20.0, 4.0))
    user.grip.look()
    assert user.shown == []


def test_of_many_it_is_the_nearest_to_the_end_of_the_drag(user: User) -> None:
    first, second = add(user.window, "lens", (-80.0, 0.0)), add(user.window, "lens", (80.0, 0.0))
    user.window.scene.select([first, second])
    press(user.window, (80.0, 4.0))
    for x in (120.0, 150.0):
        move(user.window, (x, 4.0))
        user.grip.look()
        assert user.shown[-1][GRIP]["id"] == second


def test_when_the_pointer_leaves_there_is_no_grip(user: User) -> None:
    add(user.window, "lens", (20.0, 0.0))
    press(user.window, (20.0, 4.0))
    move(user.window, (60.0, 4.0))
    user.grip.look()
    user.grip.note({"cursor": None})
    user.grip.look()
    assert user.shown[-1] == {GRIP: None}
