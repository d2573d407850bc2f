"""Two demo windows with the plugin in them; or two without widgets, on a wire in memory."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.records import Put
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.window import local_server, timeline_reader
from tests.helpers.guarded_server import GuardedServer, guarded_server
from tests.helpers.managed_host import SOON
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import Desk, desks
from tests.helpers.wire import Peer, Wire
from tests.window.capturing import Window, settle
from tests.window.joining_lab import Lab
from tests.window.timeline_lab import Lab as TimelineLab


@pytest.fixture
def parent(qapp: object) -> QObject:
    """The parent of the objects that a test makes; deleted when the test ends."""
    return QObject()


@pytest.fixture
def pair(qtbot: QtBot) -> Iterator[tuple[Desk, Desk]]:
    with desks(qtbot, 2) as (ann, bob):
        yield ann, bob


@pytest.fixture
def lab(
    qtbot: QtBot, server: ServerProcess, session_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lab]:
    monkeypatch.setattr(
        "optiverse_collab.window.saved_copies.QStandardPaths.writableLocation", lambda kind: str(tmp_path)
    )
    lab = Lab(qtbot, server, session_id, tmp_path)
    yield lab
    for window in lab.windows:
        window.service.disconnect_from_session()
        window.coming_back.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that a test may kill."""
    with ServerProcess(tmp_path / "server") as server:
        yield server


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedServer]:
    """A server that requires invites, shared by the tests of a module."""
    with guarded_server(tmp_path_factory.mktemp("guarded")) as server:
        yield server


@pytest.fixture
def hosting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosted]:
    """Let editors of this test start servers; the data and the log belong to the test."""
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(local_server, "log_folder", lambda: tmp_path / "logs")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield Hosted(port, "127.0.0.1")
    for process in local_server._let_go:
        process.terminate()
        process.wait(SOON / 1000)


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def ann(wire: Wire) -> Window:
    window = Window(wire, "ann")
    window.host.user_does(Put("lens", "component", {"pos": [0.0, 0.0], "name": "Lens"}))
    settle(wire, window)
    return window


@pytest.fixture
def bob(wire: Wire, ann: Window) -> Window:
    window = Window(wire, "bob")
    settle(wire, ann, window)
    return window


@pytest.fixture
def ben(wire: Wire, ann: Window) -> Peer:
    ben = Peer("Ben")
    wire.connect(ben)
    return ben


@pytest.fixture
def timeline_lab(
    qtbot: QtBot,
    pair: tuple[Desk, Desk],
    server: ServerProcess,
    session_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> TimelineLab:
    monkeypatch.setattr(timeline_reader, "LOOK_MS", 50)
    for name, desk in zip(("Ann", "Bob"), pair, strict=True):
        desk.join(server.url, session_id, name)
        desk.window.show()
    return TimelineLab(qtbot, pair)
