"""At an item: who changed it last, and the way to its history."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QAction, QCursor, QHelpEvent
from PyQt6.QtWidgets import QApplication, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.people import Introduction
from optiverse_collab.window import timeline_reader
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.demo_window import pixel, viewport
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk


class Lab:
    """Ann adds an item; Bob asks who did."""

    def __init__(self, qtbot: QtBot, ann: Desk, bob: Desk) -> None:
        self._qtbot = qtbot
        self.ann, self.bob = ann, bob
        self.id = ann.window.insert(TEMPLATES[0])
        ann.until_same(bob)

    @property
    def middle(self) -> QPoint:
        """Where Bob's canvas shows it."""
        outline = self.bob.manager.host.outline(self.id)  # type: ignore[union-attr]
        assert outline is not None
        centre = outline.boundingRect().center()
        return pixel(self.bob.window, (centre.x(), centre.y()))

    def ask(self, at: QPoint) -> None:
        """Rest the mouse there."""
        target = viewport(self.bob.window)
        QCursor.setPos(target.mapToGlobal(at))
        QApplication.sendEvent(target, QHelpEvent(QEvent.Type.ToolTip, at, target.mapToGlobal(at)))

    def menu(self, at: QPoint) -> dict[str, QAction]:
        """Our entries for a place."""
        canvas = self.bob.controller.pointing._canvas
        assert canvas is not None
        menu = QMenu(self.bob.window)
        canvas.menu_opening.emit(menu, self.bob.window.view.mapToScene(at))
        return {action.text(): action for action in menu.actions() if action.text()}

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=SOON)


@pytest.fixture
def lab(
    qtbot: QtBot,
    pair: tuple[Desk, Desk],
    server: ServerProcess,
    session_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Lab:
    monkeypatch.setattr(timeline_reader, "LOOK_MS", 50)
    for desk, name in zip(pair, ("Ann & Co", "Bob"), strict=True):
        desk.manager.service.introduction = Introduction(name, 1)
        desk.join(server.url, session_id, name)
        desk.window.show()
    return Lab(qtbot, *pair)


def test_a_tool_tip_says_who_changed_it_last(lab: Lab) -> None:
    """Although nobody has opened the timeline; the history is read for it."""
    lab.ask(lab.middle)
    lab.until(lambda: QToolTip.text().startswith("Ann & Co changed it last, "))
    QToolTip.hideText()
    lab.ask(lab.middle)
    assert QToolTip.text().startswith("Ann & Co changed it last, ")


def test_beside_items_there_is_no_tool_tip(lab: Lab) -> None:
    QToolTip.hideText()
    lab.ask(lab.middle)
    lab.until(lambda: lab.bob.controller.timeline.reader.timeline is not None)
    QToolTip.hideText()
    lab.until(lambda: not QToolTip.isVisible())
    lab.ask(QPoint(3, 3))
    assert not QToolTip.isVisible()


def test_the_menu_leads_to_the_history(lab: Lab) -> None:
    """Of this item, in the timeline."""
    lab.menu(lab.middle)
    lab.until(lambda: lab.bob.controller.timeline.reader.timeline is not None)
    entries = lab.menu(lab.middle)
    [history] = [text for text in entries if text.startswith("&History of ")]
    [last] = [text for text in entries if text.startswith("Ann && Co changed it last")]
    assert not entries[last].isEnabled()
    entries[history].trigger()
    panel = lab.bob.controller.timeline
    assert panel.is_open
    lab.until(lambda: len(panel.dock.list.model_of_steps.steps) == 1)
    assert not any("History" in text for text in lab.menu(QPoint(3, 3)))


def test_nothing_stays_when_the_session_ends(lab: Lab) -> None:
    lab.ask(lab.middle)
    at = lab.middle
    lab.bob.manager.leave()
    lab.until(lambda: not lab.bob.manager.status.in_session)
    QToolTip.hideText()
    lab.until(lambda: not QToolTip.isVisible())
    lab.ask(at)
    assert not QToolTip.isVisible()
