"""One window follows the view of another; on a real server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QKeyEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.following import FOLLOWS
from optiverse_collab.wording import following as texts
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click, press_key
from tests.helpers.windows import Desk
from tests.window.following_lab import Pair, canvas, id_of, near, told, view


@pytest.fixture
def both(qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str) -> Pair:
    return Pair(qtbot, *pair, server.url, session_id)


@pytest.fixture
def follow(both: Pair) -> Pair:
    """Ann follows Ben, and sees what he sees."""
    canvas(both.ben).centerOn(900.0, 400.0)
    both.start()
    both.until(both.sees_same)
    return both


def test_view_stays_on_theirs(follow: Pair) -> None:
    """PRES-11."""
    canvas(follow.ben).scale(3.0, 3.0)
    canvas(follow.ben).centerOn(-700.0, 100.0)
    follow.until(follow.sees_same)
    follow.ann.window.resize(500, 600)
    follow.until(follow.sees_same)
    assert follow.follows
    assert canvas(follow.ann).transform().m22() < 0  # y points up


def test_frame_says_who_and_stops_it(follow: Pair) -> None:
    frame = follow.ann.controller.people.following.frame
    assert frame is not None
    assert frame.isVisible()
    click(frame.stop)
    assert not follow.follows
    assert frame.isHidden()
    before = view(follow.ann)
    canvas(follow.ben).centerOn(-4000.0, 0.0)
    follow.until(lambda: FOLLOWS not in follow.state_of(follow.ben, follow.ann))
    assert near(view(follow.ann), before)


def pan(desk: Desk) -> None:
    bar = canvas(desk).horizontalScrollBar()
    assert bar is not None
    bar.setValue(bar.value() + 40)


def zoom(desk: Desk) -> None:
    viewport = canvas(desk).viewport()
    assert viewport is not None
    at = QPointF(viewport.rect().center())
    none = Qt.KeyboardModifier.NoModifier
    turn = QWheelEvent(
        at, at, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False
    )
    QApplication.sendEvent(viewport, turn)


def zoom_by_menu(desk: Desk) -> None:
    canvas(desk).scale(1.2, 1.2)


def edit(desk: Desk) -> None:
    desk.window.insert(TEMPLATES[0])


def press_escape(desk: Desk) -> None:
    press_key(canvas(desk), Qt.Key.Key_Escape)


def leave(desk: Desk) -> None:
    desk.manager.leave()


@pytest.mark.parametrize("does", [pan, zoom, zoom_by_menu, edit, press_escape, leave])
def test_what_ends_it(follow: Pair, does: Callable[[Desk], None]) -> None:
    """PRES-11: afterwards, nothing else that the user does moves with it."""
    does(follow.ann)
    follow.until(lambda: not follow.follows)
    assert follow.ann.controller.people.following.frame is None
    assert told(follow.ann) == []


def test_edits_of_others_do_not_end_it(follow: Pair) -> None:
    edit(follow.ben)
    follow.ann.until_same(follow.ben)
    canvas(follow.ben).centerOn(100.0, 900.0)
    follow.until(follow.sees_same)
    assert follow.follows


class Tool:
    """A tool of the host, which Escape ends first."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_active = True
        monkeypatch.setattr(desk.window, "keyPressEvent", self._press, raising=False)

    def _press(self, event: QKeyEvent) -> None:
        event.setAccepted(self.is_active)
        self.is_active = False


def test_escape_ends_a_tool_first(follow: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = Tool(follow.ann, monkeypatch)
    press_escape(follow.ann)
    assert not tool.is_active
    assert follow.follows
    press_escape(follow.ann)
    assert not follow.follows


def test_who_leaves_is_followed_no_more(follow: Pair) -> None:
    follow.ben.manager.leave()
    follow.until(lambda: not follow.ann.controller.people.following.followed)
    assert texts.left("Ben") in told(follow.ann)


def test_nobody_follows_a_follower(follow: Pair) -> None:
    """PRES-11: no circles."""
    follow.until(lambda: FOLLOWS in follow.state_of(follow.ben, follow.ann))
    people = follow.ben.controller.people
    people.dock.follow_wanted.emit("ann")
    assert people.following.followed == ""
    assert texts.in_circle("Ann") in told(follow.ben)
    assert follow.follows


def test_of_two_who_begin_at_once_the_later_one_stops(both: Pair) -> None:
    """PRES-11: Ben joined last."""
    both.start()
    both.ben.controller.people.following.start(id_of(both.ann))
    assert both.ben.controller.people.following.followed
    both.until(lambda: not both.ben.controller.people.following.followed)
    assert texts.CIRCLE in told(both.ben)
    assert both.follows


def test_back_leads_to_before(both: Pair) -> None:
    before = view(both.ann)
    canvas(both.ben).centerOn(3000.0, 0.0)
    both.start()
    both.until(both.sees_same)
    click(both.ann.controller.people.dock.back)
    both.until(lambda: not both.follows)
    assert near(view(both.ann), before)


def test_views_that_are_none_are_ignored(follow: Pair) -> None:
    """PRES-11: others' presence may contain anything."""
    before = view(follow.ann)
    follow.ben.controller.people.followers._close_watch()
    for wrong in ([0, 0, 0, 0], "all", [1e300, 0, 1, 1]):
        follow.ben.manager.service.show({"view": wrong})
        follow.until(lambda: follow.state_of(follow.ann, follow.ben).get("view") == wrong)  # noqa: B023
    assert near(view(follow.ann), before)
    assert follow.follows


def test_oneself_is_not_followed(both: Pair) -> None:
    both.ann.controller.people.following.start(id_of(both.ann))
    both.ann.controller.people.following.start("nobody")
    assert both.ann.controller.people.following.followed == ""
