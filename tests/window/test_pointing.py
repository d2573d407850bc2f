"""One user points and the others see it; windows on a real server."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QAction, QCursor
from PyQt6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.people import Introduction
from optiverse_collab.window import laser
from optiverse_collab.window import pointing as module
from optiverse_collab.window.ui import rings
from optiverse_collab.window.ui.pointing_layer import MINE
from optiverse_collab.window.ui.pointing_marks import RingMark
from optiverse_collab.wording import pointing as texts
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers import user_input
from tests.helpers.demo_window import pixel, viewport
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk

POINT, LASER, STILL = "Point here", "Laser pointer", "Reduce motion"


def entry(desk: Desk, text: str) -> QAction:
    """An entry of the Pointing menu."""
    menu = desk.menu["Pointing"].menu()
    assert isinstance(menu, QMenu)
    return {action.text().replace("&", ""): action for action in menu.actions()}[text]


def marks(desk: Desk) -> dict[str, object]:
    """The marks of somebody else, or of the user, that a canvas shows, by kind."""
    canvas = desk.controller.pointing._canvas
    assert canvas is not None
    return {key[0] if key[1] != MINE else f"my {key[0]}": mark for key, mark in canvas.overlay.marks.items()}


def is_still(desk: Desk) -> bool:
    """Whether the user's own ring has stopped moving."""
    ring = marks(desk)["my ring"]
    assert isinstance(ring, RingMark)
    return ring.is_still


def shown(desk: Desk, key: str) -> object:
    """The presence that a window shows of its user."""
    session = desk.manager.service.session
    assert session is not None
    return session.mine.state.get(key)


@pytest.fixture
def both(
    qtbot: QtBot,
    pair: tuple[Desk, Desk],
    server: ServerProcess,
    session_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Desk, Desk]:
    """Ann and Bob, on one bench."""
    monkeypatch.setattr(rings, "RING_MS", 60_000.0)  # give a loaded machine enough time to see it
    ann, bob = pair
    for desk, name in ((ann, "Ann"), (bob, "Bob")):
        desk.manager.service.introduction = Introduction(name, 1)
        desk.join(server.url, session_id, name)
        desk.window.show()
    ann.window.insert(TEMPLATES[0])
    ann.until_same(bob)
    ann.window.activateWindow()
    qtbot.waitUntil(ann.window.isActiveWindow, timeout=SOON)
    ann.window.view.setFocus()
    QCursor.setPos(ann.window.mapToGlobal(ann.window.rect().topLeft()))
    return pair


