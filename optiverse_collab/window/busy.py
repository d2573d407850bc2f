"""Whether the user is busy and must not be disturbed."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from optiverse_collab.host.api import Host

_TEXT_FIELDS = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)


def is_busy(host: Host) -> bool:
    """Whether the user drags something, types, or has a dialog or menu open."""
    if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton or host.held() or host.editors():
        return True
    if QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None:
        return True
    return _is_typing(QApplication.focusWidget()) or isinstance(QApplication.activeWindow(), QDialog)


def _is_typing(focused: QWidget | None) -> bool:
    """Whether a widget with the keyboard takes text."""
    if isinstance(focused, QComboBox):
        return focused.isEditable()
    return isinstance(focused, _TEXT_FIELDS) and not focused.isReadOnly()
