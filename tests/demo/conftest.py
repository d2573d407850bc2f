"""A window of the editor for each test, deleted again after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.theme import LIGHT
from optiverse_collab_demo.window import DemoWindow
from tests.helpers.demo_window import new_window


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[DemoWindow]:
    QApplication.setPalette(LIGHT.palette())
    window = new_window()
    yield window
    window.set_saved(None)  # Otherwise it would ask.
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
