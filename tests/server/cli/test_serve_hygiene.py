"""The command on a shared machine, without a home, and when it must stop: DUR-7, CLOSE-3."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import sys
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.helpers.aio import DEADLINE_S, run, until
from tests.helpers.live_server import LiveServer
from tests.helpers.processes import run_python
from tests.helpers.server_process import ServerProcess
from tests.server.cli.test_serve import ENDS_S, with_signals

HOMELESS = """
import os, sys
from optiverse_collab_server.cli.main import main
os.setgid(54321)
os.setuid(54321)
os.environ.pop("HOME", None)
os.environ.pop("XDG_DATA_HOME", None)
sys.exit(main(sys.argv[1:]))
"""

PUT = {"op": "put", "id": "lens", "kind": "component", "props": {}}
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX permissions")


async def edit(server: ServerProcess, number: int) -> str:
    """Put a record; returns the answer, or how the connection ended."""
    try:
        async with LiveServer(server.port).client("ann") as ann:
            await ann.sync("a")
            await ann.send({"type": "push", "changes": [{"client_clock": number, "ops": [PUT]}]})
            await ann.hear(lambda message: "acks" in message)
            return "acknowledged"
    except ConnectionClosed as closed:
        return "" if closed.rcvd is None else closed.rcvd.reason


@posix
def test_others_on_the_machine_read_nothing(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    with ServerProcess(data) as server:
        assert run(edit(server, 1)) == "acknowledged"
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in data.iterdir()}
        assert set(modes.values()) == {0o600}, modes


@posix
def test_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        assert run(edit(server, 1)) == "acknowledged"
    database = tmp_path / "sessions.sqlite3"
    database.chmod(0o644)
    with ServerProcess(tmp_path):
        assert stat.S_IMODE(database.stat().st_mode) == 0o600


@posix
@pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() != 0, reason="only root can become a user without a home"
)
@pytest.mark.parametrize("options", [[], ["--data", "DATA"]], ids=["default", "data"])
def test_user_without_a_home_is_told_or_served(tmp_path: Path, options: list[str]) -> None:
    """For example, a container with a random user, or a service without HOME."""
    arguments = [str(tmp_path / "data") if option == "DATA" else option for option in options]
    ended = run_python("-c", HOMELESS, "check", *arguments, deadline=DEADLINE_S)
    assert ended.code == 1
    [line] = ended.errors.splitlines()
    assert ("no home folder; choose a folder for the sessions with --data" in line) is not bool(options), line


def harm(data: Path, what: str) -> None:
    """Delete all of the server's data, or truncate its log."""
    if what == "deleted":
        shutil.rmtree(data)
    else:
        os.truncate(data / "sessions.sqlite3-wal", 0)


@pytest.mark.parametrize("what", ["deleted", "log cut"])
def test_what_nobody_would_find_is_not_acknowledged(tmp_path: Path, what: str) -> None:
    """DUR-7: a cleanup tool deletes the data of the running server, or somebody truncates its log."""
    with ServerProcess(tmp_path / "data") as server:
        assert run(edit(server, 1)) == "acknowledged"
        harm(tmp_path / "data", what)
        assert run(edit(server, 2)) == "session_failed"
        server.until_says("while the server ran, and nothing is stored any more")
        server.kill()


@pytest.mark.parametrize("what", ["deleted", "log cut"])
def test_session_that_is_live_notices_it_too(tmp_path: Path, what: str) -> None:
    """DUR-7: a write after the truncation would hide it."""

    async def go_on(server: ServerProcess) -> None:
        async with LiveServer(server.port).client("ann") as ann:
            await ann.sync("a")
            assert (await ann.push(1, PUT))["result"] == "commit"
            harm(tmp_path / "data", what)
            await ann.send({"type": "push", "changes": [{"client_clock": 2, "ops": [PUT]}]})
            assert await ann.closed() == (1011, "session_failed")

    with ServerProcess(tmp_path / "data") as server:
        run(go_on(server))
        assert run(edit(server, 2)) == "session_failed", "the loss is noticed again"
        server.kill()


@with_signals
def test_ends_in_time_though_somebody_has_yet_to_ask(tmp_path: Path) -> None:
    """CLOSE-3: the server does not wait for a client that sent half of a request."""
    with ServerProcess(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port)) as half:
        half.sendall(b"GET /ws/lab/ann HTTP/1.1\r\nX: ")
        time.sleep(0.2)
        began = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - began < ENDS_S


@with_signals
def test_ends_in_time_though_the_disk_does_not_answer(tmp_path: Path) -> None:
    """CLOSE-3: unstored changes were not acknowledged."""

    async def push(server: ServerProcess) -> None:
        async with LiveServer(server.port).client("ann") as ann:
            await ann.sync("a")
            await ann.push(1, PUT)
            (tmp_path / "stall").touch()
            await ann.send({"type": "push", "changes": [{"client_clock": 2, "ops": [PUT]}]})
            await ann.receive("wait")
            began = time.monotonic()
            server.send(signal.SIGTERM)
            assert await ann.closed() == (1001, "restarting")
            await until(lambda: not server.is_running)
            assert time.monotonic() - began < ENDS_S

    with ServerProcess(tmp_path, module="tests.helpers.slow_disk_server") as server:
        run(push(server))
        assert server.wait() == 1
        assert any("Storage does not answer; what is not stored" in line for line in server.log)
