"""One window's session: joined, hosted, left; and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QTcpServer
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.records import Put, Set
from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.api import Host
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.wording import dialogs
from tests.helpers.managed_host import SOON, ManagedHost, join
from tests.helpers.qt_servers import answer_as_http
from tests.helpers.server_process import ServerProcess


@pytest.fixture
def window(parent: QObject) -> Iterator[ManagedHost]:
    window = ManagedHost(parent)
    yield window
    window.manager.close()


def test_states_and_lines_from_joining_to_leaving(
    qtbot: QtBot, window: ManagedHost, server: ServerProcess, session_id: str
) -> None:
    join(qtbot, window, server.url, session_id)
    window.manager.leave()
    assert window.states == [
        ConnectionState.CONNECTING,
        ConnectionState.SYNCING,
        ConnectionState.CONNECTED,
        ConnectionState.OFFLINE,
    ]
    assert window.host.closed == 1
    assert window.texts("INFO")[0] == f"→ Connecting to: {server.url}/ws/{session_id}/ann"
    assert window.failures == []


def test_leaving_waits_for_the_last_edit_to_be_stored(
    qtbot: QtBot, parent: QObject, window: ManagedHost, server: ServerProcess, session_id: str
) -> None:
    """And the edit is not lost, though pushes are paced (PUSH-2)."""
    other = ManagedHost(parent)
    join(qtbot, window, server.url, session_id)
    join(qtbot, other, server.url, session_id, "bob")
    window.host.user_does(Put("lens", "component", {"n": 0}))
    qtbot.waitUntil(lambda: "lens" in other.host.bench, timeout=SOON)
    window.host.user_does(Set("lens", {"n": 1}))
    window.manager.leave()
    assert window.manager.status is ConnectionState.CONNECTED
    qtbot.waitUntil(lambda: window.manager.status is ConnectionState.OFFLINE, timeout=SOON)
    assert window.texts("WARNING") == []
    qtbot.waitUntil(lambda: other.host.bench["lens"].props == {"n": 1}, timeout=SOON)
    assert window.host.bench["lens"].props == {"n": 1}
    other.manager.close()


def test_leaving_does_not_wait_long_for_a_killed_server(
    qtbot: QtBot,
    window: ManagedHost,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DISK-6: what the server did not receive is kept, and the user sees that."""
    with ServerProcess(tmp_path_factory.mktemp("data")) as server:
        join(qtbot, window, server.url, "default")
        window.manager._goodbye.setInterval(50)
        window.host.user_does(Put("lens", "component", {"n": 0}))
        server.kill()
        window.manager.leave()
        qtbot.waitUntil(lambda: window.manager.status is ConnectionState.OFFLINE, timeout=SOON)
    assert any(text.endswith("it will be sent when you join again.") for text in window.texts("INFO"))
    assert not any("did not reach" in text for text in window.texts("WARNING"))


def test_closing_with_an_edit_in_flight_claims_no_loss(
    qtbot: QtBot, parent: QObject, window: ManagedHost, server: ServerProcess, session_id: str
) -> None:
    """REP-8, DISK-6: sent edits arrive, and no message claims otherwise."""
    other = ManagedHost(parent)
    join(qtbot, window, server.url, session_id)
    join(qtbot, other, server.url, session_id, "bob")
    window.host.user_does(Put("lens", "component", {"n": 0}))
    window.manager.close()
    assert window.texts("WARNING") == []
    assert any(text.startswith("The server has not confirmed 1 edit yet") for text in window.texts("INFO"))
    qtbot.waitUntil(lambda: "lens" in other.host.bench, timeout=SOON)
    other.manager.close()


