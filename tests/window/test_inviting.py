"""A window hosts a session for the local network, and a guest joins with one link; over 127.0.0.1."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.access_effects import InviteMade
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.core.protocol.address import Address, parse_address
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.window import inviting
from optiverse_collab.window.lan import LanAddress
from optiverse_collab.window.ui.connect_dialog import ConnectDialog
from optiverse_collab.wording import dialogs
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click, clipboard_text
from tests.helpers.windows import SOON, Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"


@pytest.fixture
def two_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer is in two networks; their first address works here, too."""
    found = [LanAddress("Wi-Fi", "127.0.0.1"), LanAddress("Lab", "192.0.2.7")]
    monkeypatch.setattr(inviting, "lan_addresses", lambda: found)


def ask_to_host(desk: Desk, port: int, listen: str, session: str = "lab") -> ConnectDialog:
    """Open the dialog that hosts a session."""
    dialog = desk.controller.open_connect_dialog()
    page = dialog.server_page
    dialog.pages.setCurrentWidget(page)
    page.port.setValue(port)
    page.listen.setCurrentIndex(page.listen.findData(listen))
    page.session.set_text(session)
    click(dialog.go)
    return dialog


def host(qtbot: QtBot, desk: Desk, port: int, session: str = "lab") -> None:
    """Host a session for everybody in the local network, and wait until it runs."""
    ask_to_host(desk, port, EVERYWHERE, session)
    qtbot.waitUntil(lambda: desk.manager.status is ConnectionState.CONNECTED, timeout=2 * SOON)


def shown_link(qtbot: QtBot, desk: Desk) -> str:
    """The invite link that the button reveals."""
    dialog = desk.controller.inviting.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.copy.isEnabled, timeout=SOON)
    click(dialog.copy)
    return clipboard_text()


def role_of(desk: Desk) -> Role:
    session = desk.manager.service.session
    assert session is not None
    assert session.me is not None
    return session.me.role


def is_made(effect: SessionEffect) -> bool:
    return isinstance(effect, InviteMade)


def is_in(desk: Desk) -> bool:
    return desk.manager.status is ConnectionState.CONNECTED


@pytest.mark.usefixtures("two_networks")
def test_a_guest_pastes_one_link_and_is_in(qtbot: QtBot, pair: tuple[Desk, Desk], hosting: Hosted) -> None:
    """LINK-1, LINK-3: with TLS and an invite, and without a question."""
    ann, ben = pair
    host(qtbot, ann, hosting.port)
    assert role_of(ann) is Role.OWNER
    place = parse_address(shown_link(qtbot, ann))
    assert (place.server, place.session) == (f"wss://127.0.0.1:{hosting.port}", "lab")
    assert place.token is not None
    assert place.pin == ann.manager.hosting.pin is not None
    dialog = ben.controller.open_connect_dialog()
    dialog.join_page.server.edit.selectAll()
    dialog.join_page.server.edit.paste()
    click(dialog.go)
    qtbot.waitUntil(lambda: is_in(ben), timeout=SOON)
    assert role_of(ben) is Role.EDITOR
    ben.window.insert(TEMPLATES[0])
    qtbot.waitUntil(lambda: ann.content() == ben.content() != {}, timeout=SOON)
    lines = [line for desk in pair for level in ("DEBUG", "INFO", "WARNING") for line in desk.log(level)]
    assert not [line for line in lines if place.token in line]


@pytest.mark.usefixtures("two_networks")
def test_each_network_has_a_link_of_its_own(qtbot: QtBot, pair: tuple[Desk, Desk], hosting: Hosted) -> None:
    ann, _ = pair
    host(qtbot, ann, hosting.port)
    first = shown_link(qtbot, ann)
    dialog = ann.controller.inviting.dialog
    assert dialog is not None
    assert [dialog.ways.itemText(n) for n in range(2)] == ["127.0.0.1 (Wi-Fi)", "192.0.2.7 (Lab)"]
    dialog.ways.setCurrentIndex(1)
    second = shown_link(qtbot, ann)
    assert second == first.replace("127.0.0.1", "192.0.2.7")


@pytest.mark.usefixtures("two_networks")
def test_the_menu_shows_one_invite_until_it_is_revoked(
    qtbot: QtBot, pair: tuple[Desk, Desk], hosting: Hosted
) -> None:
    ann, _ = pair
    host(qtbot, ann, hosting.port)
    link = shown_link(qtbot, ann)
    dialog = ann.controller.inviting.dialog
    assert dialog is not None
    dialog.close()
    ann.controller.copy_invite()
    assert dialog.isVisible()
    assert shown_link(qtbot, ann) == link
    made, session = ann.controller.inviting._made, ann.manager.service.session
    assert made is not None
    assert session is not None
    session.access.change(made.grant, Role.NONE)
    ann.manager.service.wake()
    qtbot.waitUntil(lambda: ann.controller.inviting._made is None, timeout=SOON)
    ann.controller.copy_invite()
    assert shown_link(qtbot, ann) != link


