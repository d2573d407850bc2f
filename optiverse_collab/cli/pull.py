"""``optiverse-collab pull``: writes the bench of a session to a file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from optiverse_collab.cli.output import write_json
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.convert import bench_from_records
from optiverse_collab.core.text import printable
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting.files import write_records

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "pull", parents=[session_options], help="write the bench of a session to a file"
    )
    parser.add_argument("file", metavar="FILE", help="where to write it; - for standard output")
    parser.add_argument("--replace", action="store_true", help="overwrite the file if it exists")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Write the bench to a file or to standard output.

    Raises:
        CollaborationError: the session is empty, or the file can't be written.
    """
    async with connected(options) as bench:
        records = dict(bench.records)
    if not records:
        raise CollaborationError(
            f"Session '{printable(options.session)}' is empty, so nothing was written; check its name."
        )
    if options.file == "-":
        write_json(bench_from_records(records))
        return
    await write_records(options.file, records, options.replace)
    write_line(
        f"Wrote the {len(records)} records of session '{printable(options.session)}' to {options.file}."
    )
