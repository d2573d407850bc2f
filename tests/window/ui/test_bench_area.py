"""Find the widget of a window that shows the bench."""

from __future__ import annotations

from PyQt6.QtCore import QRect
from PyQt6.QtWidgets import QLabel, QMainWindow, QToolBar
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.bench_area import BenchArea


def test_it_follows_the_central_widget_whichever_that_is(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(300, 200)
    window.show()
    area, moves = BenchArea(window), list[QRect]()
    area.changed.connect(lambda: moves.append(area.rect()))
    assert area.rect() == QRect(0, 0, 300, 200)
    for width in (310, 320):
        window.setCentralWidget(QLabel("bench"))
        area.rect()
        window.resize(width, 200)
        qtbot.waitUntil(lambda width=width: moves[-1:] == [QRect(0, 0, width, 200)])  # type: ignore[misc]
    tools = QToolBar("Tools", window)
    tools.addWidget(QLabel("a tool"))
    window.addToolBar(tools)
    qtbot.waitUntil(lambda: moves[-1].y() > 0)
    assert moves[-1] == area.rect()