@pytest.mark.usefixtures("two_networks")
def test_a_guest_copies_a_link_without_an_invite(
    qtbot: QtBot, pair: tuple[Desk, Desk], hosting: Hosted
) -> None:
    """They may not invite, and their own token must stay private."""
    ann, ben = pair
    host(qtbot, ann, hosting.port)
    link = parse_address(shown_link(qtbot, ann))
    ben.join(link._replace(session=None).link, "lab", "Ben")
    qtbot.waitUntil(lambda: is_in(ben), timeout=SOON)
    ben.controller.copy_invite()
    assert ben.controller.inviting.dialog is None
    assert parse_address(clipboard_text()) == link._replace(token=None)


@pytest.mark.usefixtures("two_networks")
def test_a_link_that_was_made_for_another_is_not_shown(
    qtbot: QtBot, pair: tuple[Desk, Desk], hosting: Hosted
) -> None:
    """For example, one for owners, if the answer to this window's own request was lost."""
    ann, _ = pair
    host(qtbot, ann, hosting.port)
    link, session, service = shown_link(qtbot, ann), ann.manager.session, ann.manager.service
    assert session is not None
    ann.controller.inviting._made = None
    dialog = ann.controller.inviting.open()
    session.access.disconnected()
    access = ann.controller.access.open()
    with qtbot.waitSignal(service.happened, timeout=SOON, check_params_cb=is_made):
        access.link_wanted.emit(Role.OWNER, "", 0, 1, False)
    assert not dialog.copy.isEnabled()
    assert parse_address(clipboard_text()).token not in (None, parse_address(link).token)
    ann.controller.copy_invite()
    assert shown_link(qtbot, ann) != link


def test_here_alone_nobody_needs_an_invite(qtbot: QtBot, pair: tuple[Desk, Desk], hosting: Hosted) -> None:
    ann, ben = pair
    ask_to_host(ann, hosting.port, HERE)
    qtbot.waitUntil(lambda: is_in(ann), timeout=2 * SOON)
    assert ann.controller.inviting.dialog is None
    ann.controller.copy_invite()
    assert clipboard_text() == f"ws://localhost:{hosting.port}/ws/lab"
    ben.join(f"ws://localhost:{hosting.port}", "lab", "Ben")
    qtbot.waitUntil(lambda: is_in(ben), timeout=SOON)


@pytest.mark.usefixtures("two_networks")
def test_a_server_that_outlived_its_editor_lets_its_owner_in(
    qtbot: QtBot, pair: tuple[Desk, Desk], hosting: Hosted
) -> None:
    """Another window finds the server, and its files prove that the same user started it."""
    ann, ben = pair
    host(qtbot, ann, hosting.port)
    host(qtbot, ben, hosting.port, "another session")
    assert role_of(ben) is Role.OWNER
    assert ben.manager.hosting.pid is None
    assert parse_address(shown_link(qtbot, ben)).session == "another session"


def test_a_server_that_is_not_encrypted_is_in_the_way(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess
) -> None:
    ann, _ = pair
    dialog = ask_to_host(ann, server.port, EVERYWHERE)
    qtbot.waitUntil(lambda: not dialog.busy, timeout=SOON)
    assert dialog.message == dialogs.UNENCRYPTED_SERVER.format(port=server.port)


def test_a_server_without_tokens_gives_no_invite(
    qtbot: QtBot, pair: tuple[Desk, Desk], tmp_path: Path
) -> None:
    """The link is shown anyway, with the reason why it contains no invite."""
    ann, _ = pair
    options = ["--host", EVERYWHERE, "--auth", "none"]
    with ServerProcess(tmp_path / "server", *options) as server:
        place = Address(f"wss://127.0.0.1:{server.port}", None, pin=server.pin)
        ann.join(place.link, "lab", "Ann")
        qtbot.waitUntil(lambda: is_in(ann), timeout=SOON)
        dialog = ann.controller.inviting.open()
        assert parse_address(shown_link(qtbot, ann)) == place._replace(session="lab")
        ann.manager.leave()
    says = dialog.findChild(QLabel, "says")
    assert says is not None
    assert says.text().endswith("The link leads to the session, without an invite.")
