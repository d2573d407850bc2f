"""Whether a server serves or follows another one, as settings and its data folder say (STAND-4)."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.errors import AddressError, SettingsError
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.cli.limits import limits_of
from optiverse_collab_server.standby.follow import Here
from optiverse_collab_server.standby.followers import Mode
from optiverse_collab_server.standby.service import StandbyService
from optiverse_collab_server.standby.standing import Post, Standing, State, read_standing
from optiverse_collab_server.storage import Retention, SqliteStore, Store
from optiverse_collab_server.tls import Identity, machine_names

if TYPE_CHECKING:
    from optiverse_collab_server.config.settings import Settings

log = logging.getLogger("optiverse_collab_server")


def retention_for(settings: Settings, data: Path) -> Retention:
    """How much history is kept: all of it while the server is a standby, whose names must not be forgotten.

    Raises:
        StorageError: the standing can't be read.
    """
    standing = read_standing(data)
    if standing.state is State.STANDBY or settings.follow not in (None, standing.followed):
        return Retention()
    return Retention.of(settings.keep_days, settings.keep_mb)


def pair_for(
    settings: Settings, data: Path, store: Store, key: bytes, entrance: Entrance | None
) -> StandbyService | None:
    """The part of the server in a pair; None if it keeps its sessions elsewhere, where others find them.

    Args:
        settings: of the server.
        data: the data folder, whose lock this process holds.
        store: its storage.
        key: for signatures.
        entrance: who may come in; None for everybody.

    Raises:
        SettingsError: the link to follow is not one, or settings contradict.
        StorageError: the standing can't be read or written.
    """
    if not isinstance(store, SqliteStore):
        if settings.follow is not None or settings.sync_standby != Mode.OFF.value:
            raise SettingsError(["With --store, leave out --follow and --sync-standby: there is no standby."])
        return None
    book, post = None if entrance is None else entrance.book, post_for(settings, data, key)
    return StandbyService(post, store, book, Mode(settings.sync_standby), limits_of(settings))


def post_for(settings: Settings, data: Path, key: bytes) -> Post:
    """The standing of the server; with ``--follow`` it becomes a standby, until it is promoted.

    Args:
        settings: of the server.
        data: the data folder, whose lock this process holds.
        key: for signatures.

    Raises:
        SettingsError: the link is not one.
        StorageError: the standing can't be read or written.
    """
    post = Post(data, key)
    if settings.follow is not None:
        try:
            parse_address(settings.follow)
        except AddressError as error:
            raise SettingsError([f"--follow: {error}"]) from error
        now, link = post.standing, settings.follow
        if now.state is not State.STANDBY and link == now.followed:
            log.warning(
                "This server was promoted in place of the one that --follow names, so it does not follow "
                "that one again. Leave --follow out; or make another link there, if it is to"
            )
        elif now.state is not State.STANDBY or now.other != link:
            post.change(Standing(State.STANDBY, max(now.term, now.heard), link))
    return post


def here_for(settings: Settings, port: int, identity: Identity | None) -> Here:
    """Where participants find this server (STAND-9).

    With a key of its own, that is the address from which it reaches the other server; with a certificate of
    an authority, the name of the machine.

    Args:
        settings: of the server; a host that isn't for all addresses is the one.
        port: where it listens.
        identity: its key and certificate; None if connections are not encrypted.
    """
    is_anywhere, pin = settings.host in ("", "0.0.0.0", "::"), None if identity is None else identity.pin
    is_named = identity is not None and pin is None
    host = machine_names(settings.host)[0] if is_named or not is_anywhere else ""
    return Here(host, port, pin, identity is not None)


def log_standing(standing: Standing) -> bool:
    """Log it, unless it is that of a server that has always been alone; returns whether the server serves."""
    if standing.state is State.STANDBY:
        other = parse_address(standing.other).server  # without the token
        log.info("This server is the standby of %s; it serves nobody until it is promoted", other)
    elif standing.state is State.DEPOSED:
        log.error(
            "Another server has taken over from this one (term %d), so it serves nobody. Follow that server "
            "with --follow; or, if it is gone for good, run promote with this data folder",
            standing.term,
        )
    elif standing.term > 1:
        log.info("This server serves in term %d", standing.term)
    return standing.refusal is None
