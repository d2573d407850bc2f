"""An invite link is a secret: users copy it unseen, and it shows only when they ask."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from optiverse_collab.window.ui.invite_dialog import InviteDialog, Way
from optiverse_collab.wording import dialogs, inviting
from tests.helpers.user_input import click, clipboard_text

SECRET = f"#t={'x' * 22}&pin={'y' * 43}"
WIFI = Way("Wi-Fi", f"wss://192.0.2.7:8765/ws/lab{SECRET}")
CABLE = Way("Cable", f"wss://198.51.100.3:8765/ws/lab{SECRET}")


@pytest.fixture
def dialog(qtbot: QtBot) -> InviteDialog:
    dialog = InviteDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def says(dialog: InviteDialog) -> str:
    label = dialog.findChild(QLabel, "says")
    assert label is not None
    return label.text()


def test_there_is_nothing_to_copy_before_there_is_an_invite(dialog: InviteDialog) -> None:
    assert says(dialog) == inviting.MAKING
    assert not dialog.copy.isEnabled()
    assert not dialog.show_link.isEnabled()


def test_a_link_is_copied_and_not_shown(dialog: InviteDialog) -> None:
    dialog.show_ways([WIFI], "Whoever has it may come.")
    assert says(dialog) == "Whoever has it may come."
    assert dialog.link.text() == "wss://192.0.2.7:8765/ws/lab#…"
    assert not dialog.code.isVisible()
    assert dialog.code.modules == []
    click(dialog.copy)
    assert clipboard_text() == WIFI.link
    assert dialog.copy.text() == dialogs.COPIED


def test_a_link_is_shown_with_its_code_and_hidden_again(dialog: InviteDialog) -> None:
    dialog.show_ways([WIFI], "")
    click(dialog.show_link)
    assert dialog.link.text() == WIFI.link
    assert dialog.code.isVisible()
    assert dialog.show_link.text() == inviting.HIDE
    click(dialog.show_link)
    assert dialog.link.text() == "wss://192.0.2.7:8765/ws/lab#…"
    assert not dialog.code.isVisible()
    assert dialog.show_link.text() == inviting.SHOW


def test_of_several_networks_one_is_chosen(dialog: InviteDialog) -> None:
    dialog.show_ways([WIFI], "")
    assert not dialog.ways.isVisible()
    dialog.show_ways([WIFI, CABLE], "")
    assert dialog.ways.isVisible()
    click(dialog.show_link)
    before = dialog.code.modules
    dialog.ways.setCurrentIndex(1)
    assert dialog.link.text() == CABLE.link
    assert dialog.code.modules != before
    click(dialog.copy)
    assert clipboard_text() == CABLE.link


def test_a_new_invite_is_hidden_at_first(dialog: InviteDialog) -> None:
    """The window may be on a projector by now."""
    dialog.show_ways([WIFI], "")
    click(dialog.show_link)
    dialog.show_ways([CABLE], "")
    assert dialog.link.text().endswith("#…")
    assert not dialog.code.isVisible()


def test_a_link_without_a_secret_is_shown(dialog: InviteDialog) -> None:
    dialog.show_ways([Way("", "ws://localhost:8765/ws/lab")], "")
    assert dialog.link.text() == "ws://localhost:8765/ws/lab"


def test_a_link_that_is_too_long_for_a_code_says_so(dialog: InviteDialog) -> None:
    """128 characters of a non-Latin script, percent-encoded."""
    dialog.show_ways([Way("", f"wss://192.0.2.7:8765/ws/{'%F0%9F%94%AC' * 250}{SECRET}")], "")
    click(dialog.show_link)
    assert not dialog.code.isVisible()
    assert inviting.NO_CODE in [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
