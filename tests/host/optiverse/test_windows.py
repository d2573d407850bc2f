"""Windows of Optiverse, and no others, are recognised by their class."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.host.adapters import adapter_of
from optiverse_collab.host.optiverse import windows


def test_a_window_of_others_is_left_to_them(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    assert windows.adapter_of(window) is None
    assert windows.watch_files(window, lambda file: None, lambda file: None, lambda read: None) is None


@pytest.mark.optiverse
@pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image")
def test_a_window_of_optiverse(qapp: QApplication) -> None:
    """The entry point of our own plugin recognises it."""
    from optiverse_collab.host.optiverse.adapter import OptiverseHost
    from tests.host.drivers.optiverse import the_window

    host = adapter_of(the_window())()
    assert isinstance(host, OptiverseHost)
    host.close()
