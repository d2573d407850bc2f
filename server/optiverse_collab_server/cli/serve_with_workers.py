"""Serves a data folder with several processes: this one accepts connections, and its workers serve them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server.access import owner_link
from optiverse_collab_server.cli import worker
from optiverse_collab_server.cli.entrance import entrance_for, link_to
from optiverse_collab_server.cli.event_loop import told_to_stop
from optiverse_collab_server.cli.identity import log_protection, wants_tls
from optiverse_collab_server.cli.managed import say_ready, stop_on_request
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.signing import signing_key
from optiverse_collab_server.standby.followers import Mode
from optiverse_collab_server.standby.standing import FILE_NAME as STANDING
from optiverse_collab_server.storage.failures import explained
from optiverse_collab_server.storage.lock import locked
from optiverse_collab_server.storage.shards import shards_for
from optiverse_collab_server.workers.router import Router
from optiverse_collab_server.workers.worker import Worker

if TYPE_CHECKING:
    from optiverse_collab_server.config.settings import Settings

log = logging.getLogger("optiverse_collab_server")


async def serve_with_workers(settings: Settings, is_managed: bool = False) -> None:
    """Serve until the process is stopped.

    Args:
        settings: all of them.
        is_managed: whether a program runs it and waits until it is ready (``--ready-json``).

    Raises:
        OSError: the server can't listen on the address.
        SettingsError: settings contradict.
        StorageError: the data folder can't be used, or a worker didn't end well.
    """
    stop, data = told_to_stop(), data_folder(settings)
    check_settings(settings, data)
    async with AsyncExitStack() as stack:
        stack.enter_context(_held(data, settings.workers))
        signing_key(data)  # made here, so that all workers have the same
        listeners = await listen(settings.host, settings.port)
        for listener in listeners:
            stack.enter_context(listener)
        port = listeners[0].getsockname()[1]
        workers = await stack.enter_async_context(_working(settings))
        await stack.enter_async_context(Router(listeners, workers).running())
        log.info("Starting Optiverse Collaboration Server on %s:%d", settings.host, port)
        log.info("Sessions are kept in %s", data)
        log.info("%d workers serve them", len(workers))
        log_protection(None, settings)
        await _announce_owner(settings, data, port)
        log.info("Press Ctrl+C to stop")
        if is_managed:
            stop_on_request(partial(asyncio.get_running_loop().call_soon_threadsafe, stop.set))
            say_ready(port, tls=False)
        await stop.wait()
        log.info("Stopping: no new connections, everything is being stored")
    log.info("Stopped")


def check_settings(settings: Settings, data: Path) -> None:
    """Make sure that workers can do what is wanted.

    Raises:
        SettingsError: they can't.
    """
    if not hasattr(socket, "send_fds"):
        raise SettingsError(
            ["--workers needs Linux or macOS: here, no process can hand over a connection. Leave it out."]
        )
    if wants_tls(settings):
        raise SettingsError(
            [
                "With --workers, the server can't encrypt connections: it reads which session each is for. "
                "Let a proxy on this machine encrypt them (docs/lab-server.md), and add --no-tls."
            ]
        )
    if settings.store is not None:
        raise SettingsError(
            ["With --store, leave out --workers: start several servers, which share the store."]
        )
    if settings.follow is not None or settings.sync_standby != Mode.OFF.value or (data / STANDING).exists():
        raise SettingsError(
            [f"A server with --workers has no standby and is none; leave out --workers ({data / STANDING})."]
        )


async def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on all addresses of a host, on one port.

    Raises:
        OSError: there is no such address, or the port is taken.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    with ExitStack() as undo:
        listeners: list[socket.socket] = []
        for family, address in dict.fromkeys((family, address) for family, _, _, _, address in found):
            if listeners:  # any free port for the first one is that of all
                address = (address[0], listeners[0].getsockname()[1], *address[2:])
            listeners.append(undo.enter_context(socket.create_server(address, family=family, backlog=100)))
            listeners[-1].setblocking(False)
        undo.pop_all()
        return listeners


@contextlib.contextmanager
def _held(data: Path, workers: int) -> Iterator[None]:
    """No other server uses the data folder inside the block."""
    with explained(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(data) as lock:
        shards_for(data, workers)
        lock.note_holder()
        try:
            yield
        finally:
            lock.forget_holder()


@contextlib.asynccontextmanager
async def _working(settings: Settings) -> AsyncIterator[list[Worker]]:
    """The workers; all of them serve inside the block.

    Raises:
        StorageError: one can't start; or, after the block, one didn't end well.
    """
    workers: list[Worker] = []

    def grants_changed(by: Worker) -> None:
        for one in workers:
            if one is not by:
                one.look_at_grants()

    command = [sys.executable, "-m", worker.__name__]
    for number in range(1, settings.workers + 1):
        workers.append(Worker(number, command, worker.job_of(settings, number), grants_changed))
    lives = [asyncio.create_task(one.run()) for one in workers]
    try:
        started = asyncio.create_task(_all_started(workers))
        done, _ = await asyncio.wait([started, *lives], return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        for task in done:
            task.result()
        yield workers
    finally:
        await asyncio.gather(*(one.stop() for one in workers))
        await asyncio.gather(*lives, return_exceptions=True)
    if failed := [str(one.number) for one in workers if one.failed]:
        raise StorageError(f"Worker(s) {', '.join(failed)} did not stop well; the lines above say why.")


async def _all_started(workers: list[Worker]) -> None:
    await asyncio.gather(*(one.started() for one in workers))


async def _announce_owner(settings: Settings, data: Path, port: int) -> None:
    entrance = entrance_for(settings, data)
    if entrance is None:
        return
    try:
        if not entrance.trusts_own:
            await owner_link.announce(entrance.book, data, partial(link_to, settings, port, None))
    finally:
        await entrance.book.close()
