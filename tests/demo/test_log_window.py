"""The log window shows the lines that pass its filters, and no others, in every theme."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPlainTextEdit, QPushButton, QScrollBar
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.log import Log
from optiverse_collab_demo.log_window import LogWindow
from optiverse_collab_demo.theme import DARK, LIGHT, Theme
from tests.helpers.user_input import click, press_key, type_text


@pytest.fixture
def log(qtbot: QtBot) -> Log:
    log = Log()
    log.add_categories(["General", "Files"])
    return log


@pytest.fixture
def log_window(qtbot: QtBot, log: Log) -> LogWindow:
    log_window = LogWindow(log)
    qtbot.addWidget(log_window)
    log_window.show()
    return log_window


def write_all(log: Log) -> None:
    log.write("DEBUG", "General", "a detail")
    log.write("INFO", "Files", "✓ Saved bench.json")
    log.write("WARNING", "Plugins", "half of it")
    log.write("ERROR", "Files", "✗ There is no file")


def shown(log_window: LogWindow) -> list[str]:
    """The texts of the visible lines."""
    return [line.split(" | ")[-1] for line in text_of(log_window).toPlainText().splitlines()]


def text_of(log_window: LogWindow) -> QPlainTextEdit:
    text = log_window.findChild(QPlainTextEdit)
    assert text is not None
    return text


def scroll_bar(log_window: LogWindow) -> QScrollBar:
    bar = text_of(log_window).verticalScrollBar()
    assert bar is not None
    return bar


ALL = ["a detail", "✓ Saved bench.json", "half of it", "✗ There is no file"]


@pytest.mark.parametrize(
    ("level", "lines"), [("All", ALL), ("INFO", ALL[1:]), ("WARNING", ALL[2:]), ("ERROR", ALL[3:])]
)
def test_level_and_above_is_shown_old_lines_and_new(
    log: Log, log_window: LogWindow, level: str, lines: list[str]
) -> None:
    write_all(log)
    log_window.level.setCurrentText(level)
    assert shown(log_window) == lines
    write_all(log)
    assert shown(log_window) == lines * 2


def test_category_is_shown_alone(log: Log, log_window: LogWindow) -> None:
    write_all(log)
    log_window.category.setCurrentText("Files")
    assert shown(log_window) == [ALL[1], ALL[3]]
    log.write("INFO", "General", "another")
    assert shown(log_window) == [ALL[1], ALL[3]]
    log_window.category.setCurrentText("All")
    assert shown(log_window) == [*ALL, "another"]


def test_category_comes_with_its_first_line_and_once(log: Log, log_window: LogWindow) -> None:
    write_all(log)
    write_all(log)
    box = log_window.category
    assert [box.itemText(n) for n in range(box.count())] == ["All", "General", "Files", "Plugins"]


@pytest.mark.parametrize("text", ["SAVED", "saved", "files", "bench.json"])
def test_search_finds_text_whatever_its_case(
    qtbot: QtBot, log: Log, log_window: LogWindow, text: str
) -> None:
    write_all(log)
    type_text(log_window.search, text)
    assert ALL[1] in shown(log_window)
    assert ALL[2] not in shown(log_window)


def test_filters_hold_together(qtbot: QtBot, log: Log, log_window: LogWindow) -> None:
    write_all(log)
    log_window.level.setCurrentText("WARNING")
    log_window.category.setCurrentText("Files")
    type_text(log_window.search, "no file")
    assert shown(log_window) == [ALL[3]]
    type_text(log_window.search, " of the sort")
    assert shown(log_window) == []


def test_what_was_logged_before_it_opened_is_there(qtbot: QtBot, log: Log) -> None:
    write_all(log)
    log_window = LogWindow(log)
    qtbot.addWidget(log_window)
    assert shown(log_window) == ALL


def test_clear_button_clears_and_return_does_not(qtbot: QtBot, log: Log, log_window: LogWindow) -> None:
    write_all(log)
    press_key(log_window.search, Qt.Key.Key_Return)
    assert shown(log_window) == ALL
    clear = log_window.findChild(QPushButton)
    assert clear is not None
    click(clear)
    assert shown(log_window) == []
    assert not log.lines


def test_markup_is_text(log: Log, log_window: LogWindow) -> None:
    log.write("INFO", "General", "<b>not bold</b>")
    assert shown(log_window) == ["<b>not bold</b>"]


def test_lines_of_a_stack_trace_stay_together(log: Log, log_window: LogWindow) -> None:
    log.write("DEBUG", "General", "Traceback\n  line 1")
    assert text_of(log_window).toPlainText().endswith("Traceback\n  line 1")


def test_end_is_followed_until_the_user_looks_further_up(log: Log, log_window: LogWindow) -> None:
    bar = scroll_bar(log_window)
    for _ in range(100):
        write_all(log)
    assert bar.value() == bar.maximum() > 0
    bar.setValue(10)
    write_all(log)
    assert bar.value() == 10


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_levels_have_colours_that_can_be_told_apart(log: Log, log_window: LogWindow, theme: Theme) -> None:
    write_all(log)
    log_window.set_theme(theme)
    log_window.setPalette(theme.palette())
    text = log_window.findChild(QPlainTextEdit)
    assert text is not None
    document = text.document()
    assert document is not None
    blocks = [document.findBlockByNumber(n) for n in range(4)]
    colours = [block.begin().fragment().charFormat().foreground().color().name() for block in blocks]
    assert len(set(colours)) == 4
    assert colours[1] == theme.text.name()
