"""Menus are made where they are missing; an entry that fails logs one line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence, QPixmap
from PyQt6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.log import Log
from optiverse_collab_demo.menus import add_entry, guarded, menu_at, plain
from tests.helpers.user_input import press_key


@pytest.fixture
def main_window(qtbot: QtBot) -> QMainWindow:
    main_window = QMainWindow()
    qtbot.addWidget(main_window)
    return main_window


def nothing() -> None:
    """The action of an entry that nobody chooses."""


def broken() -> None:
    raise ValueError("it is broken")


def speechless() -> None:
    raise RuntimeError


def test_what_fails_is_in_the_log_and_goes_no_further(qtbot: QtBot) -> None:
    log = Log()
    guarded(log, "“Connect…”", broken)()
    guarded(log, "“Connect…”", speechless)()
    lines = [(line.level, line.category, line.text.splitlines()[-1]) for line in log.lines]
    assert lines == [
        ("ERROR", "Plugins", "✗ “Connect…” failed: it is broken"),
        ("DEBUG", "Plugins", "ValueError: it is broken"),
        ("ERROR", "Plugins", "✗ “Connect…” failed: RuntimeError"),
        ("DEBUG", "Plugins", "RuntimeError"),
    ]


def test_what_works_says_nothing(qtbot: QtBot) -> None:
    log, ran = Log(), list[int]()
    guarded(log, "It", lambda: ran.append(1))()
    assert ran == [1]
    assert not log.lines


def test_wish_to_end_the_program_is_no_failure(qtbot: QtBot) -> None:
    def end() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guarded(Log(), "It", end)()


def test_menu_needs_a_title(main_window: QMainWindow) -> None:
    with pytest.raises(ValueError, match="a title"):
        menu_at(main_window, ())


def test_menus_are_made_once_whatever_their_mnemonic(main_window: QMainWindow) -> None:
    inner = menu_at(main_window, ("&Tools", "&More"))
    assert menu_at(main_window, ("T&ools", "More")) is inner
    assert menu_at(main_window, ("Tools",)) is not inner
    bar = main_window.menuBar()
    assert bar is not None
    assert [action.text() for action in bar.actions()] == ["&Tools"]


def test_entry_runs_by_its_shortcut(qtbot: QtBot, main_window: QMainWindow) -> None:
    ran: list[int] = []
    action = add_entry(main_window, ("&Tools",), "&Run", "Ctrl+Shift+R", "", lambda: ran.append(1))
    assert action.shortcut() == QKeySequence("Ctrl+Shift+R")
    main_window.show()
    main_window.activateWindow()
    qtbot.waitUntil(main_window.isActiveWindow)
    press_key(
        main_window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert ran == [1]


def test_entries_stand_in_their_order(main_window: QMainWindow) -> None:
    for text in ("One", "Two", "Three"):
        add_entry(main_window, ("&Tools",), text, "", "", nothing)
    assert [action.text() for action in menu_at(main_window, ("Tools",)).actions()] == ["One", "Two", "Three"]


def test_entry_follows_what_tells_when_it_can_be_used(main_window: QMainWindow) -> None:
    callbacks: list[Callable[[bool], None]] = []

    def when(enable: Callable[[bool], None]) -> None:
        callbacks.append(enable)

    action = add_entry(main_window, ("&Tools",), "Run", "", "", nothing, when)
    (enable,) = callbacks
    for usable in (False, True, False):
        enable(usable)
        assert action.isEnabled() is usable
    assert add_entry(main_window, ("&Tools",), "Always", "", "", nothing).isEnabled()


def test_entry_has_its_picture(main_window: QMainWindow, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("icons") / "icon.png"
    picture = QPixmap(16, 16)
    picture.fill(Qt.GlobalColor.red)
    assert picture.save(str(path))
    assert not add_entry(main_window, ("&Tools",), "Run", "", str(path), nothing).icon().isNull()
    assert add_entry(main_window, ("&Tools",), "Run", "", "", nothing).icon().isNull()


def test_title_is_read_without_its_mark() -> None:
    assert plain("Save &as…") == "Save as…"


def test_an_entry_that_can_be_checked_shows_it(main_window: QMainWindow) -> None:
    check: list[Callable[[bool], None]] = []
    entry = add_entry(main_window, ("&View",), "&Quiet", "", "", nothing, checked_when=check.append)
    check[0](True)
    assert entry.isChecked()
    assert not add_entry(main_window, ("&View",), "&Other", "", "", nothing).isCheckable()
