"""The view's response to mouse, wheel and keys, with real events."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtWidgets import QApplication

from optiverse_collab_demo.window import DemoWindow
from tests.helpers import user_input
from tests.helpers.demo_window import add, click, drag, move, pixel, place, press, release, viewport, wheel

CTRL = Qt.KeyboardModifier.ControlModifier


def pos(window: DemoWindow, id: str) -> list[float]:
    value = window.bench.items[id].props["pos"]
    assert isinstance(value, list)
    return value


def test_y_is_up(window: DemoWindow) -> None:
    assert pixel(window, (0.0, 100.0)).y() < pixel(window, (0.0, 0.0)).y()


def test_drag_moves_an_item_and_is_one_step_of_undo(window: DemoWindow) -> None:
    lens = add(window, "lens")
    drag(window, lens, 40.0, 25.0)
    assert pos(window, lens) == [40.0, 25.0]
    assert window.editor.undo_stack.count() == 1
    window.editor.undo_stack.undo()
    assert pos(window, lens) == [0.0, 0.0]


def test_drag_shows_on_the_way(window: DemoWindow) -> None:
    lens = add(window, "lens")
    x, y = place(window, lens)
    press(window, (x, y))
    move(window, (x + 30.0, y))
    assert pos(window, lens) == [30.0, 0.0]
    assert window.editor.dragging == {lens}
    release(window, (x + 30.0, y))
    assert not window.editor.dragging


def test_drag_takes_everything_selected_along(window: DemoWindow) -> None:
    lens, mirror, other = (
        add(window, "lens"),
        add(window, "mirror", (100.0, 0.0)),
        add(window, "note", (0, 90)),
    )
    click(window, place(window, lens))
    click(window, place(window, mirror), CTRL)
    drag(window, mirror, 10.0, 20.0)
    assert pos(window, lens) == [10.0, 20.0]
    assert pos(window, mirror) == [110.0, 20.0]
    assert pos(window, other) == [0.0, 90.0]
    assert window.editor.undo_stack.count() == 1


def test_drag_takes_a_group_along(window: DemoWindow) -> None:
    lens, mirror = add(window, "lens"), add(window, "mirror", (100.0, 0.0))
    window.editor.group([lens, mirror])
    drag(window, lens, 0.0, 50.0)
    assert pos(window, mirror) == [100.0, 50.0]
    assert set(window.scene.selected()) == {lens, mirror}


def test_ctrl_click_lets_a_whole_group_go(window: DemoWindow) -> None:
    lens, mirror, other = (
        add(window, "lens"),
        add(window, "mirror", (100.0, 0.0)),
        add(window, "lens", (200.0, 0.0)),
    )
    window.editor.group([lens, mirror])
    window.scene.select([lens, mirror, other])
    click(window, place(window, mirror), CTRL)
    assert window.scene.selected() == [other]


def test_ruler_and_note_are_dragged_too(window: DemoWindow) -> None:
    ruler, note = add(window, "ruler"), add(window, "note", (0.0, 100.0))
    drag(window, ruler, 5.0, 10.0)
    drag(window, note, -20.0, 0.0)
    assert window.bench.items[ruler].props["points"] == [[-45.0, 10.0], [55.0, 10.0]]
    assert pos(window, note) == [-20.0, 100.0]


def test_locked_item_stays(window: DemoWindow) -> None:
    lens = add(window, "lens", locked=True)
    drag(window, lens, 40.0, 25.0)
    assert pos(window, lens) == [0.0, 0.0]
    assert window.editor.undo_stack.count() == 0


def test_click_is_no_drag(window: DemoWindow) -> None:
    lens = add(window, "lens")
    x, y = place(window, lens)
    press(window, (x, y))
    move(window, (x + 2.0, y))
    release(window, (x + 2.0, y))
    assert window.scene.selected() == [lens]
    assert window.editor.undo_stack.count() == 0


def test_item_that_goes_while_it_is_dragged_is_let_go(window: DemoWindow) -> None:
    """It doesn't matter who removed it."""
    lens, mirror = add(window, "lens"), add(window, "mirror", (100.0, 0.0))
    window.scene.select([lens, mirror])
    x, y = place(window, lens)
    press(window, (x, y))
    move(window, (x + 20.0, y))
    window.bench.remove([lens])
    move(window, (x + 30.0, y))
    release(window, (x + 30.0, y))
    assert lens not in window.bench.items
    assert pos(window, mirror) == [130.0, 0.0]
    window.editor.undo_stack.undo()
    assert lens not in window.bench.items
    assert pos(window, mirror) == [100.0, 0.0]


