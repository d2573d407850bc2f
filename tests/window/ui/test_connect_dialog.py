"""The connect dialog as its user sees it: every path, every sentence."""

from __future__ import annotations

import platform

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from optiverse_collab.core.protocol.address import Address
from optiverse_collab.window.lan import LanAddress
from optiverse_collab.window.settings import Settings
from optiverse_collab.window.ui.clipboard import copy_text
from optiverse_collab.window.ui.connect_dialog import ConnectDialog
from optiverse_collab.wording import dialogs
from tests.helpers.user_input import click, clipboard_text, press_key, type_text

TOKEN, PIN = "cHl0aG9uLWFuZC1RdDEyMw", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


@pytest.fixture
def dialog(qtbot: QtBot, settings: Settings) -> ConnectDialog:
    dialog = ConnectDialog(settings)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def write(qtbot: QtBot, dialog: ConnectDialog, field: str, text: str) -> None:
    """Replace the text of a field, as a user does who pastes."""
    edit = getattr(dialog.join_page, field).edit
    edit.selectAll()
    copy_text(text)
    edit.paste()


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("server", "", "address is empty"),
        ("server", "ftp://localhost", "begins with ws:// or wss://"),
        ("server", "ws://", "names no host"),
        ("server", "ws://host:99999", "port up to 65535"),
        ("session", "", "session is empty"),
        ("session", "x" * 200, "200 characters"),
        ("user", "   ", "user is empty"),
        ("user", "..", "can't be called"),
    ],
)
def test_faults_show_under_the_field_while_typing(
    qtbot: QtBot, dialog: ConnectDialog, field: str, text: str, says: str
) -> None:
    write(qtbot, dialog, field, text)
    checked = getattr(dialog.join_page, field)
    assert says in checked.fault
    assert checked.findChild(object, "remark").isVisible()
    assert not dialog.go.isEnabled()
    write(qtbot, dialog, field, "ws://lab:1" if field == "server" else "fine / ☃")
    assert not checked.findChild(object, "remark").isVisible()
    assert dialog.go.isEnabled()


@pytest.mark.parametrize(
    ("text", "server"),
    [
        (" localhost:8765/ ", "ws://localhost:8765"),
        ("http://lab:9000", "ws://lab:9000"),
        ("https://gateway.example/", "wss://gateway.example"),
        ("lab", "ws://lab:8765"),
    ],
)
def test_address_is_mended_and_the_dialog_says_how(
    qtbot: QtBot, dialog: ConnectDialog, text: str, server: str
) -> None:
    write(qtbot, dialog, "server", text)
    remark = dialog.join_page.server.findChild(QLabel, "remark")
    assert remark is not None
    assert (remark.text(), remark.isVisible()) == (f"Read as {server}", True)
    with qtbot.waitSignal(dialog.join_requested) as asked:
        click(dialog.go)
    assert asked.args == [server, "default", platform.node()]


@pytest.mark.parametrize("text", ["ws://x:1x", "ws://host:99999" + "9" * 40])
def test_there_is_room_for_the_whole_sentence(qtbot: QtBot, dialog: ConnectDialog, text: str) -> None:
    write(qtbot, dialog, "server", text)
    sentence = dialog.join_page.server.findChild(QLabel, "remark")
    assert sentence is not None
    qtbot.waitUntil(lambda: sentence.height() >= sentence.heightForWidth(sentence.width()) > 0)


def test_first_values_are_those_of_the_manifest(dialog: ConnectDialog) -> None:
    page = dialog.join_page
    assert (page.server.text, page.session.text) == ("ws://localhost:8765", "default")
    assert page.user.text == platform.node()
    assert dialog.server_page.port.value() == 8765
    assert dialog.server_page.address == "127.0.0.1"
    assert not page.recent.isEnabled()


@pytest.mark.parametrize("field", ["server", "session", "user"])
def test_invite_link_fills_all_fields_wherever_it_is_pasted(
    qtbot: QtBot, dialog: ConnectDialog, field: str
) -> None:
    user = dialog.join_page.user.text
    write(qtbot, dialog, field, "ws://lab-pc:9000/ws/Pump%20%26%20probe")
    page = dialog.join_page
    assert (page.server.text, page.session.text, page.user.text) == ("ws://lab-pc:9000", "Pump & probe", user)


