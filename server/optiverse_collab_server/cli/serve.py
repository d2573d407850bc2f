"""``optiverse-collab-server serve``: serves the sessions of a data folder until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import errno
import logging
from functools import partial
from typing import TYPE_CHECKING

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server import file_limit
from optiverse_collab_server.access import owner_link
from optiverse_collab_server.cli.entrance import access_for, link_to
from optiverse_collab_server.cli.event_loop import run_loop, told_to_stop
from optiverse_collab_server.cli.identity import identity_for, log_protection
from optiverse_collab_server.cli.limits import limits_of
from optiverse_collab_server.cli.managed import say_ready, stop_on_request
from optiverse_collab_server.cli.serve_with_workers import serve_with_workers
from optiverse_collab_server.cli.standing import here_for, log_standing, pair_for
from optiverse_collab_server.cli.stores import store_for
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.serving import at, running
from optiverse_collab_server.standby.standing import State

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
        run_loop((serve if settings.workers == 1 else serve_with_workers)(settings, options.ready_json))
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
    stop = told_to_stop()
    host, port, data = settings.host, settings.port, data_folder(settings)
    identity = identity_for(settings, data)
    tls = None if identity is None else identity.context
    store, place = await store_for(settings, data)
    try:
        entrance, key = await access_for(settings, data, store)
        pair = pair_for(settings, data, store, key, entrance)
    except (SettingsError, StorageError):
        await store.close()
        raise
    given = limits_of(settings)
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
            end = partial(asyncio.get_running_loop().call_soon_threadsafe, stop.set)
            stop_on_request(end, lambda: pair is not None and pair.post.standing.state is State.STANDBY)
            say_ready(shown, identity is not None)
        await stop.wait()
        log.info("Stopping: no new connections, everything is being stored")
    log.info("Stopped")


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use; stop the other server or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be opened by this user; choose one above 1023 with --port."
    return f"The server can't listen on {host}:{port}: {error}. Check --host and --port."
