"""A window of the demo, and a user with a mouse at it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QAction, QWheelEvent
from PyQt6.QtWidgets import QApplication, QFileDialog, QMainWindow, QMessageBox, QWidget

from optiverse_collab_demo.geometry import Point, middle
from optiverse_collab_demo.menus import menu_at, plain
from optiverse_collab_demo.model import Item
from optiverse_collab_demo.templates import TEMPLATES
from optiverse_collab_demo.theme import Theme
from optiverse_collab_demo.window import DemoWindow
from optiverse_collab_demo.window_menus import fill_menus
from tests.helpers import user_input
from tests.helpers.user_input import NO_KEYS

KEYS = {template.key: template for template in TEMPLATES}

_NUMBERS = st.sampled_from([0, -1, 7, 1e-300, 1e9, -1e308, 1e308, 10**400, math.nan, math.inf])
_TEXTS = st.sampled_from(["", "\ntext", "no colour", "&", "☃" * 300, None, True])
_LISTS = st.sampled_from([[], [3.0, 4.0], [1e308, -1e308], ["a"], [[1], [2]], [None, 1], [5, None, {"a": 1}]])
_POINTS = st.sampled_from([[[1, 2], [3, 4]], [[0, 0], [1e308, 1e308]], [[-1e308, 0], [1e308, 1e308]], {}])
VALUES = _NUMBERS | _TEXTS | _LISTS | _POINTS
"""Values that no property expects."""

SURFACES = st.dictionaries(
    st.sampled_from(
        "x1_mm y1_mm x2_mm y2_mm efl_mm reflectivity split_T pass_type cutoff_wavelength_nm".split()
    ),
    VALUES,
).flatmap(
    lambda surface: st.sampled_from(
        ["lens", "mirror", "beam_splitter", "dichroic", "beam_block", None, 5]
    ).map(lambda kind: {**surface, "element_type": kind})
)
PROPS = st.dictionaries(
    st.sampled_from(
        "angle_deg size_mm n_rays ray_length_mm spread_deg color_hex wavelength_nm name text color point_size"
        " points p1 p2 interfaces object_height_mm image_path z_value locked parent order pos".split()
    ),
    VALUES,
)
GARBAGE = st.builds(
    lambda kind, props, more: Item("garbage", kind, {**props, **more}),
    st.sampled_from(
        ["component", "source", "ruler", "text", "rectangle", "group", "assembly", "new kind", ""]
    ),
    PROPS,
    st.fixed_dictionaries(
        {}, optional={"pos": st.just([3.0, 4.0]), "interfaces": st.lists(SURFACES, max_size=3)}
    ),
)
"""Items with properties of wrong types, or with invalid values."""


def new_window() -> DemoWindow:
    """Open a visible window, one pixel to the millimetre."""
    window = DemoWindow()
    fill_menus(window)
    window.resize(1000, 700)
    window.show()
    return window


def add(window: DemoWindow, key: str, at: Point = (0.0, 0.0), **props: Any) -> str:
    """Add an item as if it had always been there: there is nothing to undo."""
    id = window.editor.add(KEYS[key], at)
    window.bench.change({id: props})
    window.editor.undo_stack.clear()
    return id


def entry(window: QMainWindow, menu: str, text: str) -> QAction:
    """An entry of a menu, by its text."""
    return next(action for action in menu_at(window, (menu,)).actions() if plain(action.text()) == text)


def logged(window: DemoWindow, level: str) -> list[str]:
    """The log messages of one level."""
    return [line.text for line in window.log.lines if line.level == level]


def has_theme(window: DemoWindow, theme: Theme) -> bool:
    """Whether a window is drawn in this theme; it changes with the next events."""
    return window.theme is theme


def boxes(window: DemoWindow) -> list[QMessageBox]:
    """The open questions and messages."""
    return [box for box in window.findChildren(QMessageBox) if box.isVisible()]


def answer(window: DemoWindow, button: QMessageBox.StandardButton) -> None:
    """Answer the one question that is open."""
    (box,) = boxes(window)
    found = box.button(button)
    assert found is not None
    found.click()


def file_dialogs(window: DemoWindow) -> list[QFileDialog]:
    """The open file dialogs."""
    return [dialog for dialog in window.findChildren(QFileDialog) if dialog.isVisible()]


def choose_file(window: DemoWindow, path: Path) -> None:
    """Choose a file in the one dialog that is open."""
    (dialog,) = file_dialogs(window)
    dialog.selectFile(str(path))
    dialog.accept()


def viewport(window: DemoWindow) -> QWidget:
    """The widget that gets mouse events."""
    found = window.view.viewport()
    assert found is not None
    return found


def pixel(window: DemoWindow, at: Point) -> QPoint:
    """The pixel in the viewport of a position on the bench."""
    return window.view.mapFromScene(QPointF(*at))


def place(window: DemoWindow, id: str) -> Point:
    """A position where an item can be grabbed."""
    item = window.bench.items[id]
    found = middle(item.kind, item.props)
    assert found is not None
    x, y = found
    return (x - 16.0, y) if item.kind == "source" else (x + 6.0, y - 8.0) if item.kind == "text" else found


def press(window: DemoWindow, at: Point, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Press the left button."""
    user_input.move(viewport(window), pixel(window, at))
    user_input.press(viewport(window), pixel(window, at), keys)


def move(window: DemoWindow, at: Point) -> None:
    """Move the pointer, without changing the button."""
    user_input.move(viewport(window), pixel(window, at))
    QApplication.processEvents()


def release(window: DemoWindow, at: Point, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Release the left button."""
    user_input.release(viewport(window), pixel(window, at), keys)


def click(window: DemoWindow, at: Point, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Click with the left button."""
    press(window, at, keys)
    release(window, at, keys)


def drag(window: DemoWindow, id: str, dx: float, dy: float) -> None:
    """Drag an item with the mouse, in three moves."""
    x, y = place(window, id)
    press(window, (x, y))
    for part in (0.3, 0.7, 1.0):
        move(window, (x + part * dx, y + part * dy))
    release(window, (x + dx, y + dy))


def wheel(window: DemoWindow, at: Point, clicks: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Turn the wheel."""
    where = QPointF(pixel(window, at))
    event = QWheelEvent(
        where,
        viewport(window).mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * clicks),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport(window), event)