@pytest.mark.parametrize("field", ["server", "session", "user"])
def test_a_secret_is_used_and_not_shown(
    qtbot: QtBot, dialog: ConnectDialog, settings: Settings, field: str
) -> None:
    """LINK-2: somebody may be watching, and settings are no place for it; the server's key is remembered."""
    page, link = dialog.join_page, f"wss://lab:9000/ws/Ben#t={TOKEN}&pin={PIN}"
    write(qtbot, dialog, field, link)
    assert (page.server.text, page.session.text) == ("wss://lab:9000", "Ben")
    assert "invite" in page._hint.text()
    assert "key" in page._hint.text()
    with qtbot.waitSignal(dialog.join_requested) as asked:
        click(dialog.go)
    assert asked.args == [f"wss://lab:9000#t={TOKEN}&pin={PIN}", "Ben", platform.node()]
    dialog.remember()
    assert settings.server_url == f"wss://lab:9000#pin={PIN}"
    again = ConnectDialog(settings)
    qtbot.addWidget(again)
    assert again.join_page.address() == Address("wss://lab:9000", "Ben", None, PIN)
    again.join_page.server.set_text("x")
    again.join_page.recent.activated.emit(0)
    assert again.join_page.address() == Address("wss://lab:9000", "Ben", None, PIN)
    assert PIN not in again.join_page.recent.itemText(0)


def test_another_server_gets_nothing_of_a_link(qtbot: QtBot, dialog: ConnectDialog) -> None:
    page = dialog.join_page
    write(qtbot, dialog, "server", f"wss://lab:9000/ws/Ben#t={TOKEN}&pin={PIN}")
    page.session.set_text("Zoë")
    assert page.address() == Address("wss://lab:9000", "Zoë", TOKEN, PIN)
    page.server.edit.setText("wss://lab:900")
    assert page.address() == Address("wss://lab:900", "Zoë")
    assert page._hint.text() == dialogs.JOIN_HINT


def test_link_that_is_typed_is_taken_apart_at_its_end(qtbot: QtBot, dialog: ConnectDialog) -> None:
    page = dialog.join_page
    page.server.edit.selectAll()
    type_text(page.server.edit, "lab/ws/Ben's bench")
    assert (page.server.text, page.session.text) == ("lab/ws/Ben's bench", "default")
    assert page.server.remark == "Read as ws://lab:8765/ws/Ben%27s%20bench"
    with qtbot.waitSignal(dialog.join_requested) as asked:
        press_key(page.server.edit, Qt.Key.Key_Return)
    assert asked.args == ["ws://lab:8765", "Ben's bench", platform.node()]
    assert (page.server.text, page.session.text) == ("ws://lab:8765", "Ben's bench")


def test_name_with_ws_in_it_is_no_link(qtbot: QtBot, dialog: ConnectDialog) -> None:
    write(qtbot, dialog, "session", "a/ws/b")
    assert (dialog.join_page.server.text, dialog.join_page.session.text) == ("ws://localhost:8765", "a/ws/b")


def test_join_asks_once_and_shows_progress(qtbot: QtBot, dialog: ConnectDialog) -> None:
    with qtbot.waitSignal(dialog.join_requested) as asked:
        press_key(dialog.join_page.session.edit, Qt.Key.Key_Return)
    assert asked.args == ["ws://localhost:8765", "default", platform.node()]
    assert dialog.busy
    assert dialog.isVisible()
    assert dialog.message == "Connecting to ws://localhost:8765…"
    assert not dialog.go.isEnabled()
    with qtbot.assertNotEmitted(dialog.join_requested):
        dialog._on_go()