def test_undo_in_the_middle_of_a_drag_waits(window: DemoWindow) -> None:
    lens = add(window, "lens")
    drag(window, lens, 40.0, 0.0)
    x, y = place(window, lens)
    press(window, (x, y))
    move(window, (x + 30.0, y))
    window.editor.undo()
    assert pos(window, lens) == [70.0, 0.0]
    release(window, (x + 30.0, y))
    window.editor.undo()
    assert pos(window, lens) == [40.0, 0.0]


def test_rubber_band_selects_what_is_in_it_and_its_groups(window: DemoWindow) -> None:
    lens, mirror, far = (
        add(window, "lens"),
        add(window, "mirror", (200.0, 0.0)),
        add(window, "lens", (0.0, 200.0)),
    )
    window.editor.group([lens, mirror])
    press(window, (-60.0, 60.0))
    move(window, (0.0, 0.0))
    move(window, (60.0, -60.0))
    release(window, (60.0, -60.0))
    assert set(window.scene.selected()) == {lens, mirror}
    assert far not in window.scene.selected()
    user_input.press_key(viewport(window), Qt.Key.Key_Escape)
    assert window.scene.selected() == []


def test_ctrl_and_wheel_turn_the_selected_as_one_step(window: DemoWindow) -> None:
    """2° a click; up is counter-clockwise, as in Optiverse."""
    lens = add(window, "lens", (0.0, 0.0), angle_deg=10.0)
    window.scene.select([lens])
    for _ in range(3):
        wheel(window, (0.0, 0.0), 1, CTRL)
    assert window.bench.items[lens].props["angle_deg"] == 4.0
    assert window.editor.undo_stack.count() == 1
    window.editor.undo_stack.undo()
    assert window.bench.items[lens].props["angle_deg"] == 10.0


def test_wheel_zooms_within_reason(window: DemoWindow) -> None:
    wheel(window, (0.0, 0.0), 3)
    assert window.view.transform().m11() == pytest.approx(1.15**3)
    wheel(window, (0.0, 0.0), 300)
    assert window.view.transform().m11() == pytest.approx(20.0)
    wheel(window, (0.0, 0.0), -300)
    assert window.view.transform().m11() == pytest.approx(0.05)


def test_all_is_shown_but_for_what_lies_out_of_reach(window: DemoWindow) -> None:
    """One item with a wild position must not make all others too small to see."""
    add(window, "lens", (900.0, 0.0))
    add(window, "lens", (-900.0, 0.0))
    add(window, "lens", (1e8, 1e8))
    window.view.fit()
    assert window.view.transform().m11() > 0.3
    assert window.view.rect().contains(pixel(window, (900.0, 0.0)))
    assert window.view.rect().contains(pixel(window, (-900.0, 0.0)))


def test_single_small_item_is_centred_and_not_too_large(window: DemoWindow) -> None:
    add(window, "lens", (300.0, 200.0))
    window.view.fit()
    assert window.view.transform().m11() == pytest.approx(2.0)
    away = pixel(window, (300.0, 200.0)) - window.view.rect().center()
    assert away.manhattanLength() < 60


def test_middle_button_moves_the_canvas(window: DemoWindow) -> None:
    before = pixel(window, (0.0, 0.0))
    middle = Qt.MouseButton.MiddleButton
    user_input.press(viewport(window), before, button=middle)
    user_input.move(viewport(window), before + pixel(window, (30.0, -20.0)) - pixel(window, (0.0, 0.0)))
    QApplication.processEvents()
    user_input.release(viewport(window), before, button=middle)
    moved = pixel(window, (0.0, 0.0)) - before
    assert (moved.x(), moved.y()) == (30, 20)


def test_pointer_is_told_in_mm_and_when_it_leaves(window: DemoWindow) -> None:
    heard: list[object] = []
    window.view.cursor_moved.connect(heard.append)
    move(window, (12.0, 34.0))
    assert heard == [(pytest.approx(12.0, abs=1.0), pytest.approx(34.0, abs=1.0))]
    QApplication.sendEvent(window.view, QEvent(QEvent.Type.Leave))
    assert heard[-1] is None


def test_double_click_opens_the_dialog(window: DemoWindow) -> None:
    lens = add(window, "lens")
    user_input.double_click(viewport(window), pixel(window, (0.0, 0.0)))
    assert list(window.dialogs) == [lens]
    user_input.double_click(viewport(window), pixel(window, (300.0, 200.0)))
    assert list(window.dialogs) == [lens]
