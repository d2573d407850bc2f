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

from optiverse_collab_server import cli
from optiverse_collab_server.cli import main
from optiverse_collab_server.storage import Retention
from optiverse_collab_server.storage.housekeeping import KEEP_ALL
from tests.helpers.aio import DEADLINE_S, run, until
from tests.helpers.live_server import LiveServer, soon
from tests.helpers.processes import run_python
from tests.helpers.server_process import ServerProcess

ENDS_S = 5.0
"""What CLOSE-3 promises; the only time that a test holds the server to."""

with_signals = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no signals that end a console program well"
)


def try_to_start(*options: str) -> tuple[int, list[str]]:
    """Run the command to its end; returns exit code and what it wrote."""
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


@pytest.mark.parametrize("port", ["-1", "65536", "http", "8765.0", ""])
def test_what_is_no_port_is_a_usage_error(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"--port={port}"])
    assert ended.value.code == 2
    assert "is not a port" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--keep-days", "--keep-mb"])
@pytest.mark.parametrize("text", ["-1", "1.5", "all", "²"])
def test_what_is_no_number_to_keep_is_a_usage_error(
    option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([f"{option}={text}"])
    assert ended.value.code == 2
    assert "is not a number; give 0 or more" in capsys.readouterr().err


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
    """CLOSE-3: one who listens hears 1001; one who doesn't read delays nothing; exit code 0."""

    async def talk(server: ServerProcess) -> None:
        live = LiveServer(server.port)
        async with (
            live.client("ann") as ann,
            live.client("stalled", max_queue=1, close_timeout=0.5) as stalled,
        ):
            await ann.sync("1")
            await stalled.sync("2")
            stalled.ws.transport.pause_reading()
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
    """A shell starts it with SIGINT ignored, so that Ctrl+C ends only what is in the foreground."""

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
    """CLOSE-3: also what was not acknowledged yet when the signal came."""

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
        serving = asyncio.create_task(cli._serve("127.0.0.1", 0, tmp_path, KEEP_ALL))
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
    """CLOSE-3: as on Windows. A signal that is ignored stays so."""

    def refuse(number: int, called: object) -> None:
        raise NotImplementedError

    async def main() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "add_signal_handler", refuse)
        serving = asyncio.create_task(cli._serve("127.0.0.1", 0, tmp_path, KEEP_ALL))
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
    is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_log: None
) -> None:
    """With uvloop or, where there is none, without."""
    if not is_there:
        monkeypatch.setitem(sys.modules, "uvloop", None)
    asked: list[tuple[str, int, Path, Retention]] = []

    async def serve(host: str, port: int, data: Path, retention: Retention) -> None:
        asked.append((host, port, data, retention))

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--data", str(tmp_path / "free")]) == 1
    (tmp_path / "file").touch()
    assert main(["--port", "0", "--data", str(tmp_path / "file")]) == 1
    monkeypatch.setattr(cli, "_serve", serve)
    assert main(["--host", "::1", "--port", "0", "--data", str(tmp_path)]) == 0
    assert main(["--port", "0", "--data", str(tmp_path), "--keep-days", "30", "--keep-mb", "2"]) == 0
    assert asked == [
        ("::1", 0, tmp_path, KEEP_ALL),
        ("127.0.0.1", 0, tmp_path, Retention(30, 2_000_000)),
    ]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EADDRINUSE, "Port 80 on lab is in use; stop the other server"),
        (errno.EACCES, "Port 80 may not be opened by this user; choose one above 1023"),
        (errno.EADDRNOTAVAIL, "The server can't listen on lab:80"),
    ],
)
def test_address_that_cannot_be_had_is_explained(number: int, sentence: str) -> None:
    assert cli._explain(OSError(number, "no"), "lab", 80).startswith(sentence)
