"""Unsent edits of a session that the editor hosted: its server ended with the editor, and starts again."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.records import Put, Set
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.window import local_server
from optiverse_collab.window.leftovers import Leftover, Leftovers
from tests.helpers.left_edits import folder
from tests.helpers.managed_host import SOON, ManagedHost, join, until_stored

LENS = Put("lens", "component", {"pos": [0.0, 0.0], "angle_deg": 0.0})


@pytest.fixture
def left(qtbot: QtBot, parent: QObject, hosting: Hosted) -> None:
    """An editor hosted a session, kept working after its server had ended, and was closed."""
    ana = ManagedHost(parent)
    host(qtbot, ana, hosting)
    ana.host.user_does(LENS)
    until_stored(qtbot, ana)
    ana.manager.hosting.stop()
    qtbot.waitUntil(lambda: ana.manager.status is ConnectionState.RECONNECTING, timeout=SOON)
    ana.host.user_does(Set("lens", {"angle_deg": 30.0}))
    close(ana)
    until_ended()


def host(qtbot: QtBot, window: ManagedHost, hosting: Hosted) -> None:
    """Host the session, and wait until the window shows its bench."""
    with qtbot.waitSignal(window.manager.joined, timeout=2 * SOON):
        window.manager.create_session(hosting.port, hosting.listen, "lab", "Ana")


def close(window: ManagedHost) -> None:
    """Close a window, and wait for the disk."""
    window.manager.close()
    assert window.manager.background.wait(SOON / 1000)


def until_ended() -> None:
    """Wait until no server is running."""
    for process in local_server._let_go:
        process.wait(SOON / 1000)


def found(qtbot: QtBot, leftovers: Leftovers) -> Leftover:
    """The leftover that waits."""
    leftovers.refresh()
    qtbot.waitUntil(lambda: len(leftovers.found) == 1, timeout=SOON)
    [one] = leftovers.found
    assert (one.owner.session, one.owner.user_id, one.edits) == ("lab", "Ana", 1)
    return one


@pytest.mark.usefixtures("left")
def test_rejoining_hosts_the_session_again(qtbot: QtBot, parent: QObject, hosting: Hosted) -> None:
    """DISK-6: on the same data, including the edits that were kept."""
    ana, ben = ManagedHost(parent), ManagedHost(parent)
    leftovers = Leftovers(folder(), ana.manager, parent)
    with qtbot.waitSignal(ana.manager.joined, timeout=2 * SOON):
        leftovers.rejoin(found(qtbot, leftovers))
    assert ana.manager.hosting.pid is not None
    assert ana.manager.invite == f"ws://localhost:{hosting.port}/ws/lab"
    assert folder().set_asides() == []
    join(qtbot, ben, f"ws://127.0.0.1:{hosting.port}", "lab", "Ben")
    qtbot.waitUntil(lambda: ben.host.bench["lens"].props == {**LENS.props, "angle_deg": 30.0}, timeout=SOON)
    close(ben)
    close(ana)
    assert folder().waiting() == []


@pytest.mark.usefixtures("left")
def test_sending_runs_the_server_for_as_long_as_it_takes(
    qtbot: QtBot, parent: QObject, hosting: Hosted
) -> None:
    """DISK-6: the window joins nothing."""
    ana = ManagedHost(parent)
    leftovers = Leftovers(folder(), ana.manager, parent)
    told: list[str] = []
    leftovers.told.connect(told.append)
    one = found(qtbot, leftovers)
    leftovers.send(one, one.owner.addresses[0])
    qtbot.waitUntil(lambda: bool(told), timeout=2 * SOON)
    assert told == ["1 edit by Ana was sent to session 'lab'."]
    assert ana.states == []
    until_ended()
    host(qtbot, ana, hosting)
    assert ana.host.bench["lens"].props["angle_deg"] == 30.0
    close(ana)