def test_a_session_that_ends_for_good_leaves_the_bench(
    qtbot: QtBot, parent: QObject, window: ManagedHost, server: ServerProcess, session_id: str
) -> None:
    """SYNC-7, SYNC-8: a copy of the replica joined from elsewhere; the bench stays and can join again."""
    join(qtbot, window, server.url, session_id)
    window.host.user_does(Put("lens", "component", {"n": 0}))
    session = window.manager.service.session
    assert session is not None
    qtbot.waitUntil(lambda: bool(session.replica.view) and not session.replica.pending, timeout=SOON)
    thief = ManagedHost(parent)
    thief.manager._begin(session_id, "thief")
    thief.manager.service.connect_to_session(
        server.url, session_id, "thief", type(session.replica).restore(session.replica.save(), "thief")
    )
    qtbot.waitUntil(lambda: window.manager.status is ConnectionState.FAILED, timeout=SOON)
    assert "A newer connection of yours has replaced this one" in window.failures[0]
    assert "A newer connection of yours has replaced this one" in window.texts("WARNING")[0]
    assert window.texts("ERROR") == [
        "✗ You are no longer in the session. Your bench is unchanged; connect again to rejoin."
    ]
    assert set(window.host.bench) == {"lens"}
    assert window.host.closed == 1
    thief.manager.close()
    join(qtbot, window, server.url, session_id)


def test_a_window_that_lacks_something_is_refused(parent: QObject) -> None:
    def attach() -> Host:
        raise HostUnsupported("Optiverse has no scene.")

    manager = CollaborationManager(attach, parent)
    said: list[str] = []
    manager.failed.connect(said.append)
    manager.join_session("ws://localhost:8765", "default", "ann")
    manager.create_session(8765, "127.0.0.1", "default", "ann")
    assert said == ["Optiverse has no scene."] * 2
    assert manager.status is ConnectionState.OFFLINE


def test_an_address_that_cannot_be_is_said(window: ManagedHost) -> None:
    window.manager.join_session("ftp://localhost", "default", "ann")
    assert "begins with ws://" in window.failures[0]
    assert window.host.closed == 1


def test_a_port_of_another_program_is_explained(qtbot: QtBot, window: ManagedHost) -> None:
    other = QTcpServer()
    assert other.listen(port=0)
    other.newConnection.connect(partial(answer_as_http, other))
    with qtbot.waitSignal(window.manager.failed, timeout=SOON) as failed:
        window.manager.create_session(other.serverPort(), "127.0.0.1", "default", "ann")
    assert failed.args == [dialogs.PORT_TAKEN.format(port=other.serverPort())]
    assert window.states == [ConnectionState.CONNECTING, ConnectionState.OFFLINE]
    assert window.texts("ERROR") == [f"✗ {failed.args[0]}"]
    assert window.host.closed == 1
    other.close()


def test_a_server_that_runs_already_is_used(
    qtbot: QtBot, window: ManagedHost, server: ServerProcess, session_id: str
) -> None:
    said: list[str] = []
    window.manager.progress.connect(lambda sentence, done, total: said.append(sentence))
    with qtbot.waitSignal(window.manager.joined, timeout=SOON):
        window.manager.create_session(server.port, "127.0.0.1", session_id, "ann")
    assert dialogs.REUSING_SERVER.format(port=server.port) in said
    assert window.manager.invite == f"ws://localhost:{server.port}/ws/{session_id}"


def test_hosting_can_be_cancelled(qtbot: QtBot, window: ManagedHost, server: ServerProcess) -> None:
    window.manager.create_session(server.port, "127.0.0.1", "default", "ann")
    window.manager.leave()
    with qtbot.assertNotEmitted(window.manager.joined, wait=200):
        pass
    assert window.states == [ConnectionState.CONNECTING, ConnectionState.OFFLINE]


def test_progress_tells_how_much_has_arrived(
    qtbot: QtBot, parent: QObject, window: ManagedHost, server: ServerProcess, session_id: str
) -> None:
    join(qtbot, window, server.url, session_id)
    window.host.user_does(*[Put(f"r{n}", "component", {"n": n}) for n in range(300)])
    session = window.manager.service.session
    assert session is not None
    qtbot.waitUntil(lambda: len(session.replica.view) == 300 and not session.replica.pending, timeout=SOON)
    other = ManagedHost(parent)
    said: list[tuple[str, int, int]] = []
    other.manager.progress.connect(lambda *told: said.append(told))
    join(qtbot, other, server.url, session_id, "bob")
    assert said[-1] == ("Loading the bench: 300 of 300 items…", 300, 300)
    other.manager.close()
