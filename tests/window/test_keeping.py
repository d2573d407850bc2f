"""Users leave sessions with unsent edits, and join again: with a real server and a real disk."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.credentials import Device
from optiverse_collab.core.protocol.address import invite_link
from optiverse_collab.core.records import Put, Set
from optiverse_collab.disk.folder import ReplicaFolder
from optiverse_collab.disk.tokens import Tokens
from optiverse_collab.window import folders
from optiverse_collab.window.leftovers import Leftovers
from optiverse_collab_server.cli.main import main as command
from tests.helpers.managed_host import SOON, ManagedHost, join, until_stored
from tests.helpers.qt_servers import WebSocketServer
from tests.helpers.scripted_server import scripted_server
from tests.helpers.server_acts import ask_for_token
from tests.helpers.server_process import ServerProcess

LENS = Put("lens", "component", {"n": 0, "name": "Lens"})


def leave_with_an_unsent_edit(qtbot: QtBot, parent: QObject, server: ServerProcess) -> ManagedHost:
    """Join, edit while the server is down, and close the window."""
    window = ManagedHost(parent)
    join(qtbot, window, server.url, "lab")
    window.host.user_does(LENS)
    until_stored(qtbot, window)
    server.kill()
    qtbot.waitUntil(lambda: window.manager.status is ConnectionState.RECONNECTING, timeout=SOON)
    window.host.user_does(Set("lens", {"n": 1}))
    with qtbot.waitSignal(window.manager.keeping.left_unsent, timeout=SOON) as left:
        window.manager.close()
    assert left.args == ["lab", 1]
    assert window.manager.background.wait(SOON / 1000)
    return window


def move(folder: ReplicaFolder, address: str, to: str) -> None:
    """Point what Ann's window left to another server, as if that server had started at the same address."""
    slot = folder.claim(address, "lab", "ann")
    slot.joined_at(to)
    saved = slot.load()
    assert saved is not None
    slot.rebase(saved, 1)
    slot.close()
    assert slot.join(SOON / 1000)


def test_what_waited_is_sent_at_the_next_join(qtbot: QtBot, parent: QObject, own: ServerProcess) -> None:
    """DISK-4: another window sends it, in place of the one that was closed."""
    leave_with_an_unsent_edit(qtbot, parent, own)
    [waiting] = ReplicaFolder(folders.replica_folder()).waiting()
    assert (waiting.owner.session, waiting.owner.user_id, waiting.edits) == ("lab", "ann", 1)
    own.start()
    window = ManagedHost(parent)
    join(qtbot, window, own.url, "lab")
    until_stored(qtbot, window)
    other = ManagedHost(parent)
    join(qtbot, other, own.url, "lab", "bob")
    assert other.host.bench["lens"].props["n"] == 1
    for each in (window, other):
        each.manager.close()
        assert each.manager.background.wait(SOON / 1000)
    assert ReplicaFolder(folders.replica_folder()).waiting() == []


def test_another_history_is_no_hindrance(
    qtbot: QtBot, parent: QObject, own: ServerProcess, tmp_path: Path
) -> None:
    """CLK-3, DISK-6: nothing was waiting, so nothing is set aside, and the user sees no message."""
    window = ManagedHost(parent)
    join(qtbot, window, own.url, "lab")
    window.host.user_does(LENS)
    until_stored(qtbot, window)
    window.manager.close()
    own.kill()
    with ServerProcess(tmp_path / "another") as another:
        folder = ReplicaFolder(folders.replica_folder())
        assert window.manager.background.wait(SOON / 1000)
        move(folder, own.url, another.url)
        again = ManagedHost(parent)
        join(qtbot, again, another.url, "lab")
        assert again.failures == []
        assert folder.set_asides() == []
        again.manager.close()


def test_edits_of_another_history_are_set_aside(
    qtbot: QtBot, parent: QObject, own: ServerProcess, tmp_path: Path
) -> None:
    """CLK-3, DISK-6: the window joins the session in its present state, and the edits are kept."""
    leave_with_an_unsent_edit(qtbot, parent, own)
    folder = ReplicaFolder(folders.replica_folder())
    with ServerProcess(tmp_path / "another") as another:
        move(folder, own.url, another.url)
        window = ManagedHost(parent)
        join(qtbot, window, another.url, "lab")
        assert window.failures == []
        assert any("set aside" in text for text in window.texts("WARNING"))
        qtbot.waitUntil(lambda: bool(folder.set_asides()), timeout=SOON)
        [aside] = folder.set_asides()
        assert aside.edits == 1
        window.manager.close()


