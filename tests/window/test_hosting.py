"""A session that a window hosts: its address, and which of its lines are logged."""

from __future__ import annotations

import logging
from functools import partial

from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QTcpServer
from pytestqt.qtbot import QtBot

from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.window.background import Background
from optiverse_collab.window.hosting import Hosting
from optiverse_collab.wording import dialogs
from tests.helpers.qt_servers import answer_as_http
from tests.helpers.server_process import ServerProcess

SOON = 10_000  # ms


def test_a_server_that_runs_is_joined_here(qtbot: QtBot, parent: QObject, server: ServerProcess) -> None:
    hosting = Hosting(CollaborationService(parent), Background(parent), parent)
    lines: list[tuple[int, str]] = []
    hosting.logged.connect(lambda level, text: lines.append((level, text)))
    with qtbot.waitSignal(hosting.ready, timeout=SOON) as ready:
        hosting.start(Hosted(server.port, "127.0.0.1"), "lab")
    assert ready.args == [f"ws://127.0.0.1:{server.port}"]
    assert not hosting.starting
    assert hosting.url == f"ws://localhost:{server.port}"
    assert (logging.INFO, dialogs.REUSING_SERVER.format(port=server.port)) in lines


def test_after_it_is_cancelled_nothing_is_hosted(
    qtbot: QtBot, parent: QObject, server: ServerProcess
) -> None:
    hosting = Hosting(CollaborationService(parent), Background(parent), parent)
    hosting.start(Hosted(server.port, "127.0.0.1"), "lab")
    assert hosting.url == f"ws://localhost:{server.port}"
    hosting.cancel()
    with qtbot.assertNotEmitted(hosting.ready, wait=200), qtbot.assertNotEmitted(hosting.failed):
        pass
    assert hosting.url == ""
    assert not hosting.starting


def test_what_is_in_the_way_is_said_and_logged(qtbot: QtBot, parent: QObject) -> None:
    other = QTcpServer()
    assert other.listen(port=0)
    other.newConnection.connect(partial(answer_as_http, other))
    hosting = Hosting(CollaborationService(parent), Background(parent), parent)
    lines: list[tuple[int, str]] = []
    hosting.logged.connect(lambda level, text: lines.append((level, text)))
    with qtbot.waitSignal(hosting.failed, timeout=SOON) as failed:
        hosting.start(Hosted(other.serverPort(), "127.0.0.1"), "lab")
    assert lines[-1] == (logging.ERROR, f"✗ {failed.args[0]}")
    other.close()
