"""Notices in the corner of a window."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui import toasts
from optiverse_collab.window.ui.toasts import GAP, MOST, Toasts, breakable
from tests.helpers.user_input import click, press_key


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    window.setCentralWidget(QLineEdit(window))
    window.resize(700, 500)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def notices(window: QMainWindow) -> Toasts:
    return Toasts(window)


def texts(notices: Toasts) -> list[str]:
    """The visible notices, oldest first."""
    return [toast.text for toast in notices.shown]


def test_notice_takes_no_focus_and_shows_markup_as_text(window: QMainWindow, notices: Toasts) -> None:
    field = window.centralWidget()
    assert field is not None
    field.setFocus()
    notices.show("<b>Ben</b> moved it.")
    [toast] = notices.shown
    [label] = toast.findChildren(QLabel)
    assert toast.isVisible()
    assert window.focusWidget() is field
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert (label.text().replace("\u200b", ""), toast.accessibleName()) == (toast.text, toast.text)


def test_at_most_three_show_and_the_oldest_goes_first(notices: Toasts) -> None:
    for number in range(MOST + 2):
        notices.show(str(number))
    assert texts(notices) == ["2", "3", "4"]


def test_one_that_waits_for_an_answer_goes_last(notices: Toasts) -> None:
    notices.show("question", [("&Yes", lambda: None)])
    for number in range(MOST + 1):
        notices.show(str(number))
    assert texts(notices) == ["question", "2", "3"]


def test_notice_goes_after_a_while_unless_it_asks(
    qtbot: QtBot, notices: Toasts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toasts, "SHOWN_MS", 1)
    notices.show("question", [("&Yes", lambda: None)])
    notices.show("news")
    qtbot.waitUntil(lambda: texts(notices) == ["question"])


def test_notice_stays_while_the_keyboard_is_on_it(
    qtbot: QtBot, notices: Toasts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toasts, "SHOWN_MS", 1)
    notices.show("read me")
    [toast] = notices.shown
    toast.dismiss.setFocus()
    notices.show("news")
    qtbot.waitUntil(lambda: texts(notices) == ["read me"])
    toast.dismiss.clearFocus()
    qtbot.waitUntil(lambda: texts(notices) == [])


def test_notice_with_an_end_goes_then_answered_or_not(qtbot: QtBot, notices: Toasts) -> None:
    notices.show("Come and see.", [("Go there", lambda: None)], lasts_ms=20)
    notices.focus_newest()
    qtbot.waitUntil(lambda: notices.shown == [])


def test_button_does_its_work_and_closes_the_notice(notices: Toasts) -> None:
    done: list[str] = []
    notices.show("It was replaced.", [("&Show", lambda: done.append("show")), ("&No", lambda: None)])
    click(notices.shown[0].buttons[0])
    assert (done, texts(notices)) == (["show"], [])


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Space])
def test_keyboard_dismisses(notices: Toasts, key: Qt.Key) -> None:
    notices.show("news", [("&Yes", lambda: None)])
    press_key(notices.shown[0].dismiss, key)
    assert texts(notices) == []


def test_other_keys_do_nothing(notices: Toasts) -> None:
    notices.show("news")
    press_key(notices.shown[0], Qt.Key.Key_A)
    assert texts(notices) == ["news"]


def test_all_stay_in_the_corner_without_overlap(qtbot: QtBot, window: QMainWindow, notices: Toasts) -> None:
    for number in range(MOST):
        notices.show(f"{number} " + "x" * 90)
    for width in (700, 260):
        window.resize(width, 500)
        qtbot.waitUntil(lambda: notices.shown[-1].geometry().right() == window.width() - GAP - 1)
        boxes = [toast.geometry() for toast in notices.shown]
        assert all(box.left() >= 0 for box in boxes)
        assert all(above.bottom() < below.top() for above, below in pairwise(boxes))
        for toast in notices.shown:
            [label] = toast.findChildren(QLabel)
            assert label.height() >= label.heightForWidth(label.width())
            assert label.fontMetrics().horizontalAdvance("x" * 16) <= label.width()


def test_window_without_a_central_widget_has_notices_too(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    notices = Toasts(window)
    notices.show("news")
    assert window.rect().contains(notices.shown[0].geometry())


def test_clear_removes_them_all(notices: Toasts) -> None:
    notices.show("1")
    notices.show("2")
    notices.clear()
    assert texts(notices) == []


def test_long_words_can_be_broken() -> None:
    name = "光" * 40
    assert breakable(f"short {name}").replace("\u200b", "") == f"short {name}"
    assert max(map(len, breakable(name).split("\u200b"))) == 16
    joined = "न्य" * 20  # three code points for two joined letters, in Devanagari
    parts = breakable(joined).split("\u200b")
    assert all(part.startswith("न") for part in parts)
    assert len(parts) > 1
    assert breakable("moved to (1.0, 2.0) mm") == "moved to (1.0, 2.0) mm"


def test_quiet_shows_only_what_is_urgent(notices: Toasts) -> None:
    notices.quiet = True
    notices.show("news")
    notices.show("a conflict", urgent=True)
    assert texts(notices) == ["a conflict"]


def test_the_newest_gets_the_keyboard_and_gives_it_back(window: QMainWindow, notices: Toasts) -> None:
    changes: list[int] = []
    notices.changed.connect(lambda: changes.append(len(notices.shown)))
    notices.focus_newest()
    notices.show("question", [("&Yes", lambda: None)])
    notices.show("news")
    notices.focus_newest()
    newest = notices.shown[-1]
    assert window.focusWidget() is newest.dismiss
    press_key(newest.dismiss, Qt.Key.Key_Space)
    assert window.focusWidget() is window.centralWidget()
    notices.focus_newest()
    assert window.focusWidget() is notices.shown[0].buttons[0]
    notices.clear()
    assert changes == [1, 2, 1, 0]
