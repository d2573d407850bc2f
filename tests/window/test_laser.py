"""The laser pointer, on the side of the user who points."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QCursor
from PyQt6.QtWidgets import QApplication, QGraphicsTextItem, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window import laser as module
from optiverse_collab.window.laser import LaserPointer, is_text_edited
from optiverse_collab.window.ui.pointers import Point
from optiverse_collab_demo.window import DemoWindow
from tests.helpers import user_input
from tests.helpers.demo_window import new_window, pixel, viewport


class Stage:
    """A window that has the keyboard, with the laser pointer switched on."""

    def __init__(self, qtbot: QtBot, parent: QObject) -> None:
        self.window: DemoWindow = new_window()
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.view.setFocus()
        QCursor.setPos(self.window.mapToGlobal(self.window.rect().topLeft()))
        self.laser = LaserPointer(self.window.view, parent)
        self.places: list[Point | None] = []
        self.switched: list[bool] = []
        self.laser.moved.connect(self.places.append)
        self.laser.switched.connect(self.switched.append)
        self.laser.switch(True)

    def move(self, x: float, y: float) -> None:
        """Move the mouse to a place of the bench."""
        user_input.move(viewport(self.window), pixel(self.window, (x, y)))


@pytest.fixture
def stage(qtbot: QtBot, parent: QObject) -> Iterator[Stage]:
    made = Stage(qtbot, parent)
    yield made
    made.laser.switch(False)


def test_it_follows_the_mouse_while_it_is_on(stage: Stage) -> None:
    """PRES-16"""
    stage.move(10.0, 20.0)
    assert stage.places[-1] == pytest.approx((10.0, 20.0), abs=0.5)
    QApplication.sendEvent(viewport(stage.window), QEvent(QEvent.Type.Leave))
    assert stage.places[-1] is None
    stage.move(0.0, 0.0)
    stage.laser.switch(False)
    assert stage.places[-1] is None
    count = len(stage.places)
    stage.move(10.0, 20.0)
    assert len(stage.places) == count
    assert stage.switched == [True, False]


def test_it_begins_where_the_mouse_is(stage: Stage) -> None:
    stage.laser.switch(False)
    port = viewport(stage.window)
    QCursor.setPos(port.mapToGlobal(pixel(stage.window, (30.0, 10.0))))
    stage.laser.switch(True)
    assert stage.places[-1] == pytest.approx((30.0, 10.0), abs=1.0)


def press_escape(stage: Stage) -> None:
    user_input.press_key(stage.window.view, Qt.Key.Key_Escape)


def lose_keyboard(stage: Stage) -> None:
    QApplication.sendEvent(stage.window, QEvent(QEvent.Type.WindowDeactivate))


def edit_field(stage: Stage) -> None:
    field = QLineEdit(stage.window)
    field.show()
    field.setFocus()


def edit_number(stage: Stage) -> None:
    field = QSpinBox(stage.window)
    field.show()
    field.setFocus()


def edit_note(stage: Stage) -> None:
    note = QGraphicsTextItem("note")
    note.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
    stage.window.scene.addItem(note)
    note.setFocus()
    stage.move(1.0, 1.0)


@pytest.mark.parametrize("end", [press_escape, lose_keyboard, edit_field, edit_number, edit_note])
def test_it_ends(qtbot: QtBot, stage: Stage, end: Callable[[Stage], None]) -> None:
    """PRES-16: on Escape, without the keyboard, and where text is edited; there it doesn't start either."""
    stage.move(10.0, 20.0)
    end(stage)
    qtbot.waitUntil(lambda: stage.switched == [True, False])
    assert stage.places[-1] is None
    if is_text_edited():
        stage.laser.switch(True)
        assert not stage.laser.is_on


CHORD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def chord(stage: Stage) -> Stage:
    """The laser pointer is off, and Ctrl+Shift+B switches it."""
    stage.laser.switch(False)
    stage.switched.clear()
    run = lambda: stage.laser.switch(not stage.laser.is_on)  # noqa: E731
    stage.window.add_menu_entry(["Test"], "Laser", "Ctrl+Shift+B", "", run)
    return stage


def hold(stage: Stage) -> None:
    """Press the chord, and hold it until the keys have repeated ten times."""
    user_input.hold_key(stage.window.view, Qt.Key.Key_B, CHORD)
    for _ in range(10):
        user_input.repeat_key(stage.window.view, Qt.Key.Key_B, CHORD)


def test_while_its_chord_is_held_it_stays_on(chord: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-16: however often the keys repeat; it ends when the first of them is released."""
    monkeypatch.setattr(module, "HOLD_MS", 0)
    hold(chord)
    chord.move(10.0, 20.0)
    assert chord.places[-1] == pytest.approx((10.0, 20.0), abs=0.5)
    assert chord.switched == [True]
    user_input.release_key(chord.window.view, Qt.Key.Key_B, CHORD)
    assert chord.switched == [True, False]
    assert chord.places[-1] is None


def test_any_key_of_the_chord_ends_it(chord: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-16: macOS does not report the release of B while Command is down."""
    monkeypatch.setattr(module, "HOLD_MS", 0)
    hold(chord)
    user_input.release_key(chord.window.view, Qt.Key.Key_Control)
    assert not chord.laser.is_on


def test_a_short_press_leaves_it_on(chord: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-16: until the next press, whatever other keys are pressed and released meanwhile."""
    monkeypatch.setattr(module, "HOLD_MS", 60_000)
    user_input.press_key(chord.window.view, Qt.Key.Key_B, CHORD)
    monkeypatch.setattr(module, "HOLD_MS", 0)
    user_input.press_key(chord.window.view, Qt.Key.Key_Control)
    assert chord.laser.is_on
    user_input.press_key(chord.window.view, Qt.Key.Key_B, CHORD)
    assert chord.switched == [True, False]


def test_turned_on_by_mouse_no_key_ends_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HOLD_MS", 0)
    user_input.press_key(stage.window.view, Qt.Key.Key_B, CHORD)
    assert stage.laser.is_on


@pytest.mark.parametrize("end", [press_escape, lose_keyboard])
def test_held_it_ends_and_does_not_begin_again(
    chord: Stage, monkeypatch: pytest.MonkeyPatch, end: Callable[[Stage], None]
) -> None:
    """PRES-16: keys that still repeat have no effect, and the next press has one."""
    monkeypatch.setattr(module, "HOLD_MS", 0)
    hold(chord)
    end(chord)
    assert chord.switched == [True, False]
    user_input.repeat_key(chord.window.view, Qt.Key.Key_B, CHORD)
    user_input.release_key(chord.window.view, Qt.Key.Key_B, CHORD)
    assert chord.switched == [True, False]
    hold(chord)
    assert chord.laser.is_on


def test_it_takes_nothing_from_the_host(stage: Stage, qtbot: QtBot) -> None:
    """The host still gets Escape and the mouse."""
    heard = list[QEvent.Type]()

    class Listener(QWidget):
        """A part of the host that listens to the events of the canvas."""

        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            """Note the events."""
            if event is not None:
                heard.append(event.type())
            return False

    listener = Listener()
    qtbot.addWidget(listener)
    viewport(stage.window).installEventFilter(listener)
    stage.window.view.installEventFilter(listener)
    stage.move(10.0, 20.0)
    press_escape(stage)
    assert {QEvent.Type.MouseMove, QEvent.Type.KeyPress} <= set(heard)
