"""``optiverse-collab-server export``: writes a session to a file for `import`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from optiverse_collab.core.text import printable
from optiverse_collab.errors import StorageError
from optiverse_collab_server.cli.counting import Counts
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage.shards import part_with
from optiverse_collab_server.storage.transfer import export_session
from optiverse_collab_server.storage.viewing import viewed

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "export", help="write a session's newest state to a file, even while the server runs"
    )
    parser.add_argument("session", help="its name")
    parser.add_argument("file", type=Path, metavar="FILE", help="a new file")
    add_settings(parser, "data", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Write the file, and say what is in it.

    Returns:
        The exit code.

    Raises:
        StorageError: there is no such session, it is damaged, or the file can't be written.
    """
    with viewed(part_with(data_folder(settings), options.session)) as view:
        export = export_session(view, options.session)
    data = msgspec.json.encode(export)
    try:
        with options.file.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise StorageError(f"{options.file} already exists; give a new file.") from error
    except OSError as error:
        raise StorageError(f"{options.file} can't be written ({error.strerror}).") from error
    session, change = export.session, export.snapshot.clock
    counts = Counts.of(one.record for one in export.snapshot.records)
    if options.json:
        written = {"session": session, "file": str(options.file), "change": change}
        write_json({**written, **counts._asdict()})
    else:
        write_line(f"{printable(session)}: {counts} at change {change}, in {options.file}")
    return 0
