"""``optiverse-collab push``: adds the bench of a file to a session."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from optiverse_collab.cli.progress import ProgressLine
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.text import printable
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting.files import read_file

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "push", parents=[session_options], help="add the bench of a file to a session"
    )
    parser.add_argument("file", metavar="FILE", help="an Optiverse file (.json)")
    parser.add_argument("--replace", action="store_true", help="overwrite items that the session already has")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Push a file, and print the changes; the log warns about each conflict with others' edits.

    Raises:
        CollaborationError: the file is no bench, the session can't have it, or others' edits took its place.
    """
    read = await read_file(options.file)
    async with connected(options) as bench:
        with ProgressLine("Sending", sys.stderr) as progress:
            plan = await bench.import_records(read.records, options.replace, progress, read.has_tree)
        theirs = {conflict.id for conflict in await bench.flush() if conflict.stands == "theirs"}
    if theirs:
        raise CollaborationError(
            f"Session '{printable(options.session)}' has {options.file} now, except for what others changed "
            f"meanwhile in {len(theirs)} of its records; look at them, then push again with --replace."
        )
    write_line(
        f"Session '{printable(options.session)}' has {options.file} now: "
        f"{plan.added} records added, {plan.changed} changed, {plan.unchanged} there already."
    )
