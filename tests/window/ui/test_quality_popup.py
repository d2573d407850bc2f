"""The popup that the status bar's part opens."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.quality import Grade, Quality
from optiverse_collab.window.ui.quality_popup import NAMES, QualityPopup
from optiverse_collab.wording.standing import Standing
from tests.helpers.user_input import press_key

WELL = Standing(ConnectionState.CONNECTED, 2, 0, Quality(Grade.GOOD, 38.0, 120.0, 12.0, history=(38.0,) * 60))
LOST = Standing(ConnectionState.RECONNECTING, 0, 3, Quality(Grade.OFFLINE), 12)


@pytest.fixture
def above(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setGeometry(500, 500, 100, 20)
    widget.show()
    return widget


@pytest.fixture
def popup(above: QWidget) -> QualityPopup:
    return QualityPopup(above)


def texts(popup: QualityPopup) -> list[str]:
    """The texts in it, from the top."""
    return [label.text().replace("\u200b", "") for label in popup.findChildren(QLabel) if label.isVisible()]


def test_people_place_and_figures(popup: QualityPopup, above: QWidget) -> None:
    popup.show_standing(WELL, "Session: lab\nServer: ws://lab", ["Ana (you)", "<b>Бен</b>"])
    popup.open_above(above)
    assert texts(popup)[:3] == ["Session: lab\nServer: ws://lab", "Ana (you), <b>Бен</b>", "good"]
    assert popup.figures["Latency (median)"] == "38 ms"
    assert not popup.retry.isVisible()
    popup.show_standing(LOST, "", [])
    assert "Reconnecting…" in texts(popup)
    assert popup.figures["Waiting edits"] == "3"
    assert popup.retry.isVisible()


def test_many_people_are_counted(popup: QualityPopup, above: QWidget) -> None:
    popup.show_standing(WELL, "", [str(number) for number in range(NAMES + 2)])
    popup.open_above(above)
    assert "0, 1, 2, 3, 4, 5, 6, 7 and 2 more" in texts(popup)


def test_it_opens_above_its_widget_and_on_the_screen(popup: QualityPopup, above: QWidget) -> None:
    popup.show_standing(WELL, "", ["Ana"])
    popup.open_above(above)
    assert popup.geometry().bottom() < above.mapToGlobal(QPoint()).y()
    above.move(0, 0)
    popup.open_above(above)
    assert popup.x() >= 0
    assert popup.y() >= 0


def test_nothing_is_cut_however_long_the_names_are(popup: QualityPopup, above: QWidget) -> None:
    popup.show_standing(WELL, "Session: " + "x" * 128, ["y" * 128, "Zoë"])
    popup.open_above(above)
    for label in popup.findChildren(QLabel):
        if label.isVisible() and label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())
            assert label.geometry().right() <= popup.width()


def test_keyboard_is_in_it_and_escape_closes(popup: QualityPopup, above: QWidget) -> None:
    popup.show_standing(WELL, "", [])
    popup.open_above(above)
    assert popup.focusWidget() is popup.people
    press_key(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
