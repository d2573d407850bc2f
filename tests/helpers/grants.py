"""Grants for tests: a server that requires tokens, and people who have one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.access.grants import StoredGrant, owner_invite
from optiverse_collab_server.access.tokens import hash_of, new_token
from optiverse_collab_server.storage import Store
from optiverse_collab_server.wall_clock import now_ms
from tests.helpers.aio import run
from tests.helpers.live_server import LiveServer, RawClient, live_server


class MemoryFile:
    """A fake file of grants.

    Attributes:
        written: what each write added or replaced.
        by_others: all grants, as another process wrote them.
    """

    def __init__(self) -> None:
        self.written: list[list[StoredGrant]] = []
        self.by_others: list[StoredGrant] | None = None
        self.closed = False

    def write(self, grants: Sequence[StoredGrant], forgotten: Sequence[str]) -> None:
        """Note the write."""
        self.written.append(list(grants))

    def load_since(self, version: int) -> tuple[int, list[StoredGrant]] | None:
        """The other process's grants, if it has written any."""
        return None if self.by_others is None else (version + 1, self.by_others)

    def close(self) -> None:
        """Note the call."""
        self.closed = True


def grant(
    token: str | None = None,
    role: Role = Role.EDITOR,
    kind: GrantKind = GrantKind.DEVICE,
    session: str = "default",
    id: str = "",
    **more: Any,
) -> StoredGrant:
    """A grant; unless an id is given, it has that of its token."""
    token = token or new_token()
    return StoredGrant(id or f"g-{token}", kind, hash_of(token), session, role, "label", now_ms(), **more)


class Guarded(LiveServer):
    """A server that requires a token from everybody.

    Attributes:
        owner_token: the token of an invite for the server's owner.
        entrance: its door.
    """

    def __init__(self, port: int, entrance: Entrance, owner_token: str) -> None:
        super().__init__(port)
        self.entrance = entrance
        self.owner_token = owner_token


@asynccontextmanager
async def guarded_server(
    folder: Path, store: Store | None = None, trusts_own: bool = False
) -> AsyncIterator[Guarded]:
    """A server with grants in a folder, on a free port of this machine."""
    entrance = Entrance.open(folder, trusts_own)
    invite, token = owner_invite(entrance.book.clock())
    await entrance.book.add([invite])
    async with live_server(store, entrance=entrance) as server:
        yield Guarded(server.port, entrance, token)


async def invite(owner: RawClient, role: str, **more: Any) -> str:
    """Let an owner make an invite; returns its token."""
    await owner.send({"type": "access:invite", "request": 1, "role": role, **more})
    return str((await owner.receive("access:invited"))["token"])


async def grants_of(owner: RawClient) -> list[dict[str, Any]]:
    """All grants that an owner sees."""
    await owner.send({"type": "access:list", "request": 2})
    grants: list[dict[str, Any]] = []
    while True:
        page = await owner.receive("access:grants")
        grants += page["grants"]
        if page.get("done"):
            return grants


async def set_grant(owner: RawClient, id: str, **what: Any) -> dict[str, Any]:
    """Let an owner change a grant; returns the answer."""
    await owner.send({"type": "access:set", "request": 3, "id": id, **what})
    return await owner.receive("access:grants", "access:refused")


async def device_of(owner: RawClient, label: str) -> str:
    """The id of somebody's device."""
    return next(
        str(one["id"])
        for one in await grants_of(owner)
        if one["kind"] == "device" and one.get("label") == label
    )


def play(folder: Path, go: Callable[[Guarded, RawClient], Coroutine[Any, Any, None]]) -> None:
    """Start a server that requires tokens, with its owner in a session."""

    async def main() -> None:
        async with (
            guarded_server(folder) as server,
            server.client("olga", token=server.owner_token) as owner,
        ):
            await go(server, owner)

    run(main())


async def refused(
    server: LiveServer, token: str | None, session: str = "default"
) -> tuple[int | None, str | None]:
    """The code and the reason of the close that somebody with this token gets."""
    async with server.asking("mallory", session, token=token) as client:
        return await client.closed()


async def sync_all(client: RawClient, id: str) -> None:
    """Synchronise, with all lanes."""
    await client.send({"type": "sync:request", "client_id": id, "lanes": ["bench", "talk", "meta"]})
    await client.receive("sync:full_state", "sync:delta")
