"""``optiverse-collab-server divide``: puts the sessions into as many databases as there are workers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage.dividing import divide

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "divide", help="divide the sessions among as many databases as --workers says; 1 brings them together"
    )
    add_settings(parser, "data", "workers", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Divide, and say where the former databases are.

    Returns:
        The exit code.

    Raises:
        StorageError: there are as many already, a server runs, or something can't be read or written.
    """
    data = data_folder(settings)
    done = divide(data, settings.workers)
    if options.json:
        write_json(
            {"databases": settings.workers, "sessions": done.sessions, "aside": list(map(str, done.aside))}
        )
    else:
        write_line(f"{data}: {done.sessions} session(s) are in {settings.workers} database(s) now")
        for place in done.aside:
            write_line(f"The previous data is in {place}")
    return 0
