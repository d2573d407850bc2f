"""Moments at which a user must not be disturbed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PyQt6.QtCore import QPoint
from PyQt6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from optiverse_collab.window.busy import is_busy
from tests.helpers.dict_host import DictHost
from tests.helpers.windows import SOON


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    window.setCentralWidget(QPushButton("bench", window))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    return window


@contextmanager
def in_field(window: QMainWindow, made: Callable[[QWidget], QWidget]) -> Iterator[QWidget]:
    field = made(window)
    field.show()
    field.setFocus()
    yield field
    bench = window.centralWidget()
    assert bench is not None
    bench.setFocus()


def combo(parent: QWidget) -> QWidget:
    box = QComboBox(parent)
    box.setEditable(True)
    return box


@pytest.mark.parametrize("made", [QLineEdit, QTextEdit, QPlainTextEdit, QSpinBox, combo])
def test_typing(window: QMainWindow, made: Callable[[QWidget], QWidget]) -> None:
    assert not is_busy(DictHost())
    with in_field(window, made):
        assert is_busy(DictHost())
    assert not is_busy(DictHost())


def test_texts_that_are_only_read(window: QMainWindow) -> None:
    with in_field(window, QTextEdit) as field:
        assert isinstance(field, QTextEdit)
        field.setReadOnly(True)
        assert not is_busy(DictHost())


def test_what_is_in_hand(window: QMainWindow) -> None:
    host = DictHost()
    host.in_hand = {"lens"}
    assert is_busy(host)


@pytest.mark.parametrize("modal", [True, False])
def test_dialogs(qtbot: QtBot, window: QMainWindow, modal: bool) -> None:
    dialog = QDialog(window)
    dialog.setModal(modal)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: is_busy(DictHost()), timeout=SOON)
    dialog.close()
    window.activateWindow()
    qtbot.waitUntil(lambda: not is_busy(DictHost()), timeout=SOON)


def test_menus(window: QMainWindow) -> None:
    menu = QMenu(window)
    menu.addAction("Cut")
    menu.popup(QPoint(0, 0))
    assert is_busy(DictHost())
    menu.close()
    assert QApplication.activePopupWidget() is None
    assert not is_busy(DictHost())
