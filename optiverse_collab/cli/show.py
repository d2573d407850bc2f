"""``optiverse-collab show``: prints an earlier bench of a session, or writes it to a file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from optiverse_collab.cli.moments import MOMENT, clock_of
from optiverse_collab.cli.output import write_json
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.text import printable
from optiverse_collab.scripting.files import write_records
from optiverse_collab.wording.history import item_lines
from optiverse_collab.wording.numbers import counted

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "show", parents=[session_options], help="print or write a session's bench as it was"
    )
    parser.add_argument("moment", metavar="MOMENT", help=MOMENT)
    parser.add_argument("file", nargs="?", metavar="FILE", help="where to write it, for Optiverse")
    parser.add_argument("--replace", action="store_true", help="overwrite the file if it exists")
    parser.add_argument("--json", action="store_true", help="print the records as JSON, with all values")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Print a line for each item, or write all to a file.

    Raises:
        CollaborationError: there was no such moment, or the file can't be written.
    """
    async with connected(options) as bench:
        records = await bench.at(clock_of(bench, options.moment))
    if options.file:
        await write_records(options.file, records, options.replace)
    if options.json:
        write_json(list(records.values()))
        return
    if not options.file:
        for line in item_lines(records.values()):
            write_line(line)
    where = f", in {options.file}" if options.file else ""
    session, moment = printable(options.session), printable(options.moment)
    write_line(f"Session '{session}' had {counted(len(records), 'record')} at {moment}{where}.")
