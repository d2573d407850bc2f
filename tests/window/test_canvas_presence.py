"""Activity in a session is drawn over the canvas, as long as the window is in the session."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QTreeView
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.records import Set
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.host.api import ItemList
from optiverse_collab.window.canvas_presence import CanvasPresence
from optiverse_collab.window.ui.list_marks import ListMarks
from optiverse_collab_demo.adapter import DemoHost
from tests.helpers.demo_window import add, new_window


class Canvas:
    """A demo window with a lens, and a session with Bob in it, whose cursor is on the canvas."""

    def __init__(self, qtbot: QtBot, parent: QObject) -> None:
        window = new_window()
        qtbot.addWidget(window)
        self.lens = add(window, "lens", (50.0, 0.0))
        self.service = CollaborationService(parent)
        self.session = SessionClient("ann", Replica("client"))
        self.host = DemoHost(window)
        self.shown = CanvasPresence(self.host, window.view, self.service, self.session, parent)
        self.session.participants["c2"] = Participant("Bob", "c2", "t")
        self.session.presence.update("c2", {"cursor": [0.0, 0.0]})
        self.service.happened.emit(fx.PresenceChanged(frozenset(["c2"]), False))

    @property
    def marks(self) -> set[tuple[str, ...]]:
        """The marks that are drawn."""
        return set(self.shown.overlay.marks)


@pytest.fixture
def canvas(qtbot: QtBot, parent: QObject) -> Iterator[Canvas]:
    made = Canvas(qtbot, parent)
    yield made
    made.shown.close()


CURSOR = {("cursor", "c2"), ("name", "c2")}


def test_what_others_show_is_drawn(canvas: Canvas) -> None:
    assert canvas.marks == CURSOR


def test_what_others_change_glows(qtbot: QtBot, canvas: Canvas) -> None:
    canvas.service.happened.emit(fx.ShowChange((Set(canvas.lens, {"n": 1}),), {canvas.lens: "Bob"}))
    qtbot.waitUntil(lambda: canvas.marks == {("glow", canvas.lens), *CURSOR})


def leaves(canvas: Canvas) -> None:
    gone = canvas.session.participants.pop("c2")
    canvas.session.presence.forget("c2")
    canvas.service.happened.emit(fx.ParticipantLeft(gone))


def loses_connection(canvas: Canvas) -> None:
    canvas.session.closed()
    canvas.service.state_changed.emit(ConnectionState.RECONNECTING)


@pytest.mark.parametrize("ends", [leaves, loses_connection])
def test_without_them_nothing_is_drawn(canvas: Canvas, ends: Callable[[Canvas], None]) -> None:
    ends(canvas)
    assert canvas.marks == set()


def test_closed_it_hears_nothing(canvas: Canvas) -> None:
    overlay = canvas.shown.overlay
    canvas.shown.close()
    assert overlay.isHidden()
    canvas.session.presence.update("c2", {"cursor": None})
    canvas.service.happened.emit(fx.PresenceChanged(frozenset(["c2"]), False))
    assert set(overlay.marks) == CURSOR
    canvas.shown = CanvasPresence(
        canvas.host, canvas.host.window.view, canvas.service, canvas.session, canvas.service
    )


def test_selections_stand_in_the_list_of_items_too(
    qtbot: QtBot, parent: QObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = QTreeView()
    qtbot.addWidget(view)
    monkeypatch.setattr(DemoHost, "item_list", ItemList(view, lambda index: None))
    canvas = Canvas(qtbot, parent)
    marks = view.findChild(ListMarks)
    assert marks is not None
    canvas.session.presence.update("c2", {"selection": [canvas.lens]})
    canvas.service.happened.emit(fx.PresenceChanged(frozenset(["c2"]), False))
    assert marks.people == {canvas.lens: ["c2"]}
    canvas.shown.close()
    assert marks.isHidden()
