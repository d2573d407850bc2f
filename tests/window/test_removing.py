"""An owner removes somebody with the dock; two windows on a server that requires invites (ACC-6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.access_effects import AccessDenied
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.protocol.access import AccessSet
from tests.helpers.guarded_server import GuardedServer, Owner, guarded_server
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk, names_in
from tests.window.following_lab import told

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[GuardedServer]:
    with guarded_server(tmp_path / "guarded") as server:
        yield server


@pytest.fixture
def both(qtbot: QtBot, pair: tuple[Desk, Desk], guarded: GuardedServer, session_id: str) -> tuple[Desk, Desk]:
    """Ann, an owner, and Bob, a commenter whom she has selected in the dock."""
    ann, bob = pair
    ann.join(guarded.owner_link(session_id), session_id, "Ann")
    owner = Owner(qtbot, ann.manager.service, guarded.process.url, session_id)
    bob.join(owner.invite(Role.COMMENTER), session_id, "Bob")
    dock = ann.controller.people.open()
    qtbot.waitUntil(lambda: len(names_in(dock)) == 2, timeout=SOON)
    dock.people.setCurrentRow(1)
    ann.controller.reports.toasts.clear()
    return pair


def test_who_is_removed_leaves_and_can_be_let_back_in(
    qtbot: QtBot, both: tuple[Desk, Desk], session_id: str
) -> None:
    ann, bob = both
    ann.controller.people.dock.remove.trigger()
    qtbot.waitUntil(lambda: bob.manager.status is ConnectionState.FAILED, timeout=SOON)
    qtbot.waitUntil(lambda: "You removed Bob from the session." in told(ann), timeout=SOON)
    [notice] = [one for one in ann.controller.reports.toasts.shown if one.text.startswith("You removed")]
    assert [one.text() for one in notice.buttons] == ["&Let back in"]
    click(notice.buttons[0])
    qtbot.waitUntil(lambda: "Bob may come in again." in told(ann), timeout=SOON)
    bob.join(ann.manager.server_url, session_id, "Bob")  # with the device's token
    dock = ann.controller.people.dock
    qtbot.waitUntil(lambda: names_in(dock) == ["Ann (you), owner", "Bob, commenter"], timeout=SOON)


def test_only_owners_remove_and_nobody_themselves(both: tuple[Desk, Desk]) -> None:
    ann, bob = both
    dock = ann.controller.people.dock
    assert dock.remove.isEnabled()
    dock.people.setCurrentRow(0)
    assert not dock.remove.isEnabled()
    dock.remove_wanted.emit("nobody")
    other = bob.controller.people.open()
    for row in (0, 1):
        other.people.setCurrentRow(row)
        assert not other.remove.isEnabled()


def test_what_the_server_refuses_is_said(both: tuple[Desk, Desk]) -> None:
    ann = both[0]
    removing: Any = ann.controller.people._removing
    ann.controller.people.dock.remove.trigger()
    [(grant, removal)] = removing._asked.items()
    ann.manager.service.happened.emit(AccessDenied("No.", AccessSet(0, grant, Role.NONE)))
    ann.manager.service.happened.emit(AccessDenied("No.", removal.asked))
    assert told(ann)[-1] == "No."


def test_where_nobody_is_asked_nobody_is_removed(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    for desk, name in ((ann, "Ann"), (bob, "Bob")):
        desk.be(name, 1)
        desk.join(server.url, session_id, name)
    dock = ann.controller.people.open()
    qtbot.waitUntil(lambda: len(names_in(dock)) == 2, timeout=SOON)
    dock.people.setCurrentRow(1)
    assert dock.go.isEnabled()
    assert not dock.remove.isEnabled()
