"""The command, as a process: how it starts, refuses to start, and ends (CLOSE-3 in docs/protocol.md)."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
import sys
import time
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from optiverse_collab_server.cli import serve
from optiverse_collab_server.cli.main import main
from optiverse_collab_server.config.settings import Settings
from tests.helpers.aio import DEADLINE_S, run, until
from tests.helpers.live_server import LiveServer, soon
from tests.helpers.processes import run_python
from tests.helpers.server_process import ServerProcess

ENDS_S = 5.0
"""The deadline of CLOSE-3; no other time is asserted."""

with_signals = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no signal that ends a console program cleanly"
)


def try_to_start(*options: str) -> tuple[int, list[str]]:
    """Run the command to its end; returns its exit code and its output."""
    ended = run_python("-m", "optiverse_collab_server", *options, deadline=DEADLINE_S)
    return ended.code, ended.errors.splitlines()


def test_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, log = try_to_start("--port", str(port), "--data", str(tmp_path))
    assert code == 1
    assert len(log) == 1
    assert f"Port {port} on 127.0.0.1 is in use" in log[0]


def test_data_folder_in_use_is_one_sentence(tmp_path: Path) -> None:
    with ServerProcess(tmp_path):
        code, log = try_to_start("--port", "0", "--data", str(tmp_path))
    assert code == 1
    assert len(log) == 1
    assert str(tmp_path) in log[0]


def test_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("precious", "utf-8")
    code, log = try_to_start("--port", "0", "--data", str(file))
    assert (code, len(log)) == (1, 1)
    assert file.read_text("utf-8") == "precious"


def test_address_of_another_computer_is_one_sentence(tmp_path: Path) -> None:
    code, log = try_to_start("--host", "192.0.2.1", "--port", "0", "--data", str(tmp_path))
    assert (code, len(log)) == (1, 1)
    assert "192.0.2.1" in log[0]


def test_log_begins_as_users_know_it(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        run(until(lambda: len(server.log) >= 3))
        messages = [line.split(" | ", 1)[1] for line in server.log]
    assert messages[0] == f"Starting Optiverse Collaboration Server on 127.0.0.1:{server.port}"
    assert messages[2] == "Press Ctrl+C to stop"


def test_debug_logs_the_traffic(tmp_path: Path) -> None:
    async def talk(server: ServerProcess) -> None:
        async with LiveServer(server.port).client("ann") as ann:
            await soon(ann)

    with ServerProcess(tmp_path, "--debug") as server:
        run(talk(server))
        server.kill()
        assert any("DEBUG   | ← Ping from ann" in line for line in server.log)


@with_signals
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_in_time_with_a_reason_whoever_is_connected(tmp_path: Path, number: signal.Signals) -> None:
    """CLOSE-3: a reader gets 1001, somebody who doesn't read delays nothing, and the exit code is 0."""

    async def talk(server: ServerProcess) -> None:
        live = LiveServer(server.port)
        async with live.client("ann") as ann, live.stalled("bob"):
            await ann.sync("1")
            put = {"op": "put", "id": "a", "kind": "k", "props": {"x": "y" * 400_000}}
            for clock in range(1, 25):
                await ann.push(clock, put)
            began = time.monotonic()
            server.send(number)
            assert await ann.closed() == (1001, "restarting")
            assert await asyncio.to_thread(server.wait) == 0
            assert time.monotonic() - began < ENDS_S

    with ServerProcess(tmp_path) as server:
        run(talk(server))
        assert server.log[-1].endswith("Stopped")


@with_signals
def test_job_in_the_background_goes_on_after_ctrl_c(tmp_path: Path) -> None:
    """A shell starts it with SIGINT ignored, so that Ctrl+C ends only the foreground job."""

    async def talk(server: ServerProcess) -> None:
        async with LiveServer(server.port).client("ann") as ann:
            server.send(signal.SIGINT)
            for _ in range(10):
                await soon(ann)

    with ServerProcess(tmp_path, ignores_sigint=True) as server:
        run(talk(server))
        assert not any("Stopping" in line for line in server.log)
        assert server.terminate() == 0


@with_signals
def test_what_was_pushed_before_the_end_is_there_after_it(tmp_path: Path) -> None:
    """CLOSE-3: including changes that were not yet acknowledged when the signal came."""

    async def push(server: ServerProcess) -> None:
        async with connect(f"{server.url}/ws/default/ann", ping_interval=None) as ws:
            await ws.send('{"type":"sync:request","client_id":"1"}')
            await ws.send(
                '{"type":"push","changes":[{"client_clock":1,"ops":[{"op":"put","id":"a","kind":"k"}]}]}'
            )
            await ws.send('{"type":"ping"}')
            while '"pong"' not in str(await ws.recv()):
                pass
            assert await asyncio.to_thread(server.terminate) == 0

    async def pull(server: ServerProcess) -> None:
        async with LiveServer(server.port).client("bob") as bob:
            assert [record["id"] for record in (await bob.sync("2"))["records"]] == ["a"]

    with ServerProcess(tmp_path) as server:
        run(push(server))
        server.start()
        run(pull(server))
        assert any("Reopened session: default with 1 record(s)" in line for line in server.log)


