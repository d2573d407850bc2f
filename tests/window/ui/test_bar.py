"""The bar over the bench."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtWidgets import QLabel, QLineEdit, QMainWindow, QToolBar, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.bar import State, StateBar
from tests.helpers.user_input import click, press_key

LONG = "Offline since 14:02 · 3 edits waiting · " + "光路 and a very long name " * 10


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    window.addToolBar(QToolBar("Tools", window))
    window.setCentralWidget(QLineEdit(window))
    window.resize(700, 300)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def bar(window: QMainWindow) -> StateBar:
    return StateBar(window)


def bench(window: QMainWindow) -> QWidget:
    """The central widget."""
    widget = window.centralWidget()
    assert widget is not None
    return widget


def label(bar: StateBar) -> QLabel:
    """The label with the text."""
    [label] = bar.findChildren(QLabel)
    return label


def test_it_lies_on_the_bench_moves_nothing_and_takes_no_focus(window: QMainWindow, bar: StateBar) -> None:
    assert not bar.isVisible()
    bench(window).setFocus()
    before = bench(window).geometry()
    bar.set_state(State.OFFLINE, "Offline.", ("&Retry now", lambda: None))
    assert bar.isVisible()
    assert bench(window).geometry() == before
    assert window.focusWidget() is bench(window)
    assert bar.mapTo(window, QPoint()) == bench(window).mapTo(window, QPoint())
    window.resize(400, 200)
    assert bar.width() == bench(window).width()
    bar.clear_state(State.OFFLINE)
    assert not bar.isVisible()


def test_important_states_come_first_and_the_first_action_shows(bar: StateBar) -> None:
    done: list[str] = []
    bar.set_state(State.OFFLINE, "Offline.", ("&Retry now", lambda: done.append("retry")))
    click(bar.button)
    bar.set_state(State.HOST_LEFT, "The host left.")
    assert bar.text == bar.accessibleName() == "The host left. · Offline."
    click(bar.button)
    bar.set_state(State.UNPROTECTED, "Not protected.", ("&Save", lambda: done.append("save")))
    assert bar.text == "Not protected. · The host left. · Offline."
    click(bar.button)
    assert done == ["retry", "retry", "save"]
    bar.clear_state(State.UNPROTECTED)
    bar.clear_state(State.UNPROTECTED)
    assert bar.button.text() == "&Retry now"
    bar.set_state(State.OFFLINE, "Still offline.")
    assert bar.text == "The host left. · Still offline."
    assert not bar.button.isVisible()
    bar.clear_state(State.HOST_LEFT)
    bar.clear_state(State.OFFLINE)
    assert not bar.isVisible()


def test_height_is_the_same_with_a_button_and_without(bar: StateBar) -> None:
    bar.set_state(State.OFFLINE, "Offline.")
    before = bar.height()
    bar.set_state(State.OFFLINE, "Offline.", ("&Retry now", lambda: None))
    assert bar.height() == before


def test_a_narrow_window_stays_narrow_and_the_tooltip_has_it_all(window: QMainWindow, bar: StateBar) -> None:
    narrow = window.minimumSizeHint()
    bar.set_state(State.OFFLINE, LONG, ("&Retry now", lambda: None))
    assert window.minimumSizeHint() == narrow
    window.resize(QSize(260, 200))
    assert label(bar).text().endswith("…")
    assert label(bar).toolTip() == LONG
    assert bar.button.isVisible()
    assert bar.button.geometry().right() < bar.width()


def test_markup_is_text(bar: StateBar) -> None:
    bar.set_state(State.HOST_LEFT, "<b>Ana & Ben</b>\u2019s editor was closed.")
    assert label(bar).textFormat() == Qt.TextFormat.PlainText
    assert label(bar).toolTip() == "<qt>&lt;b&gt;Ana &amp; Ben&lt;/b&gt;\u2019s editor was closed.</qt>"


def test_keyboard_presses_the_button_and_returns_to_the_bench(window: QMainWindow, bar: StateBar) -> None:
    bar.set_state(State.OFFLINE, "Offline.", ("&Retry now", lambda: bar.clear_state(State.OFFLINE)))
    assert bar.button.focusPolicy() & Qt.FocusPolicy.TabFocus
    press_key(bar.button, Qt.Key.Key_Space)
    assert not bar.isVisible()
    assert window.focusWidget() is bench(window)


def test_what_is_set_after_the_end_comes_too_late(qtbot: QtBot, window: QMainWindow, bar: StateBar) -> None:
    bar.set_state(State.OFFLINE, "Offline.")
    with qtbot.waitSignal(bar.destroyed):
        bar.close_for_good()
    bar.set_state(State.OFFLINE, "Offline.")
    bar.clear_state(State.OFFLINE)
    assert window.findChildren(StateBar) == []
