"""``optiverse-collab show``: prints an earlier bench of a session, or writes it to a file."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from optiverse_collab.cli.moments import MOMENT, clock_of, follow
from optiverse_collab.cli.output import write_json
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.records import Record
from optiverse_collab.core.text import printable
from optiverse_collab.errors import CollaborationError
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
    parser.add_argument("moment", metavar="MOMENT", help=f"{MOMENT}, or a link from a report")
    parser.add_argument("file", nargs="?", metavar="FILE", help="where to write it, for Optiverse")
    parser.add_argument("--replace", action="store_true", help="overwrite the file if it exists")
    parser.add_argument("--json", action="store_true", help="print the records as JSON, with all values")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Print a line for each item, or write all to a file.

    Raises:
        CollaborationError: there was no such moment or item, or the file can't be written.
    """
    item = follow(options)
    async with connected(options) as bench:
        records = await bench.at(clock_of(bench, options.moment))
    if options.file:
        await write_records(options.file, records, options.replace)
    if options.json:
        write_json(list(records.values()))
        return
    if not options.file:
        for line in item_lines(records.values() if item is None else [_item(records, item)]):
            write_line(line)
    where = f", in {options.file}" if options.file else ""
    session, moment = printable(options.session), printable(options.moment)
    write_line(f"Session '{session}' had {counted(len(records), 'record')} at {moment}{where}.")


def _item(records: Mapping[str, Record], id: str) -> Record:
    """The item that a link names.

    Raises:
        CollaborationError: it was not there.
    """
    if id not in records:
        raise CollaborationError(f"The item {printable(id)!r} of the link was not there at that moment.")
    return records[id]
