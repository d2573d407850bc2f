"""``optiverse-collab-server migrate``: copies all sessions from a data folder to NATS, or back."""

from __future__ import annotations

import argparse
import asyncio
import secrets
from typing import TYPE_CHECKING

from optiverse_collab.core.text import printable
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.cli.stores import nats_store
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.moving import Copied, copy_session
from optiverse_collab_server.storage import SqliteStore, StandbyStore
from optiverse_collab_server.storage.opening import database_in
from optiverse_collab_server.storage.shards import check_undivided

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings

TO_NATS, TO_FOLDER = "to-nats", "to-folder"


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("migrate", help="copy all sessions from the data folder to NATS, or back")
    parser.add_argument("to", choices=[TO_NATS, TO_FOLDER], help="where to")
    add_settings(parser, "data", "store", "replicas", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Copy, and say what was copied.

    Returns:
        The exit code.

    Raises:
        SettingsError: there is no usable address of NATS.
        StorageError: a server runs, or a session can't be copied; those before it were.
    """
    copied = asyncio.run(_migrate(settings, options.to == TO_NATS, options.json))
    if options.json:
        write_json([{"session": name, **one._asdict()} for name, one in copied.items()])
    return 0


async def _migrate(settings: Settings, to_nats: bool, is_silent: bool) -> dict[str, Copied]:
    data = data_folder(settings)
    check_undivided(data)
    if to_nats:
        database_in(data)
    # A name of no server: this process takes no session that a server still has.
    nats = await nats_store(settings, f"migrate {secrets.token_hex(4)}")
    try:
        folder = SqliteStore(data)
        try:
            source, target = (folder, nats) if to_nats else (nats, folder)
            return await _copy_all(source, target, is_silent)
        finally:
            await folder.close()
    finally:
        await nats.close()


async def _copy_all(source: StandbyStore, target: StandbyStore, is_silent: bool) -> dict[str, Copied]:
    copied: dict[str, Copied] = {}
    for session in await source.sessions():
        await source.load(session)  # in NATS, no server has it from now on
        one = copied[session] = await copy_session(source, target, session)
        if not is_silent:
            write_line(f"{printable(session)}: {one.added} change(s) copied, up to {one.clock}")
    return copied
