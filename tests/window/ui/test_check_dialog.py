"""The results of a connection check can be read and copied."""

from __future__ import annotations

from PyQt6.QtWidgets import QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.check_dialog import CheckDialog
from tests.helpers.user_input import click, clipboard_text


def test_lines_are_shown_and_copied(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = CheckDialog(parent)
    dialog.show()
    [progress] = dialog.findChildren(QProgressBar)
    assert progress.isVisible()
    dialog.add_line("✓ name: <b>lab</b> is 127.0.0.1.")
    dialog.add_line("✗ TCP: Nothing answers.")
    dialog.show_end()
    assert not progress.isVisible()
    assert dialog.copy is not None
    click(dialog.copy)
    assert clipboard_text() == dialog.text == "✓ name: <b>lab</b> is 127.0.0.1.\n✗ TCP: Nothing answers."
    dialog.close()
