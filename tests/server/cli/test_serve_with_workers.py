"""A server with workers, in this process: how it starts, refuses to start, and ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server.cli.main import main as command
from optiverse_collab_server.cli.serve_with_workers import check_settings, listen, serve_with_workers
from optiverse_collab_server.config.settings import Settings
from optiverse_collab_server.storage.lock import FolderLock
from tests.helpers.aio import run, until
from tests.helpers.http_get import get
from tests.helpers.live_server import LiveServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only Unix hands connections over")

STARTED = re.compile(r"Starting Optiverse Collaboration Server on 127.0.0.1:(\d+)")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"host": "0.0.0.0"}, "add --no-tls"),
        ({"tls": True}, "add --no-tls"),
        ({"store": "nats://localhost"}, "start several servers"),
        ({"follow": "wss://first/ws/default#t=abc"}, "no standby"),
        ({"sync_standby": "prefer"}, "no standby"),
    ],
)
def test_what_workers_cannot_do_is_refused(tmp_path: Path, settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        check_settings(Settings(workers=2, **settings), tmp_path)
    [problem] = refusal.value.problems
    assert sentence in problem


def test_a_folder_of_a_pair_is_refused(tmp_path: Path) -> None:
    """STAND-4: nobody would learn that another server has taken over."""
    check_settings(Settings(workers=2), tmp_path)
    (tmp_path / "standing.json").write_text("{}")
    with pytest.raises(SettingsError):
        check_settings(Settings(workers=2), tmp_path)


def test_a_system_that_hands_nothing_over_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "send_fds")
    with pytest.raises(SettingsError, match="Linux or macOS"):
        check_settings(Settings(workers=2), tmp_path)


def test_all_addresses_of_a_host_have_one_port() -> None:
    async def main() -> None:
        listeners = await listen("localhost", 0)
        assert len({listener.getsockname()[1] for listener in listeners}) == 1
        port = listeners[0].getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            await listen("localhost", port)
        for listener in listeners:
            listener.close()

    run(main())


@pytest.mark.parametrize("auth", ["token", "local", "none"])
def test_it_serves_and_ends(tmp_path: Path, caplog: pytest.LogCaptureFixture, auth: str) -> None:
    """CLOSE-3; the log has the words that users know."""
    caplog.set_level("INFO", "optiverse_collab_server")

    async def main() -> None:
        serving = asyncio.create_task(
            serve_with_workers(Settings(data=tmp_path, port=0, workers=2, auth=auth), is_managed=True)
        )
        await until(lambda: serving.done() or "Press Ctrl+C to stop" in caplog.messages)
        port = int(next(found[1] for line in caplog.messages if (found := STARTED.fullmatch(line))))
        assert (await get(port, "/readyz")).status == 200
        with pytest.raises(StorageError, match=f"process id {os.getpid()}"):
            FolderLock(tmp_path)
        if auth != "local":
            async with LiveServer(port).client("ann", "lab") as ann:
                await ann.sync("1")
        os.kill(os.getpid(), signal.SIGTERM)
        await serving

    run(main())
    assert caplog.messages[-2:] == ["Stopping: no new connections, everything is being stored", "Stopped"]
    assert f"Sessions are kept in {tmp_path}" in caplog.messages
    assert (tmp_path / "owner-link").exists() == (auth == "local")
    FolderLock(tmp_path).release()


def test_a_worker_that_cannot_start_ends_all(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert command(["--data", str(tmp_path), "--port", "0", "--workers", "1", "--check-config"]) == 0
    (tmp_path / "shards").mkdir()
    assert command(["--data", str(tmp_path), "--port", "0", "--workers", "2"]) == 1
    (tmp_path / "shards").rmdir()
    (tmp_path / "shards" / "1-of-2").mkdir(parents=True)
    (tmp_path / "shards" / "2-of-2").mkdir()
    for name in ("1-of-2", "2-of-2"):
        (tmp_path / "shards" / name / "sessions.sqlite3").write_bytes(b"damaged")
    assert command(["--data", str(tmp_path), "--port", "0", "--workers", "2"]) == 1
    errors = capfd.readouterr().err
    assert "is damaged" in errors
    assert "did not start; the lines above say why" in errors
