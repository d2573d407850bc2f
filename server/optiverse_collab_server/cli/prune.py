"""``optiverse-collab-server prune``: drops old history, and makes the database as small as possible."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage import Retention
from optiverse_collab_server.storage.alone import opened_alone, prune
from optiverse_collab_server.storage.opening import database_in
from optiverse_collab_server.storage.shards import parts_of

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "prune", help="drop the history that is past its limit, and shrink the database"
    )
    add_settings(parser, "data", "keep_days", "keep_mb", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Drop, pack and shrink.

    Returns:
        The exit code.

    Raises:
        StorageError: the database can't be written, or a server runs.
    """
    data = data_folder(settings)
    parts = parts_of(data)
    files = [database_in(part) for part in parts]
    before = _bytes(files)
    for part in parts:
        with opened_alone(part) as view:
            prune(view, Retention.of(settings.keep_days, settings.keep_mb))
    after = _bytes(files)
    if options.json:
        write_json({"bytes_before": before, "bytes": after})
    else:
        write_line(
            f"{files[0] if len(files) == 1 else data}: {after / 1e6:.1f} MB, and {before / 1e6:.1f} MB before"
        )
    return 0


def _bytes(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files)
