"""An owner decides who may join; on a real server that requires invites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QTreeWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab.window.ui.access_dialog import AccessDialog
from tests.helpers.guarded_server import GuardedServer, guarded_server
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import clipboard_text
from tests.helpers.windows import SOON, Desk, names_in

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ENTRY = "People and links…"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[GuardedServer]:
    """A server for each test, since an owner of the server owns every session."""
    with guarded_server(tmp_path / "guarded") as server:
        yield server


@pytest.fixture
def ann(pair: tuple[Desk, Desk], guarded: GuardedServer, session_id: str) -> Desk:
    pair[0].join(guarded.owner_link(session_id), session_id, "Ann")
    return pair[0]


@pytest.fixture
def dialog(qtbot: QtBot, ann: Desk) -> AccessDialog:
    """Ann's dialog, with the server's answer in it."""
    ann.menu[ENTRY].trigger()
    dialog = ann.controller.access.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: cells(dialog.people.table) != [], timeout=SOON)
    return dialog


def cells(table: QTreeWidget) -> list[tuple[str, str]]:
    """The name and the role in each row."""
    found = (table.topLevelItem(number) for number in range(table.topLevelItemCount()))
    return [(item.text(0), item.text(1)) for item in found if item is not None]


def link(qtbot: QtBot, dialog: AccessDialog, role: Role) -> str:
    """A new link, as it was copied to the clipboard."""
    dialog.link_wanted.emit(role, "students", 0, 1, False)
    qtbot.waitUntil(lambda: "was copied" in dialog.sentence.text(), timeout=SOON)
    return clipboard_text()


def test_link_lets_somebody_in_and_both_are_listed(
    qtbot: QtBot, pair: tuple[Desk, Desk], ann: Desk, dialog: AccessDialog, session_id: str
) -> None:
    bob = pair[1]
    bob.join(link(qtbot, dialog, Role.VIEWER), session_id, "Bob")
    qtbot.waitUntil(lambda: ("Bob", "Viewer") in cells(dialog.people.table), timeout=SOON)
    assert ("students", "Viewer") in cells(dialog.links.table)
    assert ENTRY in ann.enabled
    assert ENTRY not in bob.enabled
    participants = ann.controller.people.open()
    assert names_in(participants) == ["Ann (you), owner", "Bob, viewer"]
    [grant] = [one for one in ann.controller.access._grants.values() if one.label == "Bob"]
    dialog.changed.emit(grant.id, Role.EDITOR, None)
    qtbot.waitUntil(lambda: names_in(participants)[1] == "Bob, editor", timeout=SOON)
    qtbot.waitUntil(lambda: ("Bob", "Editor") in cells(dialog.people.table), timeout=SOON)
    dialog.changed.emit(grant.id, Role.NONE, None)
    qtbot.waitUntil(lambda: bob.manager.status is ConnectionState.FAILED, timeout=SOON)
    qtbot.waitUntil(lambda: ("Bob", "Removed") in cells(dialog.people.table), timeout=SOON)
    dialog.changed.emit(grant.id, Role.OWNER, None)
    qtbot.waitUntil(lambda: ("Bob", "Owner") in cells(dialog.people.table), timeout=SOON)
    bob.join(ann.manager.server_url, session_id, "Bob")  # with the device's token
    qtbot.waitUntil(lambda: ENTRY in bob.enabled, timeout=SOON)


def test_the_person_of_the_dock_is_selected(
    qtbot: QtBot, pair: tuple[Desk, Desk], ann: Desk, dialog: AccessDialog, session_id: str
) -> None:
    """PRES-8: where people need a grant to join, each person in the list has one."""
    pair[1].join(link(qtbot, dialog, Role.VIEWER), session_id, "Bob")
    dialog.close()
    dock = ann.controller.people.open()
    qtbot.waitUntil(lambda: len(names_in(dock)) == 2, timeout=SOON)
    for place, name in ((1, "Bob"), (0, "Ann")):
        dock.people.setCurrentRow(place)
        dock.access.trigger()
        assert dialog.isVisible()
        qtbot.waitUntil(lambda: getattr(dialog.people.selected, "label", "") == name, timeout=SOON)  # noqa: B023
        dialog.close()


def test_last_owner_stays(qtbot: QtBot, ann: Desk, dialog: AccessDialog) -> None:
    """ACC-7."""
    grants = ann.controller.access._grants
    [link] = [one for one in grants.values() if one.kind is GrantKind.INVITE]
    dialog.changed.emit(link.id, Role.NONE, None)
    qtbot.waitUntil(lambda: [role for _, role in cells(dialog.links.table)] == ["Revoked"], timeout=SOON)
    [grant] = [one for one in grants.values() if one.label == "Ann"]
    dialog.changed.emit(grant.id, Role.VIEWER, None)
    qtbot.waitUntil(lambda: "last owner" in dialog.sentence.text(), timeout=SOON)
    assert any("last owner" in line for line in ann.log("INFO"))


def test_list_stays_when_the_connection_is_lost(qtbot: QtBot, ann: Desk, dialog: AccessDialog) -> None:
    before = cells(dialog.people.table)
    ann.manager.close()
    dialog.changed.emit("nobody", Role.VIEWER, None)
    dialog.link_wanted.emit(Role.VIEWER, "", 0, None, False)
    assert "There is no connection" in dialog.sentence.text()
    assert cells(dialog.people.table) == before
    assert ENTRY not in ann.enabled


def test_server_that_asks_nobody_says_so(
    qtbot: QtBot, pair: tuple[Desk, Desk], tmp_path: Path, session_id: str
) -> None:
    """ACC-7: everybody is an owner there, and the dialog explains why the list is empty."""
    ann = pair[0]
    with ServerProcess(tmp_path / "open", "--auth", "none") as server:
        ann.join(server.url, session_id, "Ann")
        dialog = ann.controller.access.open()
        qtbot.waitUntil(lambda: "asks nobody" in dialog.sentence.text(), timeout=SOON)
        participants = ann.controller.people.open()
    assert names_in(participants) == ["Ann (you)"]
