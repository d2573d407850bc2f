"""Qt's mouse and keyboard for tests, with types: PyQt6 declares the functions of `QTest` as methods."""

from __future__ import annotations

from typing import Any

from PyQt6 import QtTest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QWidget

_qtest: Any = QtTest.QTest

PLAIN = Qt.KeyboardModifier.NoModifier
CENTRE = QPoint()


class QTest:
    """What we use of `PyQt6.QtTest.QTest`; `CENTRE` means the middle of the widget."""

    @staticmethod
    def qWait(ms: int) -> None:
        """Let Qt work for so many ms."""
        _qtest.qWait(ms)

    @staticmethod
    def mousePress(
        widget: QWidget | None,
        button: Qt.MouseButton,
        modifier: Qt.KeyboardModifier = PLAIN,
        pos: QPoint = CENTRE,
    ) -> None:
        """Press a button of the mouse."""
        _qtest.mousePress(widget, button, modifier, pos)

    @staticmethod
    def mouseRelease(
        widget: QWidget | None,
        button: Qt.MouseButton,
        modifier: Qt.KeyboardModifier = PLAIN,
        pos: QPoint = CENTRE,
    ) -> None:
        """Let it go."""
        _qtest.mouseRelease(widget, button, modifier, pos)

    @staticmethod
    def mouseClick(
        widget: QWidget | None,
        button: Qt.MouseButton,
        modifier: Qt.KeyboardModifier = PLAIN,
        pos: QPoint = CENTRE,
    ) -> None:
        """Press it and let it go."""
        _qtest.mouseClick(widget, button, modifier, pos)

    @staticmethod
    def mouseMove(widget: QWidget | None, pos: QPoint = CENTRE) -> None:
        """Move the mouse."""
        _qtest.mouseMove(widget, pos)

    @staticmethod
    def keyClick(widget: QWidget | None, key: Qt.Key | str, modifier: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a key and let it go."""
        _qtest.keyClick(widget, key, modifier)

    @staticmethod
    def keyClicks(widget: QWidget | None, text: str) -> None:
        """Type."""
        _qtest.keyClicks(widget, text)
