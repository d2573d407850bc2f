"""``optiverse-collab-server import``: creates a session from a file that `export` wrote."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.core.protocol.address import check_name
from optiverse_collab.core.text import printable
from optiverse_collab.errors import AddressError, StorageError
from optiverse_collab_server.cli.counting import Counts
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage.alone import opened_alone
from optiverse_collab_server.storage.shards import part_with
from optiverse_collab_server.storage.transfer import import_session, read_export

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("import", help="create a session from a file that `export` wrote")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--as", dest="name", metavar="NAME", help="its name (default: its former name)")
    add_settings(parser, "data", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Make the session, and say what is in it.

    Returns:
        The exit code.

    Raises:
        StorageError: there is such a session already, or the file can't be read, or a server runs.
    """
    try:
        export = read_export(options.file.read_bytes())
    except OSError as error:
        raise StorageError(f"{options.file} can't be read ({error.strerror}).") from error
    name = export.session if options.name is None else options.name
    try:
        check_name(name, "session")
    except AddressError as error:
        raise StorageError(f"The session can't be called that: {error}") from error
    with opened_alone(part_with(data_folder(settings), name)) as view:
        import_session(view, name, export, secrets.token_hex(16))
    change, counts = export.snapshot.clock, Counts.of(one.record for one in export.snapshot.records)
    if options.json:
        write_json({"session": name, "change": change, **counts._asdict()})
    else:
        write_line(f"{printable(name)}: {counts} at change {change}")
    return 0
