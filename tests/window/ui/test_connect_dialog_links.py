"""The link that the editor was started with is entered in the connect dialog."""

from __future__ import annotations

import platform

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.window.settings import Settings
from optiverse_collab.window.ui.connect_dialog import ConnectDialog

TOKEN, PIN = "cHl0aG9uLWFuZC1RdDEyMw", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
FRAGMENT = f"#t={TOKEN}&pin={PIN}"


@pytest.fixture
def dialog(qtbot: QtBot, settings: Settings) -> ConnectDialog:
    dialog = ConnectDialog(settings)
    qtbot.addWidget(dialog)
    dialog.pages.setCurrentWidget(dialog.server_page)
    dialog.show()
    return dialog


def test_one_that_names_a_session_is_joined_at_once(qtbot: QtBot, dialog: ConnectDialog) -> None:
    with qtbot.waitSignal(dialog.join_requested) as asked:
        dialog.join(f"wss://lab:9000/ws/Ben{FRAGMENT}")
    assert asked.args == [f"wss://lab:9000{FRAGMENT}", "Ben", platform.node()]
    assert dialog.busy
    assert dialog.pages.currentWidget() is dialog.join_page
    assert TOKEN not in dialog.join_page.server.text


@pytest.mark.parametrize("link", ["wss://lab:9000", f"wss://lab:9000{FRAGMENT}"])
def test_one_without_a_session_waits_for_its_name(qtbot: QtBot, dialog: ConnectDialog, link: str) -> None:
    with qtbot.assertNotEmitted(dialog.join_requested):
        dialog.join(link)
    assert dialog.join_page.server.text == "wss://lab:9000"
    assert dialog.join_page.address().link == link.replace("9000", "9000/ws/default")
