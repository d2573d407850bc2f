"""The widget draws the code in black on white, with a margin."""

from __future__ import annotations

import pytest
import segno
from PyQt6.QtGui import QColor, QImage, QPalette
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.qr_code import QUIET_MODULES, QrCode

LINK = f"wss://192.168.178.23:8765/ws/lab#t={'x' * 22}&pin={'y' * 43}"
RIM = QUIET_MODULES


@pytest.fixture
def code(qtbot: QtBot) -> QrCode:
    code = QrCode()
    qtbot.addWidget(code)
    palette = code.palette()
    palette.setColor(QPalette.ColorRole.Window, QColor("#202020"))  # even in a dark theme
    code.setPalette(palette)
    return code


def modules_in(picture: QImage, count: int) -> list[list[int]]:
    """What a camera reads: the middle of each module, including the margin."""
    side = min(picture.width(), picture.height()) // count
    left, top = (picture.width() - side * count) // 2, (picture.height() - side * count) // 2

    def read(x: int, y: int) -> int:
        colour = picture.pixelColor(left + x * side + side // 2, top + y * side + side // 2)
        assert colour.name() in ("#000000", "#ffffff")
        return int(colour.name() == "#000000")

    return [[read(x, y) for x in range(count)] for y in range(count)]


@pytest.mark.parametrize("size", [(0, 0), (700, 410), (333, 600)])
def test_a_camera_reads_the_link(code: QrCode, size: tuple[int, int]) -> None:
    assert code.set_text(LINK)
    code.resize(*size) if size[0] else code.resize(code.sizeHint())
    read = modules_in(code.grab().toImage(), len(code.modules) + 2 * RIM)
    rim = [0] * len(read)
    assert read[:RIM] == read[-RIM:] == [rim] * RIM
    inner = [row[RIM:-RIM] for row in read[RIM:-RIM]]
    assert inner == [list(row) for row in segno.make(LINK, micro=False, error="m").matrix]
    assert all(row[:RIM] == row[-RIM:] == [0] * RIM for row in read)


def test_there_is_room_for_it(code: QrCode) -> None:
    assert code.sizeHint().isNull()
    code.set_text(LINK)
    side = code.sizeHint().width()
    assert side == code.minimumSizeHint().height() >= 4 * (len(code.modules) + 2 * RIM)


def test_without_a_text_nothing_is_drawn(code: QrCode) -> None:
    code.set_text(LINK)
    assert not code.set_text("")
    code.resize(100, 100)
    assert code.grab().toImage().pixelColor(50, 50).name() not in ("#000000", "#ffffff")


def test_a_text_that_is_too_long_has_no_code(code: QrCode) -> None:
    assert not code.set_text("x" * 5000)
    assert code.modules == []
