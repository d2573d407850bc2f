"""The screen shows where a colour is, and its mouse moves what is on it."""

from __future__ import annotations

import pytest

from benchmarks.photon.screen import Screen, missing
from tests.helpers.processes import python

pytestmark = pytest.mark.skipif(bool(missing()), reason="needs Xvfb and xdotool")

PROGRAM = """
import sys
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QWidget
class Button(QWidget):
    def mousePressEvent(self, event):
        print(event.position().x(), flush=True)
app = QApplication(sys.argv)
widget = Button()
widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
widget.setStyleSheet("background: #123456")
widget.setGeometry(40, 30, 100, 60)
widget.show()
print("shown", flush=True)
app.exec()
"""
COLOUR = bytes((0x56, 0x34, 0x12))


def test_it_sees_a_window_and_clicks_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with Screen(200, 150) as screen:
        monkeypatch.setenv("DISPLAY", screen.display)
        monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
        assert screen.find(COLOUR, 50, 0, 200) is None
        with python("-c", PROGRAM) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "shown\n"
            while screen.find(COLOUR, 50, 0, 200) is None:
                assert process.poll() is None
            assert screen.find(COLOUR, 50, 0, 200) == 40
            assert screen.find(COLOUR, 50, 60, 200) == 60
            screen.move(50, 50)
            screen.press()
            screen.release()
            assert process.stdout.readline() == "10.0\n"