def test_a_ring_shows_where_the_mouse_is_on_all_canvases(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-16"""
    ann, bob = both
    before = bob.window.view.viewportTransform()
    QCursor.setPos(viewport(ann.window).mapToGlobal(pixel(ann.window, (20.0, 10.0))))
    entry(ann, POINT).trigger()
    assert "my ring" in marks(ann)
    qtbot.waitUntil(lambda: "ring" in marks(bob), timeout=SOON)
    ring = marks(bob)["ring"]
    assert isinstance(ring, RingMark)
    spot = bob.window.view.viewportTransform().map(QPointF(20.0, 10.0))
    assert (ring.at - spot).manhattanLength() < 3.0
    assert bob.window.view.viewportTransform() == before


def test_without_a_mouse_it_points_at_the_selection(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """With the chord alone; it points at the middle of the view if nothing is selected."""
    ann, _ = both
    [id] = ann.window.bench.items
    ann.window.scene.select([id])
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    user_input.press_key(ann.window.view, Qt.Key.Key_P, keys)
    graphics = ann.window.scene.graphics(id)
    assert graphics is not None
    middle = graphics.mapToScene(graphics.shape()).boundingRect().center()
    point = shown(ann, "point")
    assert isinstance(point, dict)
    assert point["at"] == [middle.x(), middle.y()]
    ann.window.scene.select([])
    ann.controller.pointing._since.invalidate()
    entry(ann, POINT).trigger()
    point = shown(ann, "point")
    assert isinstance(point, dict)
    assert point["n"] == 2
    view = ann.window.view
    centre = view.mapToScene(view.rect().center())
    assert point["at"] == [centre.x(), centre.y()]


def test_a_hasty_user_points_once_a_second(both: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-16"""
    monkeypatch.setattr(module, "EVERY_MS", 60_000.0)
    ann, _ = both
    for _ in range(5):
        entry(ann, POINT).trigger()
    point = shown(ann, "point")
    assert isinstance(point, dict)
    assert point["n"] == 1
    ann.controller.pointing._on_over()
    assert shown(ann, "point") is None


def test_whoever_is_muted_is_not_seen(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-16: the window remembers whom its user muted."""
    ann, bob = both
    qtbot.waitUntil(lambda: bob.controller.pointing.others() == {"Ann": "Ann"}, timeout=SOON)
    bob.controller.pointing.mute({"Ann": "Ann"})
    entry(ann, POINT).trigger()
    ann.window.view.cursor_moved.emit((1.0, 2.0))
    qtbot.waitUntil(lambda: "cursor" in marks(bob), timeout=SOON)
    assert "ring" not in marks(bob)
    assert bob.controller.connecting.settings.muted == {"Ann": "Ann"}
    bob.controller.pointing.mute({})
    ann.controller.pointing._since.invalidate()
    entry(ann, POINT).trigger()
    qtbot.waitUntil(lambda: "ring" in marks(bob), timeout=SOON)


def test_muting_acts_in_the_other_windows_of_the_program(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-16: at once, even on a laser pointer that is visible; and their dialogs list the muted person."""
    ann, bob = both
    entry(ann, LASER).trigger()
    user_input.move(viewport(ann.window), pixel(ann.window, (20.0, 10.0)))
    qtbot.waitUntil(lambda: "laser" in marks(bob), timeout=SOON)
    ann.controller.pointing.mute({"Ann": "Ann"})
    qtbot.waitUntil(lambda: "laser" not in marks(bob), timeout=SOON)
    assert bob.controller.pointing.muted == {"Ann": "Ann"}
    bob.controller.pointing.mute({})
    qtbot.waitUntil(lambda: "laser" in marks(bob), timeout=SOON)


def test_a_laser_pointer_is_seen_and_ends_with_escape(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-16: and the menu entry shows whether it is on."""
    ann, bob = both
    entry(ann, LASER).trigger()
    assert entry(ann, LASER).isChecked()
    user_input.move(viewport(ann.window), pixel(ann.window, (20.0, 10.0)))
    assert "my laser" in marks(ann)
    qtbot.waitUntil(lambda: "laser" in marks(bob), timeout=SOON)
    user_input.press_key(ann.window.view, Qt.Key.Key_Escape)
    assert not entry(ann, LASER).isChecked()
    qtbot.waitUntil(lambda: "laser" not in marks(bob), timeout=SOON)
    entry(ann, LASER).trigger()
    ann.manager.leave()
    qtbot.waitUntil(lambda: not ann.manager.status.in_session, timeout=SOON)
    assert not entry(ann, LASER).isChecked()


def test_a_chord_that_is_held_shows_it_for_as_long(
    qtbot: QtBot, both: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PRES-16"""
    monkeypatch.setattr(laser, "HOLD_MS", 0)
    ann, bob = both
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    user_input.hold_key(ann.window.view, Qt.Key.Key_B, keys)
    user_input.repeat_key(ann.window.view, Qt.Key.Key_B, keys)
    user_input.move(viewport(ann.window), pixel(ann.window, (20.0, 10.0)))
    qtbot.waitUntil(lambda: "laser" in marks(bob), timeout=SOON)
    assert entry(ann, LASER).isChecked()
    user_input.release_key(ann.window.view, Qt.Key.Key_B, keys)
    assert not entry(ann, LASER).isChecked()
    qtbot.waitUntil(lambda: "laser" not in marks(bob), timeout=SOON)


def test_while_text_is_edited_it_says_why_it_does_not_start(both: tuple[Desk, Desk]) -> None:
    """PRES-16"""
    ann, _ = both
    field = QLineEdit(ann.window)
    field.show()
    field.setFocus()
    entry(ann, LASER).trigger()
    assert not entry(ann, LASER).isChecked()
    assert [toast.text for toast in ann.controller.reports.toasts.shown] == [texts.NO_LASER]
    assert field.hasFocus()


def test_reduced_motion_acts_at_once_and_in_the_next_session(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-16"""
    ann, _ = both
    entry(ann, POINT).trigger()
    entry(ann, STILL).trigger()
    qtbot.waitUntil(lambda: is_still(ann), timeout=SOON)
    session_id, url = ann.manager.session_id, ann.manager.server_url
    ann.manager.leave()
    qtbot.waitUntil(lambda: not ann.manager.status.in_session, timeout=SOON)
    ann.join(url, session_id, "Ann")
    ann.controller.pointing._since.invalidate()
    entry(ann, POINT).trigger()
    assert is_still(ann)


def test_the_menu_of_the_canvas_points_at_the_spot(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-16"""
    ann, _ = both
    menu = QMenu()
    qtbot.addWidget(menu)
    canvas = ann.controller.pointing._canvas
    assert canvas is not None
    canvas.menu_opening.emit(menu, QPointF(700.0, 800.0))
    [action] = menu.actions()
    action.trigger()
    point = shown(ann, "point")
    assert isinstance(point, dict)
    assert point["at"] == [700.0, 800.0]
