"""Connects to NATS, and finds or makes the stream."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timezone
from typing import TypeVar

from nats.aio.client import Client
from nats.errors import Error
from nats.js import JetStreamContext, api
from nats.js.errors import APIError, NotFoundError

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.jetstream.stream import (
    NAME,
    PART_BYTES,
    Stream,
    Unanswered,
    explained,
    id_of,
)

T = TypeVar("T")

CONNECT_SECONDS = 5.0
"""How long to wait for the first connection, and until a stream is made."""

ELECTION_SECONDS = 15.0
"""How long a server that starts waits until NATS has leaders; they may have started at the same time."""

PAUSE_SECONDS = 0.25
"""How long to wait before NATS is asked again."""

_NAME_IN_USE = 10058


async def open_stream(servers: Sequence[str], replicas: int) -> Stream:
    """Connect to NATS, and make the stream if there is none.

    Args:
        servers: addresses of NATS servers, at least one of which must answer.
        replicas: how many of them keep each message.

    Raises:
        StorageError: they don't answer, take no long messages, or can't keep the stream so.
    """
    client = Client()
    try:
        connect = client.connect(
            list(servers), error_cb=_ignore, max_reconnect_attempts=-1, reconnect_time_wait=1
        )
        await asyncio.wait_for(connect, CONNECT_SECONDS)  # it never gives up
    except (asyncio.TimeoutError, Error, OSError) as error:
        places = ", ".join(address.rpartition("@")[2].rpartition("/")[2] for address in servers)
        raise StorageError(f"No NATS server answers at {places}; start one, or check --store.") from error
    try:
        if client.max_payload < 2 * PART_BYTES:
            raise StorageError(
                f"NATS takes messages of up to {client.max_payload:,} bytes, and this server sends longer "
                "ones; write `max_payload: 1MB`, the default, into the configuration of all NATS servers."
            )
        return await patiently(lambda: find_stream(client, replicas))
    except BaseException:
        await client.close()
        raise


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask NATS again while it does not answer; after a start, it takes seconds to have leaders.

    Raises:
        StorageError: it takes too long, or something else is wrong.
    """
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + ELECTION_SECONDS
    while loop.time() < ends_s:
        with contextlib.suppress(Unanswered):
            return await ask()
        await asyncio.sleep(PAUSE_SECONDS)
    return await ask()


async def find_stream(client: Client, replicas: int) -> Stream:
    """The stream; it is made if there is none.

    Args:
        client: connected.
        replicas: how many NATS servers keep each message.

    Raises:
        StorageError: NATS can't keep the stream so, or does not answer.
    """
    config = api.StreamConfig(
        name=NAME,
        subjects=[f"optiverse.{new_id()}.>"],
        storage=api.StorageType.FILE,
        discard=api.DiscardPolicy.NEW,
        num_replicas=replicas,
        allow_msg_ttl=True,
        deny_delete=True,
    )
    info = await find_or_make(client.jetstream(timeout=CONNECT_SECONDS), config)
    made = info.created or datetime.now(timezone.utc)
    return Stream(client, id_of(info.config), (datetime.now(timezone.utc) - made).total_seconds())


def new_id() -> str:
    """An id for a stream, for its subjects."""
    return secrets.token_hex(8)


async def find_or_make(js: JetStreamContext, config: api.StreamConfig) -> api.StreamInfo:
    """A stream of a name; made so if there is none.

    Raises:
        StorageError: NATS can't keep it so, or does not answer.
    """
    with explained():
        info = await _find_or_make(js, config)
    replicas, kept = config.num_replicas or 1, info.config.num_replicas or 1
    if kept < replicas:
        raise StorageError(
            f"NATS keeps {kept} copies of the stream, and --replicas asks for {replicas}; change that with "
            f"`nats stream update {config.name} --replicas {replicas}`."
        )
    return info


async def _find_or_make(js: JetStreamContext, config: api.StreamConfig) -> api.StreamInfo:
    assert config.name is not None
    try:
        return await js.stream_info(config.name)
    except NotFoundError:
        pass
    try:
        return await js.add_stream(config)
    except APIError as error:
        if error.err_code == _NAME_IN_USE:  # another server has just made it
            return await js.stream_info(config.name)
        raise StorageError(
            f"NATS can't keep {config.num_replicas} copies of the sessions ({error.description}); start "
            "enough servers with JetStream, or ask for fewer with --replicas."
        ) from error


async def _ignore(error: Exception) -> None:
    """Errors of the connection: those who wait for an answer learn of them."""
