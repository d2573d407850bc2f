"""A plain GET, as programs send it that monitor a server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import NamedTuple


class Answer(NamedTuple):
    """The server's answer.

    Attributes:
        headers: by name in lower case.
    """

    status: int
    headers: dict[str, str]
    body: str


async def get(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Send a request to a server on this machine, without TLS."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = {"Host": "localhost", **(headers or {})}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    status, *fields = head.split("\r\n")
    pairs = (field.split(": ", 1) for field in fields)
    return Answer(int(status.split()[1]), {name.lower(): value for name, value in pairs}, body)
