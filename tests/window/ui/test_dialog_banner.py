"""A banner in a dialog of the host: it moves no widget, and takes neither keyboard nor mouse."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.dialog_banner import DialogBanner
from tests.helpers.accessible import accessible
from tests.helpers.user_input import click, press_key, type_text

LONG = "Zoë-Ngọc Müller-Lüdenscheidt von und zu Hohenberg is editing this, too. " * 2


class Form(QDialog):
    """A dialog such as a host may have."""

    def __init__(self) -> None:
        super().__init__()
        self.line = QLineEdit(self)
        form = QFormLayout(self)
        form.addRow("Name", self.line)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok, parent=self)
        buttons.accepted.connect(self.accept)
        form.addRow(buttons)
        self.resize(300, 120)

    def places(self) -> dict[QWidget, tuple[QPoint, int]]:
        """The positions of the host's widgets, and the height of the dialog."""
        own = [child for child in self.findChildren(QWidget) if not self._is_ours(child)]
        return {child: (child.mapTo(self, QPoint()), child.height()) for child in own}

    def _is_ours(self, child: QWidget | None) -> bool:
        while child is not None and not isinstance(child, DialogBanner):
            child = child.parentWidget()
        return child is not None


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    form = Form()
    qtbot.addWidget(form)
    form.show()
    form.line.setFocus()
    qtbot.wait(1)
    return form


@pytest.mark.parametrize("text", ["Bob is editing this, too.", LONG])
def test_nothing_moves_when_it_comes_changes_or_goes(qtbot: QtBot, form: Form, text: str) -> None:
    places, size = form.places(), form.size()
    banner = DialogBanner(form)
    for said in (text, "Somebody else.", text):
        banner.show_text(said, [("Ask", lambda: None)])
        qtbot.wait(1)
        assert form.places() == places
        assert banner.geometry().bottomLeft() == form.rect().bottomLeft()
        assert banner.width() == form.width()
        assert form.height() == size.height() + banner.height()
    banner.leave()
    qtbot.wait(1)
    assert form.places() == places
    assert form.size() == size


def test_it_stays_at_the_bottom(qtbot: QtBot, form: Form) -> None:
    banner = DialogBanner(form)
    banner.show_text(LONG, [])
    high = banner.height()
    form.resize(900, 300)
    qtbot.waitUntil(lambda: banner.width() == 900)
    assert banner.height() < high
    assert banner.geometry().bottomLeft() == form.rect().bottomLeft()


def test_the_keyboard_stays_where_it_was(qtbot: QtBot, form: Form) -> None:
    asked: list[int] = []
    banner = DialogBanner(form)
    type_text(form.line, "half ")
    banner.show_text("Bob is editing this, too.", [("Ask", lambda: asked.append(1))])
    assert form.focusWidget() is form.line
    type_text(form.line, "typed")
    assert form.line.text() == "half typed"
    click(banner.buttons[0])
    assert asked == [1]
    assert form.focusWidget() is form.line
    press_key(form.line, Qt.Key.Key_Return)
    assert asked == [1]
    assert form.result() == QDialog.DialogCode.Accepted


def test_its_button_is_reached_by_keyboard_and_named(qtbot: QtBot, form: Form) -> None:
    asked: list[int] = []
    banner = DialogBanner(form)
    banner.show_text("<b>Bob</b> is editing this, too.", [("Ask", lambda: asked.append(1))])
    for _ in range(5):
        if form.focusWidget() is not banner.buttons[0]:
            press_key(form.focusWidget() or form, Qt.Key.Key_Tab)
    assert form.focusWidget() is banner.buttons[0]
    press_key(banner.buttons[0], Qt.Key.Key_Space)
    assert asked == [1]
    assert accessible(banner).name == "<b>Bob</b> is editing this, too."
    assert accessible(banner.buttons[0]).name == "Ask"
