"""``optiverse-collab-server serve``: serves the sessions of a data folder until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import logging
import signal
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server import file_limit
from optiverse_collab_server.access import owner_link
from optiverse_collab_server.cli.entrance import entrance_for, link_to
from optiverse_collab_server.cli.identity import identity_for, log_protection
from optiverse_collab_server.cli.managed import say_ready, stop_on_request
from optiverse_collab_server.cli.standing import here_for, log_standing, pair_for
from optiverse_collab_server.cli.stores import store_for
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.quotas import MB, Quotas
from optiverse_collab_server.serving import at, running
from optiverse_collab_server.signing import signing_key

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings

log = logging.getLogger("optiverse_collab_server")


def add_parser(commands: Commands) -> None:
    """Add the command."""
    add_arguments(commands.add_parser("serve", help="serve sessions; the same as no command"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments: every setting."""
    add_settings(parser)
    parser.add_argument(
        "--check-config",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print every setting and where it comes from, and exit",
    )
    parser.add_argument(
        "--ready-json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print one line of JSON when the server is ready, and end at a line 'stop' on standard input",
    )
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM.

    Returns:
        The exit code.

    Raises:
        StorageError: the data folder can't be used.
    """
    try:
        _run(serve(settings, options.ready_json))
    except OSError as error:
        log.error("%s", _explain(error, settings.host, settings.port))
        return 1
    return 0


async def serve(settings: Settings, is_managed: bool = False) -> None:
    """Serve until the process is stopped.

    Args:
        settings: all of them.
        is_managed: whether a program runs it and waits until it is ready (``--ready-json``).

    Raises:
        OSError: the server can't listen on the address.
        SettingsError: a certificate, a key or a link can't be used, or settings contradict.
        StorageError: the data folder or the store can't be used.
    """
    stop = _told_to_stop()
    host, port, data = settings.host, settings.port, data_folder(settings)
    identity = identity_for(settings, data)
    tls = None if identity is None else identity.context
    store, place = await store_for(settings, data)
    try:
        entrance, key = entrance_for(settings, data), signing_key(data)
        pair = pair_for(settings, data, store, key, entrance)
    except (SettingsError, StorageError):
        await store.close()
        raise
    given = _limits(settings)
    if warning := file_limit.allow(given.connections):
        log.warning("%s", warning)
    async with running(
        store, at(host, port), tls=tls, entrance=entrance, quotas=given, key=key, standby=pair
    ) as server:
        shown = server.sockets[0].getsockname()[1] if port == 0 else port
        if pair is not None:
            pair.here = here_for(settings, shown, identity)
        log.info("Starting Optiverse Collaboration Server on %s:%d", host, shown)
        log.info("Sessions are kept in %s", place)
        log_protection(identity, settings)
        serves = pair is None or log_standing(pair.post.standing)
        if serves and entrance is not None and not entrance.trusts_own:
            await owner_link.announce(entrance.book, data, partial(link_to, settings, shown, identity))
        log.info("Press Ctrl+C to stop")
        if is_managed:
            stop_on_request(partial(asyncio.get_running_loop().call_soon_threadsafe, stop.set))
            say_ready(shown, identity is not None)
        await stop.wait()
        log.info("Stopping: no new connections, everything is being stored")
    log.info("Stopped")


def _limits(settings: Settings) -> Quotas:
    return Quotas(
        settings.max_sessions, settings.session_mb * MB, settings.memory_mb * MB, settings.max_connections
    )


def _told_to_stop() -> asyncio.Event:
    """An event, set by SIGINT and SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            continue  # Ctrl+C is not for a job in the background
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop if available; it halves the cost of a broadcast."""
    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.run(main)
        return
    asyncio.run(main)


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use; stop the other server or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be opened by this user; choose one above 1023 with --port."
    return f"The server can't listen on {host}:{port}: {error}. Check --host and --port."
