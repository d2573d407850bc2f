"""The key that signs heads, and a server that learns that it was restored (BACK)."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.server.effects import BackupNoticed, BroughtBack
from optiverse_collab.errors import StorageError
from optiverse_collab_server.signing import KEY_BYTES, KEY_NAME, log_backup, log_brought_back, signing_key
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.aio import run
from tests.helpers.live_server import LiveServer, live_server
from tests.helpers.server_process import ServerProcess

PUT = {"op": "put", "id": "lens", "kind": "component", "props": {"pos": [0, 0]}}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX modes")
def test_only_the_servers_user_reads_the_key(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        signing_key(tmp_path / "data")
    finally:
        os.umask(before)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / KEY_NAME).stat().st_mode & 0o777 == 0o600


def test_the_key_stays_and_every_server_has_its_own(tmp_path: Path) -> None:
    """BACK-1"""
    key = signing_key(tmp_path / "one")
    assert len(key) == KEY_BYTES
    assert signing_key(tmp_path / "one") == key != signing_key(tmp_path / "two")


def test_a_damaged_key_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / KEY_NAME).write_bytes(b"short")
    with pytest.raises(StorageError, match=r"signing\.key is damaged\. Restore it from a backup; or"):
        signing_key(tmp_path)


def test_a_key_that_can_not_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / KEY_NAME).mkdir()
    with pytest.raises(StorageError, match=KEY_NAME):
        signing_key(tmp_path)


def test_the_log_says_what_is_missing_and_who_has_it(caplog: pytest.LogCaptureFixture) -> None:
    """BACK-3"""
    noticed = BackupNoticed("c1", "2026-11-25T03:30:00.000Z", 512, "2026-11-26T14:02:03.000Z")
    with caplog.at_level(logging.WARNING):
        log_backup(noticed, "lab", "Ana")
    assert caplog.messages == [
        "Session lab was restored from a backup of 2026-11-25T03:30:00.000Z, or a standby took over then. "
        "It lacks at least 512 change(s) made until 2026-11-26T14:02:03.000Z, which Ana has. If there is a "
        "newer backup, restore that one; otherwise ask Ana to bring the changes back"
    ]


def test_the_log_says_that_a_backup_has_nothing_of_a_session(caplog: pytest.LogCaptureFixture) -> None:
    """BACK-3, CLK-11"""
    noticed = BackupNoticed("c1", timestamp(0), 512, "2026-11-26T14:02:03.000Z", is_asked=False)
    with caplog.at_level(logging.WARNING):
        log_backup(noticed, "lab", "Ana")
    assert "was restored from a backup of the time before its first change, or a standby" in caplog.text


def test_the_log_says_that_a_window_is_asked(caplog: pytest.LogCaptureFixture) -> None:
    """BACK-8"""
    noticed = BackupNoticed("c1", "2026-11-25T03:30:00.000Z", 512, "2026-11-26T14:02:03.000Z", is_asked=True)
    with caplog.at_level(logging.WARNING):
        log_backup(noticed, "lab", "Ana")
    assert caplog.messages[0].endswith("which Ana has. Its window is asked for them")


def test_the_log_says_what_came_back(caplog: pytest.LogCaptureFixture) -> None:
    """BACK-10"""
    with caplog.at_level(logging.WARNING):
        log_brought_back(BroughtBack(500, ("Ana", "Ben")), "lab")
    assert caplog.messages == [
        "Session lab: 500 change(s) that it had lost came back from the window(s) of Ana, Ben"
    ]


async def _edit(server: LiveServer, client_id: str) -> dict[str, Any]:
    """Make a change; returns the request of a replica that has it, and what the server signed."""
    async with server.client("ann") as ann:
        await ann.sync(client_id)
        await ann.push(1, {**PUT, "props": {"by": client_id}})
        await ann.send({"type": "ping"})
        pong = await ann.receive("pong")
    async with server.client("ann") as ann:
        page = await ann.sync("another")
    position = {"epoch": page["epoch"], "clock": page["clock"], "head": page["head"]}
    signed = {"clock": pong["clock"], "head": page["head"], "time": pong["timestamp"]}
    signed["signature"] = pong.get("signature", "")
    return {"type": "sync:request", "client_id": "back", **position, "signed": signed}


async def _ask(server: LiveServer, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to somebody whose position the server doesn't have."""
    async with server.client("ann") as ann:
        await ann.send(request)
        return await ann.receive("sync:diverged")


def test_a_server_without_a_key_signs_nothing() -> None:
    """BACK-1"""

    async def check() -> None:
        async with live_server() as server:
            assert (await _edit(server, "one"))["signed"]["signature"] == ""

    run(check())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that ends a program cleanly")
def test_a_process_whose_database_was_replaced_says_so(tmp_path: Path) -> None:
    """BACK-1 to BACK-4: the copy of its database is from before the second change."""
    data, copy = tmp_path / "data", tmp_path / "copy.sqlite3"
    database = data / FILE_NAME
    with ServerProcess(data) as process:
        server = LiveServer(process.port)
        run(_edit(server, "one"))
        process.terminate()
        copy.write_bytes(database.read_bytes())
        process.start()
        request = run(_edit(server, "two"))
        process.terminate()
        database.write_bytes(copy.read_bytes())
        process.start()
        answer = run(_ask(server, request))
        said = process.until_says(r"Session default was restored from a backup of (\S+), or .* then\. (.*)")
    assert answer["parent"] == {"epoch": request["epoch"], "clock": 1, "time": said[1], "shared": True}
    until = request["signed"]["time"]
    assert said[2].startswith(f"It lacks at least 1 change(s) made until {until}, which ann has.")
