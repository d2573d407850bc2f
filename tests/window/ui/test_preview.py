"""The window that shows an earlier bench: nothing in it can be edited."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QPainter, QWheelEvent
from PyQt6.QtWidgets import QApplication, QGraphicsItem, QGraphicsRectItem, QGraphicsScene, QLabel, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.core.records import Record
from optiverse_collab.window.ui.colours import ORANGE
from optiverse_collab.window.ui.preview import FRAME_PX, PreviewDialog, PreviewView
from optiverse_collab.wording import dialogs, timeline
from tests.helpers.user_input import click, move, press, press_key, release
from tests.helpers.windows import SOON

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


class Boxes:
    """A picture that draws a box at the `pos` of each record; a user could move it in an editor."""

    def __init__(self) -> None:
        self.scene = QGraphicsScene()

    def show(self, records: Mapping[str, Record]) -> None:
        for old in self.scene.items():
            if isinstance(old, QGraphicsRectItem):
                self.scene.removeItem(old)
        for record in records.values():
            x, y = record.props["pos"]
            box = self.scene.addRect(x, y, 60.0, 40.0)
            assert box is not None
            box.setFlags(
                QGraphicsItem.GraphicsItemFlag.ItemIsMovable | QGraphicsItem.GraphicsItemFlag.ItemIsSelectable
            )
        self.scene.setSceneRect(self.scene.itemsBoundingRect())

    def outline(self, id: str) -> None:
        return None


def box(x: float, y: float) -> dict[str, Record]:
    """A bench with one box."""
    return {"box": Record("box", "component", {"pos": [x, y]})}


@pytest.fixture
def dialog(parent: QWidget) -> PreviewDialog:
    made = PreviewDialog(Boxes(), parent)
    made.show_bench(box(500.0, 100.0), "The bench before Ann replaced it", "")
    made.show()
    return made


def test_all_of_it_is_seen_at_first(dialog: PreviewDialog) -> None:
    """With y up, as in the hosts."""
    view = dialog.view
    viewport = view.viewport()
    assert viewport is not None
    seen = view.mapToScene(viewport.rect()).boundingRect()
    assert seen.contains(500.0, 100.0)
    assert seen.contains(560.0, 140.0)
    assert view.mapFromScene(530.0, 140.0).y() < view.mapFromScene(530.0, 100.0).y()


def test_the_mouse_changes_nothing_in_it(dialog: PreviewDialog) -> None:
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


def scroll(view: PreviewView, delta: int) -> None:
    """Turn the wheel."""
    at = QPointF(view.rect().center())
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


def test_the_wheel_zooms(dialog: PreviewDialog) -> None:
    view = dialog.view
    before = view.transform().m11()
    for delta, larger in ((120, True), (-240, False)):
        scroll(view, delta)
        assert (view.transform().m11() > before) is larger
        before = view.transform().m11()


def test_the_buttons_say_what_the_user_wants(dialog: PreviewDialog) -> None:
    wanted: list[str] = []
    dialog.save_requested.connect(lambda: wanted.append("save"))
    dialog.restore_requested.connect(lambda: wanted.append("back"))
    buttons = {button.text(): button for button in dialog.buttons.buttons()}
    click(buttons[dialogs.SAVE_AS_FILE])
    assert dialog.isVisible()
    click(buttons[timeline.RESTORE_BENCH])
    assert wanted == ["save", "back"]
    assert not dialog.isVisible()


def test_another_moment_in_the_same_view(dialog: PreviewDialog) -> None:
    """What the user looks at stays in place; all of it can be scrolled to."""
    view = dialog.view
    for _ in range(10):
        scroll(view, 120)
    view.centerOn(530.0, 120.0)
    before = view.mapToScene(view.rect().center())
    dialog.show_bench(box(510.0, 110.0), "Session 'lab' at 13:02:11", 'After Ana moved "M3" by 3.2 mm')
    after = view.mapToScene(view.rect().center())
    assert (before - after).manhattanLength() < 1.0
    assert dialog.windowTitle() == "Session 'lab' at 13:02:11"
    dialog.show_bench(box(-900.0, 0.0), "", "")
    assert view.sceneRect().contains(-900.0, 0.0)
    assert view.sceneRect().contains(560.0, 140.0)
    scene = view.scene()
    assert scene is not None
    assert len(scene.items()) == 1


def test_the_frame_says_that_it_is_not_now(dialog: PreviewDialog) -> None:
    """Its colour is around the bench, in every theme."""
    shot = dialog.grab().toImage()
    corner = dialog.view.mapTo(dialog, QPoint(0, dialog.view.height() // 2))
    ratio = shot.devicePixelRatio()
    found = shot.pixelColor(round((corner.x() - FRAME_PX // 2) * ratio), round(corner.y() * ratio))
    assert found.name() == ORANGE.name()


def test_names_in_the_caption_are_no_markup(dialog: PreviewDialog) -> None:
    dialog.show_bench(box(0.0, 0.0), "", 'After <b>Ana</b> removed "<img src=x>"')
    assert all("<b>" not in label.toolTip() for label in dialog.findChildren(QLabel))


def test_it_is_left_by_keyboard(dialog: PreviewDialog) -> None:
    press_key(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_lines_are_smooth_once_the_bench_stays(qtbot: QtBot, dialog: PreviewDialog) -> None:
    """While it changes thirty times a second, there is no time for that."""
    smooth = QPainter.RenderHint.Antialiasing
    qtbot.waitUntil(lambda: bool(dialog.view.renderHints() & smooth), timeout=SOON)
    dialog.show_bench(box(0.0, 0.0), "", "")
    assert not dialog.view.renderHints() & smooth
    qtbot.waitUntil(lambda: bool(dialog.view.renderHints() & smooth), timeout=SOON)


def test_all_shows_in_a_smaller_window_until_the_user_zooms(dialog: PreviewDialog) -> None:
    view = dialog.view
    for size in (300, 700):
        dialog.resize(size, size)
        viewport = view.viewport()
        assert viewport is not None
        seen = view.mapToScene(viewport.rect()).boundingRect()
        assert seen.contains(500.0, 100.0)
        assert seen.contains(560.0, 140.0)
    scroll(view, 120)
    before = view.transform().m11()
    dialog.resize(500, 500)
    assert view.transform().m11() == before


def test_another_bench_to_compare_with(dialog: PreviewDialog) -> None:
    """The last one counts; without one, there is no table."""
    dialog.compare(Boxes(), box(500.0, 60.0))
    dialog.compare(Boxes(), box(500.0, 100.0))
    assert dialog.table.isVisible()
    assert dialog.table.topLevelItemCount() == 0
    dialog.show_bench(box(500.0, 107.0), "", "")
    assert dialog.table.topLevelItemCount() == 1
    dialog.end_comparison()
    assert not dialog.table.isVisible()
    dialog.show_bench(box(500.0, 300.0), "", "")
    assert not dialog.table.isVisible()
