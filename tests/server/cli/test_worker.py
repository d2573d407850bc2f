"""A worker, in this process: it serves the connections that it is handed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.app import App
from optiverse_collab_server.cli import worker as module
from optiverse_collab_server.cli.worker import job_of, work
from optiverse_collab_server.config.settings import Settings
from optiverse_collab_server.storage.shards import shards_for
from optiverse_collab_server.wall_clock import now_ms
from optiverse_collab_server.workers.link import Link, Word
from tests.helpers.aio import run, until
from tests.helpers.grants import grant
from tests.helpers.live_server import RawClient
from tests.helpers.processes import python

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="only Unix hands connections over")

MINE = "lab"
"""A session of the second of two workers."""


class Server:
    """The other end of a worker's line.

    Attributes:
        heard: what the worker has said.
    """

    def __init__(self, line: socket.socket) -> None:
        self.heard: list[Word] = []
        self.link = Link(line, lambda word, peer: self.heard.append(word), lambda: None)

    @contextlib.asynccontextmanager
    async def client(self, session: str, token: str) -> AsyncIterator[RawClient]:
        """A client whose connection the worker was handed."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            url = f"ws://127.0.0.1:{listener.getsockname()[1]}/ws/{session}/ann"
            headers = {"Authorization": f"Bearer {token}"}
            joining = asyncio.ensure_future(_connected(url, headers))
            peer, _ = await asyncio.get_running_loop().sock_accept(listener)
            with peer:
                peer.setblocking(False)
                assert await self.link.hand_over(peer)
            async with await joining as ws:
                yield RawClient(ws)


async def _connected(url: str, headers: dict[str, str]) -> Any:
    return await connect(url, additional_headers=headers, ping_interval=None, compression=None)


@contextlib.asynccontextmanager
async def working(data: Path, **settings: Any) -> AsyncIterator[Server]:
    """A worker that is the second of two."""
    shards_for(data, 2)
    own, theirs = socket.socketpair()
    server = Server(own)
    given = Settings(data=data, workers=2, **settings)
    life = asyncio.create_task(work(given, 2, theirs))
    try:
        await until(lambda: server.heard or life.done())
        yield server
    finally:
        server.link.finish()
        with theirs, contextlib.closing(server.link):
            await life


def test_a_connection_is_served_as_elsewhere(tmp_path: Path) -> None:
    """DUR-1: what was pushed is in the worker's database."""

    async def main() -> None:
        for ids in ([], ["a"]):
            async with working(tmp_path, auth="none") as server:
                assert server.heard == [Word.READY]
                async with server.client(MINE, "") as ann:
                    page = await ann.sync("1")
                    assert [record["id"] for record in page.get("records", [])] == ids
                    if not ids:
                        await ann.push(1, {"op": "put", "id": "a", "kind": "k", "props": {}})

    run(main())
    assert (tmp_path / "shards" / "2-of-2" / "sessions.sqlite3").exists()


def test_changes_of_grants_are_told_and_looked_for(tmp_path: Path) -> None:
    """ACC-6: another worker removes somebody who is here."""

    async def main() -> None:
        book = GrantBook.open(tmp_path, now_ms)
        device = grant("secret", role=Role.EDITOR, kind=GrantKind.DEVICE, session="")
        await book.add([device, grant("invite", kind=GrantKind.INVITE, session="")])
        async with working(tmp_path, auth="local") as server, server.client(MINE, "secret") as ann:
            await ann.receive("connection:ack")
            await book.add([device._replace(role=Role.NONE)])
            server.link.say(Word.GRANTS)
            assert await ann.closed() == (4403, "removed")
            async with server.client(MINE, "invite") as bob:
                await bob.receive("connection:ack")
                assert Word.GRANTS in server.heard
            (tmp_path / "access.db").write_bytes(b"damaged")
            server.link.say(Word.GRANTS)  # harmless
        await book.close()

    run(main())


def test_a_disk_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    why = "late"
    monkeypatch.setattr(App, "not_ready", property(lambda app: why))

    async def main() -> None:
        nonlocal why
        async with working(tmp_path, auth="none") as server:
            await until(lambda: server.heard == [Word.LATE])
            why = ""
            await until(lambda: server.heard == [Word.LATE, Word.READY])

    run(main())


def test_a_peer_that_is_gone_on_the_way_is_harmless(tmp_path: Path) -> None:
    async def main() -> None:
        async with working(tmp_path, auth="none") as server:
            one, other = socket.socketpair()
            other.close()
            with one:
                assert await server.link.hand_over(one)
            async with server.client(MINE, "") as ann:
                await ann.receive("connection:ack")

    run(main())


def test_a_key_that_is_damaged_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / "signing.key").write_bytes(b"short")

    async def main() -> None:
        with pytest.raises(StorageError, match="damaged"):
            async with working(tmp_path, auth="none"):
                pass

    run(main())


def test_job_has_all_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative paths, too, though nobody changes the folder."""
    monkeypatch.chdir(tmp_path)
    job = json.loads(job_of(Settings(data=Path("data"), keep_days=7, workers=3), 2))
    assert job["number"] == 2
    given = job["settings"]
    assert (given["data"], given["keep_days"]) == (os.path.join(tmp_path, "data"), 7)
    assert "keep_mb" not in given


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    job = job_of(Settings(data=tmp_path / "data", workers=2), 1)
    (tmp_path / "data").write_text("a file")
    with python(
        "-m", "optiverse_collab_server.cli.worker", "9", stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        _, errors = process.communicate(job.decode())
    assert process.returncode == 1
    assert errors