@with_signals
def test_serves_until_it_is_told_to_stop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """CLOSE-3: in this process, so that the signal comes while it serves."""
    caplog.set_level(logging.INFO)

    def told() -> list[str]:
        return [record.message for record in caplog.records if record.name == "optiverse_collab_server"]

    async def main() -> None:
        serving = asyncio.create_task(serve.serve(Settings(port=0, data=tmp_path)))
        await until(lambda: "Press Ctrl+C to stop" in told())
        started = told()[0]
        port = int(started.rpartition(":")[2])
        assert started == f"Starting Optiverse Collaboration Server on 127.0.0.1:{port}"
        async with LiveServer(port).client("ann") as ann:
            signal.raise_signal(signal.SIGTERM)
            assert await ann.closed() == (1001, "restarting")
        await serving
        assert told()[-1] == "Stopped"

    run(main())


@with_signals
def test_loop_without_signals_is_told_to_stop_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CLOSE-3: as on Windows. An ignored signal stays ignored."""

    def refuse(number: int, called: object) -> None:
        raise NotImplementedError

    async def main() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "add_signal_handler", refuse)
        serving = asyncio.create_task(serve.serve(Settings(port=0, data=tmp_path)))
        await until(lambda: signal.getsignal(signal.SIGTERM) is not before[signal.SIGTERM])
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        signal.raise_signal(signal.SIGTERM)
        await serving

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        run(main())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("is_there", [True, False], ids=["uvloop", "asyncio"])
def test_exit_code_says_whether_it_could_start(
    is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With uvloop if it is installed, otherwise without."""
    if not is_there:
        monkeypatch.setitem(sys.modules, "uvloop", None)
    asked: list[tuple[str, int, Path | None]] = []

    async def note(settings: Settings, is_managed: bool) -> None:
        asked.append((settings.host, settings.port, settings.data))

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--data", str(tmp_path / "free")]) == 1
    (tmp_path / "file").touch()
    assert main(["--port", "0", "--data", str(tmp_path / "file")]) == 1
    monkeypatch.setattr(serve, "serve", note)
    assert main(["--host", "::1", "--port", "0", "--data", str(tmp_path)]) == 0
    assert asked == [("::1", 0, tmp_path)]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EADDRINUSE, "Port 80 on lab is in use; stop the other server"),
        (errno.EACCES, "Port 80 may not be opened by this user; choose one above 1023"),
        (errno.EADDRNOTAVAIL, "The server can't listen on lab:80"),
    ],
)
def test_address_that_cannot_be_had_is_explained(number: int, sentence: str) -> None:
    assert serve._explain(OSError(number, "no"), "lab", 80).startswith(sentence)


def test_owners_link_is_logged_once(tmp_path: Path) -> None:
    """ACC-9, ACC-11: the link opens the server; after that the log contains no secret."""
    with ServerProcess(tmp_path, "--auth", "local", "--debug") as server:
        server.until_says(r"Press Ctrl\+C")
        link = (tmp_path / "owner-link").read_text().strip()
        assert [line for line in server.log if line.endswith(f"Owner's link: {link}")]
        assert link.startswith(f"{server.url}/ws/default#t=")
        token = link.partition("#t=")[2]
        server.terminate()
        server.log.clear()
        server.start()

        async def come_in() -> None:
            async with LiveServer(server.port).client("olga", token=token) as olga:
                assert olga.ack["token"]

        run(come_in())
        server.terminate()
    text = "\n".join(server.log)
    assert "olga" in text
    assert str(tmp_path / "owner-link") in text
    assert token not in text


def test_own_users_need_no_invite(tmp_path: Path) -> None:
    """ACC-9: unless a setting requires one; with ``none`` the log warns."""
    with ServerProcess(tmp_path) as server:
        server.until_says(r"Press Ctrl\+C")
        assert not any("needs an invite" in line or "owner" in line for line in server.log)
    assert not (tmp_path / "owner-link").exists()
    with ServerProcess(tmp_path, "--auth", "none") as server:
        assert "Nobody needs an invite" in server.log[0]


def test_grants_that_can_not_be_read_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "access.db").write_text("no database, and longer than a few letters " * 100)
    code, log = try_to_start("--port", "0", "--data", str(tmp_path))
    assert (code, len(log)) == (1, 1)
    assert "access.db is damaged" in log[0]
