"""Data folders that a server has filled, for tests of commands."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from optiverse_collab_server.access.file import AccessFile
from optiverse_collab_server.access.grants import StoredGrant
from optiverse_collab_server.storage import SqliteStore
from tests.helpers.aio import run
from tests.helpers.live_server import LiveServer, live_server


def put(id: str, **props: Any) -> dict[str, Any]:
    """A put operation for a record."""
    return {"op": "put", "id": id, "kind": "component", "props": props}


@contextlib.asynccontextmanager
async def served(data: Path) -> AsyncIterator[LiveServer]:
    """A server in this process that serves a data folder."""
    async with live_server(SqliteStore(data)) as server:
        yield server


async def edit(server: LiveServer, session: str, *ids: str, client_id: str = "a") -> None:
    """Put records, one change each, from a client that has never connected before."""
    async with server.client("ann", session) as ann:
        await ann.sync(client_id)
        for clock, id in enumerate(ids, 1):
            assert (await ann.push(clock, put(id)))["result"] == "commit"


async def records(server: LiveServer, session: str) -> set[str]:
    """The ids of the records of a session."""
    async with server.client("reader", session) as reader:
        return {record["id"] for record in (await reader.sync("reader")).get("records", [])}


def fill_folder(data: Path, **sessions: list[str]) -> None:
    """Let a server store these sessions with these records."""

    async def main() -> None:
        async with served(data) as server:
            for session, ids in sessions.items():
                await edit(server, session, *ids)

    run(main())


def grants_in(data: Path) -> list[StoredGrant]:
    """The stored grants, oldest first."""
    with contextlib.closing(AccessFile(data)) as file:
        return file.load()
