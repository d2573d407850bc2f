"""``optiverse-collab-server delete``: deletes a session with its history and its invites."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from optiverse_collab.core.text import printable
from optiverse_collab.errors import StorageError
from optiverse_collab_server.access.file import forget_grants
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage.alone import delete_session, opened_alone
from optiverse_collab_server.storage.opening import database_in
from optiverse_collab_server.storage.shards import part_with

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("delete", help="delete a session with all of its history")
    parser.add_argument("session", help="its name")
    parser.add_argument("--yes", action="store_true", help="don't ask")
    add_settings(parser, "data", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Delete the session, after a confirmation.

    Returns:
        The exit code: 1 if it is still there.

    Raises:
        StorageError: there is no such session, or a server runs.
    """
    data, name = data_folder(settings), options.session
    part = part_with(data, name)
    database_in(part)
    with opened_alone(part) as view:
        view.session(name)
        if not options.yes and not _is_meant(name):
            return 1
        forget_grants(data, name)  # first: old grants must not be valid for a new session of that name
        delete_session(view, name)
    if options.json:
        write_json({"session": name})
    else:
        write_line(f"{printable(name)}: deleted")
    return 0


def _is_meant(name: str) -> bool:
    if not sys.stdin.isatty():
        raise StorageError("Nothing was deleted: there is no terminal to ask on; add --yes if you mean it.")
    return input(f"Delete {printable(name)} with its history? [y/N] ").strip().lower() in ("y", "yes")
