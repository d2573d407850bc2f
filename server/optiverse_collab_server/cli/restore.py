"""``optiverse-collab-server restore``: replaces the data folder's database by a backup."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.text import printable
from optiverse_collab_server.cli.belongings import BESIDES
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage.restore import Restored, restore_folder

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("restore", help="continue from a backup; the current data is set aside")
    parser.add_argument("backup", type=Path, metavar="FOLDER", help="what `backup` made")
    add_settings(parser, "data", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Restore, and print a line for each session.

    Returns:
        The exit code: 1 if a session is damaged in the backup.

    Raises:
        StorageError: the backup can't be read, or a server runs.
    """
    restored, aside = restore_folder(options.backup, data_folder(settings), BESIDES)
    if options.json:
        write_json({"sessions": [asdict(one) for one in restored], "aside": list(map(str, aside))})
    else:
        for one in restored:
            write_line(_line(one))
        for place in aside:
            write_line(f"The previous data is in {place}")
    return 1 if any(one.damage for one in restored) else 0


def _line(one: Restored) -> str:
    name = printable(one.session)
    if one.damage:
        return f"{name}: damaged in the backup: {one.damage}"
    at = f"change {one.change}" + (f" of {timestamp(one.time_ms)}" if one.change else "")
    if one.replaced is None:
        return f"{name}: continues at {at}"
    return f"{name}: continues at {at}; it was at change {one.replaced}"
