"""The companion server as a child process: a real server and real obstacles."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtNetwork import QTcpServer
from pytestqt.qtbot import QtBot

from optiverse_collab.core.protocol.messages import PROTOCOL_VERSION
from optiverse_collab.window import local_server
from optiverse_collab.window.local_server import CompanionServer
from optiverse_collab.wording import dialogs
from tests.helpers.qt_servers import answer_as_http

SOON = 20_000  # ms; a machine under load is slow


def until_ended() -> None:
    """Wait for the processes that were asked to end."""
    for process in local_server._let_go:
        process.wait(SOON / 1000)


@pytest.fixture
def server(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CompanionServer]:
    monkeypatch.setattr(local_server, "log_folder", lambda: tmp_path / "logs")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    parent = QObject()
    server = CompanionServer(parent)
    yield server
    server.stop()
    until_ended()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def test_port_of_another_program_is_explained(qtbot: QtBot, server: CompanionServer) -> None:
    other = QTcpServer()
    assert other.listen(port=0)
    other.newConnection.connect(partial(answer_as_http, other))
    with qtbot.waitSignal(server.failed, timeout=SOON) as failed:
        server.start(other.serverPort(), "127.0.0.1")
    assert failed.args == [dialogs.PORT_TAKEN.format(port=other.serverPort())]
    other.close()


def test_server_of_another_protocol_is_explained(qtbot: QtBot, server: CompanionServer) -> None:
    """MSG-9."""

    def answer() -> None:
        connection = other.nextPendingConnection()
        assert connection is not None
        name = f"optiverse-collab-server/9.0 protocol/{PROTOCOL_VERSION + 1}"
        connection.write(f"HTTP/1.1 404 Not Found\r\nServer: {name}\r\nContent-Length: 0\r\n\r\n".encode())

    other = QTcpServer()
    assert other.listen(port=0)
    other.newConnection.connect(answer)
    with qtbot.waitSignal(server.failed, timeout=SOON) as failed:
        server.start(other.serverPort(), "127.0.0.1")
    assert failed.args == [dialogs.OTHER_PROTOCOL.format(version="9.0", port=other.serverPort())]
    other.close()


def test_server_stores_and_says_goodbye_before_it_ends(
    qtbot: QtBot, server: CompanionServer, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a signal, which Windows lacks; its output is UTF-8, whatever encoding this computer uses."""
    data = tmp_path / "Zoë λ"
    for name, value in (("LC_ALL", "C"), ("PYTHONUTF8", "0"), ("PYTHONCOERCECLOCALE", "0")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OPTIVERSE_COLLAB_DATA", str(data))
    monkeypatch.setattr(subprocess.Popen, "terminate", lambda process: pytest.fail("killed"))
    lines: list[str] = []
    server.logged.connect(lines.append)
    with qtbot.waitSignal(server.ready, timeout=SOON):
        server.start(port, "127.0.0.1")
    assert not any("{" in line for line in lines)
    server.stop()
    until_ended()
    said = local_server.log_of(port).read_text("utf-8")
    assert f"Sessions are kept in {data}" in said
    assert said.rstrip().endswith("Stopped")


@pytest.mark.parametrize(
    "line", ['{"ready": 1}', '{"ready": {}}', '{"ready": {', "ready", '{"level": "INFO", "message": "ready"}']
)
def test_other_lines_are_no_sign_that_it_is_ready(line: str) -> None:
    assert local_server._readiness(line) is None


def test_missing_server_is_explained(
    qtbot: QtBot, server: CompanionServer, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with qtbot.waitSignal(server.failed, timeout=SOON) as failed:
        server.start(port, "127.0.0.1")
    assert failed.args == [dialogs.SERVER_MISSING]


def test_server_for_the_network_is_found_and_tells_no_secret(
    qtbot: QtBot, server: CompanionServer, port: int
) -> None:
    lines: list[str] = []
    server.logged.connect(lines.append)
    with qtbot.waitSignal(server.ready, timeout=SOON) as ready:
        server.start(port, "0.0.0.0")
    assert ready.args == [port, True]
    assert any("Connections are encrypted" in line for line in lines)
    assert any("The owner's link is in" in line for line in lines)
    assert not any("#t=" in line for line in lines)
    other = CompanionServer(server)
    with qtbot.waitSignal(other.ready, timeout=SOON) as found:
        other.start(port, "127.0.0.1")
    assert found.args == [port, True]
    assert other.pid is None


def test_server_that_ends_at_once_is_explained(qtbot: QtBot, server: CompanionServer, port: int) -> None:
    signals = [server.erred, server.failed]
    with qtbot.waitSignals(signals, timeout=SOON, order="strict") as found:
        server.start(port, "192.0.2.1")  # reserved for documentation: not an address of this computer
    [error], [failure] = (one.args for one in found.all_signals_and_args)
    assert failure == dialogs.SERVER_FAILED.format(reason=error)
    assert "stopped immediately" in failure
    assert "192.0.2.1" in error
    assert server.pid is None


def test_program_that_cannot_be_started_is_explained(
    qtbot: QtBot, server: CompanionServer, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with qtbot.waitSignal(server.failed, timeout=SOON) as failed:
        server.start(port, "127.0.0.1")
    assert "stopped immediately" in failed.args[0]


def test_cancelled_start_says_nothing_more(qtbot: QtBot, server: CompanionServer, port: int) -> None:
    server.start(port, "127.0.0.1")
    server.cancel()
    with qtbot.assertNotEmitted(server.ready, wait=200), qtbot.assertNotEmitted(server.failed):
        pass
    assert server.pid is None


def test_starts_a_server_and_finds_it_again(qtbot: QtBot, server: CompanionServer, port: int) -> None:
    lines: list[str] = []
    server.logged.connect(lines.append)
    with qtbot.waitSignal(server.ready, timeout=SOON) as ready, qtbot.assertNotEmitted(server.erred):
        server.start(port, "127.0.0.1")
    assert ready.args == [port, False]
    assert server.pid is not None
    assert any(f"Starting Optiverse Collaboration Server on 127.0.0.1:{port}" in line for line in lines)
    other = CompanionServer(server)
    said: list[str] = []
    other.progress.connect(said.append)
    with qtbot.waitSignal(other.ready, timeout=SOON):
        other.start(port, "127.0.0.1")
    assert said[-1] == dialogs.REUSING_SERVER.format(port=port)
    assert other.pid is None


def test_child_that_is_killed_is_told(qtbot: QtBot, server: CompanionServer, port: int) -> None:
    with qtbot.waitSignal(server.ready, timeout=SOON):
        server.start(port, "127.0.0.1")
    assert server.pid is not None
    with qtbot.waitSignal(server.failed, timeout=SOON) as failed:
        os.kill(server.pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    assert failed.args == [dialogs.SERVER_ENDED]
    assert server.pid is None


def test_server_that_is_left_running_goes_on_with_its_log(
    qtbot: QtBot, server: CompanionServer, port: int, tmp_path: Path
) -> None:
    with qtbot.waitSignal(server.ready, timeout=SOON):
        server.start(port, "127.0.0.1")
    server.leave_running()
    [process] = [one for one in local_server._let_go if one.returncode is None]
    log = tmp_path / "logs" / f"server-{port}.log"
    try:
        with socket.create_connection(("127.0.0.1", port)) as peer:
            peer.sendall(b"GET /no-session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert peer.recv(100).startswith(b"HTTP/1.1 404 ")
        qtbot.waitUntil(lambda: "Refused /no-session" in log.read_text("utf-8"), timeout=SOON)
        if sys.platform != "win32":
            assert os.getsid(process.pid) == process.pid
            assert log.stat().st_mode & 0o777 == 0o600
    finally:
        process.terminate()
        process.wait(SOON / 1000)


class Hanging:
    """A process that does not end in time."""

    def wait(self, timeout: float) -> None:
        raise subprocess.TimeoutExpired("server", timeout)


def test_a_folder_is_deleted_after_its_process(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "lab.db").write_text("x")
    local_server.delete_folder(data, Hanging())
    assert not data.exists()
    local_server.delete_folder(data, None)
