"""The dialog that asks for the name of a version."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.core.versions import NAME_CHARS, check_name
from optiverse_collab.window.ui.version_dialog import VersionDialog
from tests.helpers.accessible import accessible
from tests.helpers.user_input import press_key, type_text

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(parent: QWidget) -> VersionDialog:
    made = VersionDialog("The version keeps the bench.", lambda name: check_name(name, ["taken"]), parent)
    made.show()
    return made


def test_a_name_is_kept_by_keyboard(dialog: VersionDialog) -> None:
    names: list[str] = []
    dialog.wanted.connect(names.append)
    type_text(dialog.name, "  Before the new lens ")
    press_key(dialog.name, Qt.Key.Key_Return)
    assert names == ["Before the new lens"]
    assert not dialog.isVisible()


@pytest.mark.parametrize(
    ("name", "problem"), [("", "needs a name"), ("Taken", "already"), ("812", "number of a change")]
)
def test_what_is_wrong_with_a_name(name: str, problem: str, dialog: VersionDialog) -> None:
    """The dialog stays, and says it."""
    names: list[str] = []
    dialog.wanted.connect(names.append)
    type_text(dialog.name, name)
    press_key(dialog.name, Qt.Key.Key_Return)
    assert problem in dialog.problem.text()
    assert dialog.isVisible()
    assert names == []


def test_names_have_a_limit(dialog: VersionDialog) -> None:
    dialog.name.setText("x" * 500)
    assert len(dialog.name.text()) == NAME_CHARS


def test_it_can_be_read_aloud(dialog: VersionDialog) -> None:
    assert accessible(dialog.name).name
    assert any(label.text() == "The version keeps the bench." for label in dialog.findChildren(QLabel))
