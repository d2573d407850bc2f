"""A short connection that sends the edits waiting on disk; with a real server."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.credentials import Device
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.core.records import Put, Set
from optiverse_collab.disk.slot import Slot
from optiverse_collab.window.sending import Sender
from optiverse_collab.wording import unsent as texts
from tests.helpers.guarded_server import Owner, guarded_server
from tests.helpers.left_edits import folder, leave_edits
from tests.helpers.managed_host import SOON, ManagedHost, join, until_stored
from tests.helpers.server_process import ServerProcess


@pytest.fixture
def slot(qtbot: QtBot, parent: QObject, own: ServerProcess) -> Slot:
    """A slot with an edit by Ana, of a lens that the server has."""
    ben = ManagedHost(parent)
    join(qtbot, ben, own.url, "lab", "ben")
    ben.host.user_does(Put("lens", "component", {"n": 0}))
    leave_edits(until_stored(qtbot, ben), own.url, "lab", "Ana", Set("lens", {"n": 1}))
    ben.manager.close()
    return folder().claim(own.url, "lab", "Ana")


def sender(slot: Slot, address: str, parent: QObject) -> Sender:
    saved = slot.load()
    assert saved is not None
    return Sender(slot, Replica.restore(saved, secrets.token_hex(16)), address, None, None, parent)


def test_it_ends_once_the_server_has_all(
    qtbot: QtBot, parent: QObject, own: ServerProcess, slot: Slot
) -> None:
    sending = sender(slot, own.url, parent)
    with qtbot.waitSignal(sending.finished, timeout=SOON) as finished:
        sending.start()
    assert finished.args == [""]
    assert slot.join(SOON / 1000)
    assert folder().waiting() == []


def test_a_server_that_is_silent_is_left(
    qtbot: QtBot, parent: QObject, own: ServerProcess, slot: Slot
) -> None:
    """And the edits keep waiting."""
    own.kill()
    sending = sender(slot, own.url, parent)
    sending._patience.setInterval(300)
    with qtbot.waitSignal(sending.finished, timeout=SOON) as finished:
        sending.start()
    assert finished.args == [texts.TOO_LATE]
    assert slot.join(SOON / 1000)
    assert [one.edits for one in folder().waiting()] == [1]


def test_edits_of_a_history_that_is_gone_are_set_aside(
    qtbot: QtBot, parent: QObject, own: ServerProcess, slot: Slot, tmp_path: Path
) -> None:
    """CLK-3, DISK-6: nothing is merged blindly, and nothing is tried again and again."""
    with ServerProcess(tmp_path / "another") as another:
        sending = sender(slot, another.url, parent)
        with qtbot.waitSignal(sending.finished, timeout=SOON) as finished:
            sending.start()
        assert "different history" in finished.args[0]
        assert slot.join(SOON / 1000)
    assert folder().waiting() == []
    assert [one.edits for one in folder().set_asides()] == [1]


def test_edits_of_whoever_may_only_view_stay(qtbot: QtBot, parent: QObject, tmp_path: Path) -> None:
    """RIGHT-2: the user sees that at once."""
    with guarded_server(tmp_path / "guarded") as server:
        url = server.process.url
        ben = ManagedHost(parent)
        join(qtbot, ben, server.owner_link("lab"), "lab", "ben")
        ben.host.user_does(Put("lens", "component", {"n": 0}))
        leave_edits(until_stored(qtbot, ben), url, "lab", "Ana", Set("lens", {"n": 1}))
        link = Owner(qtbot, ben.manager.service, url, "lab").invite(Role.VIEWER)
        slot, token = folder().claim(url, "lab", "Ana"), parse_address(link).token
        saved = slot.load()
        assert saved is not None
        assert token is not None
        sending = Sender(slot, Replica.restore(saved, "another id"), url, None, Device(token), parent)
        with qtbot.waitSignal(sending.finished, timeout=SOON) as finished:
            sending.start()
        assert finished.args == [texts.NO_RIGHT]
        assert slot.join(SOON / 1000)
        assert [one.edits for one in folder().waiting()] == [1]
        ben.manager.close()
