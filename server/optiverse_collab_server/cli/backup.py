"""``optiverse-collab-server backup``: makes a copy of the data folder, and checks it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab_server.cli.belongings import BESIDES
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage.backup import copy_folder
from optiverse_collab_server.storage.check import check_folder

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "backup", help="copy the data folder, even while the server runs, and check the copy"
    )
    parser.add_argument("to", type=Path, metavar="FOLDER", help="a new folder, which the command creates")
    add_settings(parser, "data", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Make a backup, and say what is in it.

    Returns:
        The exit code: 1 if a session in the copy is damaged, as it then is in the original.

    Raises:
        StorageError: there is no complete copy.
    """
    copy_folder(data_folder(settings), options.to, BESIDES)
    reports = list(check_folder(options.to))
    damaged = [report.session_id for report in reports if report.faults]
    size = sum(report.bytes for report in reports)
    if options.json:
        write_json({"folder": str(options.to), "sessions": [asdict(report) for report in reports]})
    else:
        verdict = f"damaged: {', '.join(map(repr, damaged))}" if damaged else "no damage"
        write_line(f"{options.to}: {len(reports)} session(s), {size / 1e6:.1f} MB, {verdict}")
    return 1 if damaged else 0
