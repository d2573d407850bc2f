"""Two people at two windows; one of them may follow the other's view."""

from __future__ import annotations

from math import isclose
from typing import Any

from PyQt6.QtWidgets import QGraphicsView
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.following import View
from optiverse_collab.window.viewpoint import view_of
from tests.helpers.windows import SOON, Desk


class Pair:
    """Ann and Ben, in one session. Ann may follow Ben.

    Attributes:
        ann, ben: their windows.
    """

    def __init__(self, qtbot: QtBot, ann: Desk, ben: Desk, url: str, session_id: str) -> None:
        self.ann, self.ben = ann, ben
        self._qtbot = qtbot
        for desk, name, colour in ((ann, "Ann", 2), (ben, "Ben", 7)):
            desk.be(name.lower(), colour)
            desk.window.scene.setSceneRect(-20_000, -20_000, 40_000, 40_000)
            desk.window.resize(700, 500)
            desk.window.show()
            desk.join(url, session_id, name)
        self.until(lambda: self.state_of(ann, ben).get("person") == "ben")
        self.until(lambda: self.state_of(ben, ann).get("person") == "ann")

    def until(self, condition: Any) -> None:
        """Wait until a condition holds."""
        self._qtbot.waitUntil(condition, timeout=SOON)

    def start(self) -> None:
        """Ann follows Ben."""
        self.ann.controller.people.dock.follow_wanted.emit("ben")

    @property
    def follows(self) -> bool:
        """Whether Ann follows Ben."""
        following = self.ann.controller.people.following
        return following.followed == id_of(self.ben)

    def state_of(self, seen_by: Desk, other: Desk) -> dict[str, Any]:
        """What one window knows of the other's presence."""
        session = seen_by.manager.session
        assert session is not None
        return session.presence.states.get(id_of(other), {})

    def sees_same(self) -> bool:
        """Whether Ann's window is centred where Ben's is, and shows everything that he sees."""
        ann, ben = view(self.ann), view(self.ben)
        return near(ann, ben) and ann.width >= 0.98 * ben.width and ann.height >= 0.98 * ben.height


def id_of(desk: Desk) -> str:
    """The connection id of a window."""
    session = desk.manager.session
    assert session is not None
    assert session.me is not None
    return session.me.connection_id


def canvas(desk: Desk) -> QGraphicsView:
    """The canvas of a window."""
    return desk.window.view


def view(desk: Desk) -> View:
    """The view of a window."""
    return view_of(canvas(desk))


def near(one: View, other: View) -> bool:
    """Whether two views have the same centre, to within 2 % of their width."""
    most = 0.02 * max(one.width, other.width)
    return isclose(one.x, other.x, abs_tol=most) and isclose(one.y, other.y, abs_tol=most)


def told(desk: Desk) -> list[str]:
    """The notices in a window."""
    return [toast.text for toast in desk.controller.reports.toasts.shown]
