"""A worker process: serves the sessions of one shard. Only a server with ``--workers`` starts it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server import file_limit
from optiverse_collab_server.access.book import GrantBook
from optiverse_collab_server.cli.entrance import entrance_for
from optiverse_collab_server.cli.event_loop import run_loop
from optiverse_collab_server.cli.limits import limits_of, share_of
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.config.settings import TABLE, Settings
from optiverse_collab_server.logs import set_up
from optiverse_collab_server.serving import running
from optiverse_collab_server.signing import signing_key
from optiverse_collab_server.storage import Retention, SqliteStore
from optiverse_collab_server.storage.shards import shards_for
from optiverse_collab_server.workers.incoming import Incoming
from optiverse_collab_server.workers.link import Link, Word

LOOK_SECONDS = 1.0
"""How often a worker looks whether its disk answers."""

log = logging.getLogger("optiverse_collab_server")


class Job(msgspec.Struct, frozen=True):
    """The instructions for a worker.

    Attributes:
        number: its own, from 1.
        settings: those of the server that are not the default; paths as text.
    """

    number: int
    settings: dict[str, Any]


def job_of(settings: Settings, number: int) -> bytes:
    """The job of a worker."""
    values = {one.name: getattr(settings, one.name) for one in fields(settings)}
    values["data"] = data_folder(settings).absolute()
    given = {
        name: str(value) if isinstance(value, Path) else value
        for name, value in values.items()
        if value is not None
    }
    return msgspec.json.encode(Job(number, given))


def main() -> int:
    """Serve until the server closes the line.

    Returns:
        The exit code.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which tells its workers
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    settings = Settings(**{name: TABLE[name].kind.take(value) for name, value in job.settings.items()})
    set_up(settings.debug, settings.log_format)
    os.umask(0o077)
    try:
        with socket.socket(fileno=int(sys.argv[1])) as line:
            run_loop(work(settings, job.number, line))
    except (SettingsError, StorageError) as error:
        log.error("Worker %d: %s", job.number, error)
        return 1
    return 0


async def work(settings: Settings, number: int, line: socket.socket) -> None:
    """Serve the connections that come over the line, until it ends.

    Args:
        settings: of the server.
        number: of the worker, from 1.
        line: to the server.

    Raises:
        StorageError: the shard can't be used.
    """
    data, stop, incoming = data_folder(settings), asyncio.Event(), Incoming()
    shard = shards_for(data, settings.workers)[number - 1]
    limits = share_of(limits_of(settings), settings.workers)
    if warning := file_limit.allow(limits.connections):
        log.warning("Worker %d: %s", number, warning)
    store = SqliteStore(shard, Retention.of(settings.keep_days, settings.keep_mb))
    try:
        entrance = None if settings.auth == "none" else entrance_for(settings, data)
        key = signing_key(data)
    except StorageError:
        await store.close()
        raise
    book = None if entrance is None else entrance.book
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with running(store, incoming.listen, entrance=entrance, quotas=limits, key=key):
        link = _linked(line, incoming, book, stop)
        try:
            await _report(link, incoming, stop)
        finally:
            link.close()


def _linked(line: socket.socket, incoming: Incoming, book: GrantBook | None, stop: asyncio.Event) -> Link:
    """Take connections from the line, and tell others of changed grants."""
    looking: set[asyncio.Task[None]] = set()

    def hear(word: Word, peer: socket.socket | None) -> None:
        if peer is not None:
            incoming.take(peer)
        elif word is Word.GRANTS and book is not None:
            task = asyncio.create_task(_look_at(book))
            looking.add(task)
            task.add_done_callback(looking.discard)

    link = Link(line, hear, stop.set)

    def tell(ids: Iterable[str]) -> None:
        link.say(Word.GRANTS)

    if book is not None:
        book.stored = tell
    return link


async def _look_at(book: GrantBook) -> None:
    """Apply what another worker has changed."""
    try:
        await book.look_again()
    except StorageError as error:
        log.error("A change of access counts only later: %s", error)


async def _report(link: Link, incoming: Incoming, stop: asyncio.Event) -> None:
    """Say whether the worker serves, whenever that changes, until it is to stop."""
    said: Word | None = None
    while not stop.is_set():
        word = Word.LATE if incoming.is_late else Word.READY
        if word is not said:
            link.say(word)
            said = word
        try:
            await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
        except asyncio.TimeoutError:
            continue


if __name__ == "__main__":
    raise SystemExit(main())