def test_a_disk_that_fails_is_said_and_no_hindrance(
    qtbot: QtBot, parent: QObject, server: ServerProcess, session_id: str, own_data_folder: Path
) -> None:
    """DISK-5: edits are sent; a crash would lose those that wait."""
    (own_data_folder / "replicas").touch()  # a file, so nothing can create a folder in it
    window = ManagedHost(parent)
    said: list[str] = []
    window.manager.keeping.unprotected.connect(said.append)
    join(qtbot, window, server.url, session_id)
    qtbot.waitUntil(lambda: bool(said[-1:] and said[-1]), timeout=SOON)
    [sentence] = filter(None, said)
    assert sentence.startswith("Edits are not protected against a crash. ")
    assert any(sentence in text for text in window.texts("WARNING"))
    window.host.user_does(LENS)
    until_stored(qtbot, window)
    window.manager.close()


def test_a_disk_that_works_again_is_noticed_during_the_session(
    qtbot: QtBot, parent: QObject, own: ServerProcess, own_data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DISK-5: later edits outlive the window."""
    monkeypatch.setattr("optiverse_collab.core.client.write_ahead.RETRY_MS", 100)
    (own_data_folder / "replicas").touch()
    window = ManagedHost(parent)
    said: list[str] = []
    window.manager.keeping.unprotected.connect(said.append)
    join(qtbot, window, own.url, "lab")
    qtbot.waitUntil(lambda: bool(said[-1:] and said[-1]), timeout=SOON)
    (own_data_folder / "replicas").unlink()
    qtbot.waitUntil(lambda: said[-1] == "", timeout=SOON)
    assert "✓ Edits are protected against a crash again." in window.texts("INFO")
    own.kill()
    qtbot.waitUntil(lambda: window.manager.status is ConnectionState.RECONNECTING, timeout=SOON)
    window.host.user_does(LENS)
    window.manager.close()
    assert window.manager.background.wait(SOON / 1000)
    [waiting] = ReplicaFolder(folders.replica_folder()).waiting()
    assert (waiting.owner.session, waiting.owner.user_id, waiting.edits) == ("lab", "ann", 1)


def test_a_replica_that_can_not_be_read_is_no_hindrance(
    qtbot: QtBot, parent: QObject, own: ServerProcess, own_data_folder: Path
) -> None:
    """DISK-5: the window joins without it, and its edits are sent once it can be read."""
    leave_with_an_unsent_edit(qtbot, parent, own)
    own.start()
    [replica] = own_data_folder.rglob("slots/*/replica")
    replica.rename(replica.with_name("elsewhere"))
    replica.mkdir()
    window = ManagedHost(parent)
    leftovers = Leftovers(window.manager.keeping.folder, window.manager, parent)
    leftovers._again.setInterval(100)
    join(qtbot, window, own.url, "lab")
    assert any("copy of session 'lab' can't be read" in text for text in window.texts("WARNING"))
    assert window.host.bench["lens"].props["n"] == 0
    qtbot.waitUntil(leftovers._again.isActive, timeout=SOON)
    replica.rmdir()
    replica.with_name("elsewhere").rename(replica)
    qtbot.waitUntil(lambda: window.host.bench["lens"].props["n"] == 1, timeout=SOON)
    qtbot.waitUntil(lambda: leftovers.found == [], timeout=SOON)
    window.manager.close()


def test_leaving_while_the_disk_is_read_joins_nothing(
    qtbot: QtBot, parent: QObject, server: ServerProcess, session_id: str
) -> None:
    window = ManagedHost(parent)
    window.manager.join_session(server.url, session_id, "ann")
    window.manager.leave()
    assert window.states == [ConnectionState.CONNECTING, ConnectionState.OFFLINE]
    with qtbot.assertNotEmitted(window.manager.service.connected, wait=200):
        pass
    assert window.texts("INFO") == []
    assert ReplicaFolder(folders.replica_folder()).waiting() == []


def test_a_token_is_used_and_kept_nowhere(qtbot: QtBot, parent: QObject) -> None:
    """LINK-2: neither the replica's file nor the log contains it."""
    token, server = "cHl0aG9uLWFuZC1RdDEyMw", WebSocketServer(parent)
    window = ManagedHost(parent)
    window.manager.join_session(f"ws://{server.place}#t={token}", "lab", "ann")
    qtbot.waitUntil(lambda: bool(server.peers), timeout=SOON)
    qtbot.waitUntil(lambda: server.peers[0].authorization == f"Bearer {token}", timeout=SOON)
    assert window.manager.invite == f"ws://{server.place}/ws/lab"
    window.manager.close()
    assert window.manager.background.wait(SOON / 1000)
    assert not any(token in text for _, text in window.host.lines)
    files = [path for path in folders.replica_folder().rglob("*") if path.is_file()]
    assert not any(token.encode() in path.read_bytes() for path in files)


def test_window_comes_back_with_its_own_token(qtbot: QtBot, parent: QObject, own_data_folder: Path) -> None:
    """RIGHT-4: after the invite was used, even after a restart, or without the link."""
    shown: list[str] = []
    invite, device = "i" * 22, "d" * 22
    with scripted_server(ask_for_token({invite: device, device: ""}, shown)) as server:
        address = f"ws://{server.place}"
        for link in (invite_link(address, "lab", invite), invite_link(address, "lab", invite), address):
            window = ManagedHost(parent)
            join(qtbot, window, link, "lab")
            window.manager.close()
            assert window.manager.background.wait(SOON / 1000)
        assert shown == [invite, device, device]
        kept = [file.read_bytes() for file in own_data_folder.rglob("*") if file.is_file()]
        assert not any(invite.encode() in data for data in kept)
        assert not any(token in line for _, line in window.host.lines for token in (invite, device))


@pytest.mark.parametrize("fails", ["reading", "writing"])
def test_token_that_can_not_be_kept_is_one_warning(
    qtbot: QtBot, parent: QObject, own_data_folder: Path, fails: str
) -> None:
    """The session works anyway."""
    invite, device = "i" * 22, "d" * 22
    folder = own_data_folder / "tokens"
    with scripted_server(ask_for_token({invite: device, device: ""}, [])) as server:
        link = invite_link(f"ws://{server.place}", "lab", invite)
        if fails == "reading":
            Tokens(folder).keep(f"ws://{server.place}", "lab", Device(device))
            [file] = folder.iterdir()
            file.write_bytes(b"{")
        else:
            folder.write_text("not a folder")
        window = ManagedHost(parent)
        join(qtbot, window, link, "lab")
        assert window.manager.background.wait(SOON / 1000)
        qtbot.waitUntil(lambda: bool(window.texts("WARNING")), timeout=SOON)
        window.manager.close()
        assert window.manager.background.wait(SOON / 1000)
    warnings = window.texts("WARNING")
    assert any(text.startswith("✗ ") for text in warnings)
    assert not any(token in text for text in warnings for token in (invite, device))


def test_whoever_is_not_invited_reads_what_to_do(qtbot: QtBot, parent: QObject) -> None:
    window = ManagedHost(parent)
    failed = qtbot.waitSignal(window.manager.failed, timeout=SOON)
    with scripted_server(ask_for_token({}, [])) as server, failed:
        window.manager.join_session(f"ws://{server.place}", "lab", "ann")
    assert window.failures == ["The server admits only people with an invite; paste an invite link."]


def test_the_standby_is_remembered_with_the_session(qtbot: QtBot, parent: QObject, tmp_path: Path) -> None:
    """STAND-9: links that this window copies name it, and so does the stored replica."""
    window = ManagedHost(parent)
    with ExitStack() as stack:
        own = stack.enter_context(ServerProcess(tmp_path / "first", "--auth", "none"))
        join(qtbot, window, own.url, "lab")
        follow = ["--auth", "none", "--follow", own.url]
        second = stack.enter_context(ServerProcess(tmp_path / "second", *follow))
        with qtbot.waitSignal(window.manager.service.standby_found, timeout=2 * SOON):
            pass
        both = f"{own.url}#also={quote(second.url, safe='')}"
        assert window.manager.service.address == both
        assert window.manager.invite == invite_link(both, "lab")
        slot = window.manager.keeping._slot
        assert slot is not None
        assert slot.owner.addresses[0] == both
        own.kill()
        assert command(["promote", "--data", str(tmp_path / "second")]) == 0
        qtbot.waitUntil(lambda: window.manager.status is ConnectionState.RECONNECTING, timeout=SOON)
        qtbot.waitUntil(lambda: window.manager.status is ConnectionState.CONNECTED, timeout=2 * SOON)
    window.manager.close()
