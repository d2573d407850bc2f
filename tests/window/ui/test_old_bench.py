"""The window that shows an old bench: nothing in it can be edited."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication, QGraphicsItem, QGraphicsScene, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.old_bench import OldBenchDialog
from optiverse_collab.wording import dialogs, replacements
from tests.helpers.user_input import click, move, press, release

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(parent: QWidget) -> OldBenchDialog:
    """A dialog with a box that a user could move in an editor."""
    scene = QGraphicsScene()
    box = scene.addRect(500.0, 100.0, 60.0, 40.0)
    assert box is not None
    box.setFlags(
        QGraphicsItem.GraphicsItemFlag.ItemIsMovable | QGraphicsItem.GraphicsItemFlag.ItemIsSelectable
    )
    scene.setSceneRect(scene.itemsBoundingRect())
    made = OldBenchDialog(scene, "The bench before Ann replaced it", parent)
    made.show()
    return made


def test_all_of_it_is_seen_at_first(dialog: OldBenchDialog) -> None:
    """With y up, as in the hosts."""
    view = dialog.view
    viewport = view.viewport()
    assert viewport is not None
    seen = view.mapToScene(viewport.rect()).boundingRect()
    assert seen.contains(500.0, 100.0)
    assert seen.contains(560.0, 140.0)
    assert view.mapFromScene(530.0, 140.0).y() < view.mapFromScene(530.0, 100.0).y()


def test_the_mouse_changes_nothing_in_it(dialog: OldBenchDialog) -> None:
    view = dialog.view
    scene, viewport = view.scene(), view.viewport()
    assert scene is not None
    assert viewport is not None
    [box] = scene.items()
    at = view.mapFromScene(530.0, 120.0)
    click(viewport, at)
    press(viewport, at)
    move(viewport, at + QPoint(40, 30))
    release(viewport, at + QPoint(40, 30))
    assert box.pos() == QPointF()
    assert scene.selectedItems() == []


def test_the_wheel_zooms(dialog: OldBenchDialog) -> None:
    view = dialog.view
    before = view.transform().m11()
    at = QPointF(view.rect().center())
    for delta, larger in ((120, True), (-240, False)):
        event = QWheelEvent(
            at,
            at,
            QPoint(),
            QPoint(0, delta),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(view.viewport(), event)
        assert (view.transform().m11() > before) is larger
        before = view.transform().m11()


def test_the_buttons_say_what_the_user_wants(dialog: OldBenchDialog) -> None:
    wanted: list[str] = []
    dialog.save_requested.connect(lambda: wanted.append("save"))
    dialog.bring_back_requested.connect(lambda: wanted.append("back"))
    buttons = {button.text(): button for button in dialog.buttons.buttons()}
    click(buttons[dialogs.SAVE_AS_FILE])
    assert dialog.isVisible()
    click(buttons[replacements.BRING_BACK])
    assert wanted == ["save", "back"]
    assert not dialog.isVisible()
