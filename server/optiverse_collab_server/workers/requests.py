"""Looks at the request on a new connection without taking it: whoever gets the socket reads all of it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from urllib.parse import parse_qs

from optiverse_collab.core.protocol.address import parse_path
from optiverse_collab.errors import AddressError
from optiverse_collab_server.storage.shards import number_of

LINE_BYTES = 8192
"""The first line may be this long; the worker refuses a longer one."""


class Gone(Exception):
    """The peer ended the connection before its request."""


async def target_of(peer: socket.socket) -> str:
    """The target of the request, such as ``/ws/lab/ann``; empty if it is not HTTP.

    Args:
        peer: a connection, which doesn't block.

    Raises:
        Gone: the peer is gone.
    """
    length = 0
    while True:
        line = _peek(peer)
        if line is not None:
            if b"\n" in line or len(line) == LINE_BYTES:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
                return _target(line)
            if len(line) <= length:  # nothing came, and something happened: the end
                raise Gone
            length = len(line)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, length + 1)
        await _readable(peer)


def worker_for(target: str, workers: int) -> int | None:
    """Which worker a request is for, counted from 0; None if it is for all of them.

    Args:
        target: of the request.
        workers: how many there are.
    """
    path, _, query = target.partition("?")
    if path in ("/healthz", "/readyz", "/metrics"):
        [asked, *_] = parse_qs(query).get("worker", [""])
        return int(asked) - 1 if asked in map(str, range(1, workers + 1)) else None
    with contextlib.suppress(AddressError):
        return number_of(parse_path(target).session_id, workers)
    return 0  # it refuses this


def _peek(peer: socket.socket) -> bytes | None:
    """What has come; None if nothing has.

    Raises:
        Gone: the peer is gone.
    """
    try:
        return peer.recv(LINE_BYTES, socket.MSG_PEEK)
    except BlockingIOError:
        return None
    except OSError as error:
        raise Gone from error


def _target(line: bytes) -> str:
    words = line.partition(b"\r\n")[0].decode("ascii", "replace").split(" ")
    return words[1] if len(words) == 3 else ""


async def _readable(peer: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(peer.fileno(), ready.cancel)
    try:
        await asyncio.wait([ready])
    finally:
        loop.remove_reader(peer.fileno())
