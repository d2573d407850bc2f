"""Guests who knock at a session, and owners who answer, over raw sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.helpers.grants import invite
from tests.helpers.live_server import LiveServer, RawClient


@asynccontextmanager
async def knocking(
    server: LiveServer, token: str, name: str = "ana", session: str = "default"
) -> AsyncIterator[RawClient]:
    """Connect somebody who waits outside."""
    async with server.asking(name, session, token=token) as guest:
        assert await guest.receive() == {"type": "access:wait"}
        yield guest


async def heard(owner: RawClient) -> dict[str, Any]:
    """Wait for the next knock that an owner receives."""
    return await owner.receive("access:knock")


async def answer(owner: RawClient, knock: dict[str, Any], admitted: bool) -> dict[str, Any]:
    """Let an owner answer; returns the server's reply."""
    message = {"type": "access:admit", "request": 5, "knock": knock["knock"], "admitted": admitted}
    await owner.send(message)
    return await owner.receive("access:grants", "access:refused")


async def knock_link(owner: RawClient, **more: Any) -> str:
    """A token with which people have to knock."""
    return await invite(owner, more.pop("role", "editor"), knock=True, **more)
