"""Windows with later changes than the backup that the server was restored from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import session
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Put
from optiverse_collab.scripting import Bench
from optiverse_collab.window import keeping
from optiverse_collab_server.storage.backup import copy_folder
from optiverse_collab_server.storage.restore import restore_folder
from tests.helpers.managed_host import SOON, ManagedHost, join, until_stored
from tests.helpers.server_process import ServerProcess
from tests.helpers.stays_away import StaysAway

LENS = Put("lens", "component", {"n": 0, "name": "Lens"})


def restored(own: ServerProcess, data: Path, backup: Path) -> None:
    """Let the server's operator restore a backup."""
    own.kill()
    restore_folder(backup, data)
    own.start()


def is_signed(replica: Replica) -> bool:
    """Whether the server has signed the present position of a replica."""
    signed = replica.save().signed
    return signed is not None and signed.clock == replica.clock


def with_backup(
    qtbot: QtBot, parent: QObject, server: ServerProcess, data: Path, backup: Path
) -> ManagedHost:
    """A window with a lens, and a mirror that the backup lacks."""
    window = ManagedHost(parent)
    join(qtbot, window, server.url, "lab")
    window.host.user_does(LENS)
    until_stored(qtbot, window)
    copy_folder(data, backup)
    window.host.user_does(Put("mirror", "component", {"name": "Later"}))
    until_stored(qtbot, window, "mirror")
    return window


@pytest.fixture
def stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows don't bring back what the server lacks, as for people who may not edit (BACK-11)."""
    monkeypatch.setattr(session, "GoingBack", StaysAway)


def test_a_window_brings_back_what_the_backup_lacks(qtbot: QtBot, parent: QObject, tmp_path: Path) -> None:
    """BACK-11: while it is in the session, and later from its copy on disk; both say so."""
    data, backup = tmp_path / "data", tmp_path / "backup"
    with ServerProcess(data) as server:
        window = with_backup(qtbot, parent, server, data, backup)
        restored(server, data, backup)
        with Bench(server.url, "lab", "script") as bench:
            qtbot.waitUntil(lambda: "mirror" in bench, timeout=SOON)
            assert not window.failures
            qtbot.waitUntil(lambda: any("lacks the last" in text for text in window.texts("WARNING")))
            window.host.user_does(Put("prism", "component", {"name": "Still later"}))
            until_stored(qtbot, window, "prism")
        window.manager.close()
        assert window.manager.background.wait(SOON / 1000)
        restored(server, data, backup)
        again = ManagedHost(parent)
        join(qtbot, again, server.url, "lab")
        qtbot.waitUntil(lambda: {*again.host.bench} == {"lens", "mirror", "prism"}, timeout=SOON)
        until_stored(qtbot, again, "prism")
        again.manager.close()


@pytest.mark.usefixtures("stays_away")
def test_window_in_a_session_says_that_it_was_restored(qtbot: QtBot, parent: QObject, tmp_path: Path) -> None:
    """CLK-8: and how much more the window knows; its bench stays."""
    data, backup = tmp_path / "data", tmp_path / "backup"
    with ServerProcess(data) as server:
        window = with_backup(qtbot, parent, server, data, backup)
        restored(server, data, backup)
        qtbot.waitUntil(lambda: bool(window.failures), timeout=SOON)
        assert "restored from a backup of" in window.failures[0]
        assert "It lacks the last 1 change of this session" in window.failures[0]
        assert {"lens", "mirror"} <= window.host.bench.keys()
        window.manager.close()


@pytest.mark.usefixtures("stays_away")
def test_window_that_comes_back_saves_what_the_backup_lacks(
    qtbot: QtBot, parent: QObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CLK-8, DISK-6: it joins the session in its restored state."""
    data, backup, copy = tmp_path / "data", tmp_path / "backup", tmp_path / "copy.json"
    monkeypatch.setattr(keeping, "copy_path", lambda *_: copy)
    with ServerProcess(data) as server:
        window = with_backup(qtbot, parent, server, data, backup)
        window.manager.close()
        assert window.manager.background.wait(SOON / 1000)
        restored(server, data, backup)
        again = ManagedHost(parent)
        join(qtbot, again, server.url, "lab")
        assert [*again.host.bench] == ["lens"]
        qtbot.waitUntil(lambda: any(str(copy) in text for text in again.texts("WARNING")), timeout=SOON)
        assert "Later" in copy.read_text("utf-8")
        again.manager.close()


@pytest.mark.usefixtures("stays_away")
def test_window_proves_that_files_were_copied_back(
    qtbot: QtBot, parent: QObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BACK-2, BACK-4: the signed head was on disk, and what the backup lacks is saved."""
    data, backup, copy = tmp_path / "data", tmp_path / "backup", tmp_path / "copy.json"
    monkeypatch.setattr(keeping, "copy_path", lambda *_: copy)
    with ServerProcess(data) as server:
        window = with_backup(qtbot, parent, server, data, backup)
        client = window.manager.service.session
        assert client is not None
        qtbot.waitUntil(lambda: is_signed(client.replica), timeout=20 * 1000)  # at the next heartbeat
        window.manager.close()
        assert window.manager.background.wait(SOON / 1000)
        server.kill()
        for file in [*data.glob("sessions.sqlite3*"), data / "server.json"]:
            file.unlink()
        shutil.copy(backup / "sessions.sqlite3", data)
        server.start()
        again = ManagedHost(parent)
        join(qtbot, again, server.url, "lab")
        qtbot.waitUntil(lambda: any(str(copy) in text for text in again.texts("WARNING")), timeout=SOON)
        assert "Later" in copy.read_text("utf-8")
        server.until_says("Session lab was restored from a backup of .* It lacks at least 1 change")
        again.manager.close()