def test_cancel_gives_up_and_a_second_try_works(qtbot: QtBot, dialog: ConnectDialog) -> None:
    click(dialog.go)
    assert dialog.cancel.text() == dialogs.CANCEL
    with qtbot.waitSignal(dialog.cancelled):
        press_key(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.message == dialogs.CANCELLED
    with qtbot.waitSignal(dialog.join_requested):
        click(dialog.go)
    dialog.show_success()
    assert not dialog.isVisible()


def test_error_shows_in_place_and_a_second_try_works(qtbot: QtBot, dialog: ConnectDialog) -> None:
    click(dialog.go)
    dialog.show_error("Nobody listens on port 8765 of localhost; start the server there.")
    assert dialog.message.startswith("Nobody listens")
    assert dialog.pages.isEnabled()
    with qtbot.waitSignal(dialog.join_requested):
        click(dialog.go)


def test_success_that_nobody_waits_for_leaves_the_dialog_open(dialog: ConnectDialog) -> None:
    dialog.show_success()
    assert dialog.isVisible()


def test_close_without_an_attempt_cancels_nothing(qtbot: QtBot, dialog: ConnectDialog) -> None:
    with qtbot.assertNotEmitted(dialog.cancelled):
        click(dialog.cancel)
    assert not dialog.isVisible()


def test_host_page_asks_for_a_server(qtbot: QtBot, dialog: ConnectDialog) -> None:
    dialog.pages.setCurrentWidget(dialog.server_page)
    assert dialog.go.text() == dialogs.HOST
    dialog.server_page.port.setValue(9123)
    dialog.server_page.listen.setCurrentIndex(1)
    with qtbot.waitSignal(dialog.server_requested) as asked:
        click(dialog.go)
    assert asked.args == [9123, "0.0.0.0", "default", platform.node()]
    dialog.show_progress("Loading…", 3, 10)
    assert dialog.message == "Loading…"


def test_invite_follows_the_fields_and_is_copied(qtbot: QtBot, dialog: ConnectDialog) -> None:
    dialog.pages.setCurrentWidget(dialog.server_page)
    page = dialog.server_page
    page.port.setValue(9123)
    page.session.set_text("Zoë's bench")
    assert page.invite.text() == "ws://localhost:9123/ws/Zo%C3%AB%27s%20bench"
    click(page.copy)
    assert clipboard_text() == page.invite.text()
    assert page.copy.text() == dialogs.COPIED
    page.session.set_text("")
    assert not dialog.go.isEnabled()
    assert page.invite.text() == ""


def test_open_to_the_network_shows_the_address(
    dialog: ConnectDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sentence says what becomes reachable; the link's secret is made once the server runs."""

    def has_address(*addresses: str) -> None:
        found = [LanAddress("Wi-Fi", address) for address in addresses]
        monkeypatch.setattr("optiverse_collab.window.ui.server_page.lan_addresses", lambda: found)

    has_address("192.0.2.7", "198.51.100.3")
    page = dialog.server_page
    dialog.pages.setCurrentWidget(page)
    page.listen.setCurrentIndex(1)
    assert (page.invite.text(), page.invite.placeholderText()) == ("", dialogs.INVITE_LATER)
    assert not page.copy.isEnabled()
    assert page._lan.text().startswith("Opens port 8765 of this computer (192.0.2.7) to the network.")
    has_address()
    page.port.setValue(9000)
    assert page._lan.text() == dialogs.NO_LAN_ADDRESS
    page.listen.setCurrentIndex(0)
    assert page.invite.text() == "ws://localhost:9000/ws/default"


def test_last_values_that_led_in_are_there_again(
    qtbot: QtBot, dialog: ConnectDialog, settings: Settings
) -> None:
    for session in ("one", "two", "one"):
        dialog.join_page.session.set_text(session)
        dialog.join_page.user.set_text("Zoë")
        click(dialog.go)
        dialog.remember()
        dialog.show_error("x")
    dialog.join_page.session.set_text("three")
    click(dialog.go)
    dialog.show_error("There is no host called lba.")
    dialog.remember()
    dialog.pages.setCurrentWidget(dialog.server_page)
    dialog.server_page.port.setValue(9123)
    dialog.server_page.user.set_text("Ana")
    click(dialog.go)
    dialog.remember()
    again = ConnectDialog(settings)
    qtbot.addWidget(again)
    assert (again.join_page.session.text, again.join_page.user.text) == ("one", "Ana")
    assert (again.server_page.port.value(), again.server_page.user.text) == (9123, "Ana")
    recent = again.join_page.recent
    assert [recent.itemText(n).split(" — ")[0] for n in range(recent.count())] == ["one", "two"]
    recent.setCurrentIndex(1)
    recent.activated.emit(1)
    assert again.join_page.session.text == "two"


def test_keyboard_alone_is_enough(qtbot: QtBot, dialog: ConnectDialog) -> None:
    """Every field and button can be reached with Tab."""
    dialog.activateWindow()
    dialog.join_page.server.edit.setFocus()
    reached = set()
    for _ in range(12):
        reached.add(QApplication.focusWidget())
        focused = QApplication.focusWidget()
        assert focused is not None
        press_key(focused, Qt.Key.Key_Tab)
    page = dialog.join_page
    assert {page.server.edit, page.session.edit, page.user.edit, dialog.go, dialog.cancel} <= reached
