"""``optiverse-collab diff``: prints the differences between two moments of a session."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from optiverse_collab.cli.moments import MOMENT, clock_of
from optiverse_collab.cli.output import write_json
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.wording.history import differences

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "diff", parents=[session_options], help="print what differs between two moments of a session"
    )
    parser.add_argument("before", metavar="A", help=f"the first moment: {MOMENT}")
    parser.add_argument("after", nargs="?", metavar="B", help="the second moment (default: now)")
    parser.add_argument("--json", action="store_true", help="print [record at A, record at B] as JSON")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Print a line for each edit that leads from one to the other.

    Raises:
        CollaborationError: there was no such moment.
    """
    async with connected(options) as bench:
        before = await bench.at(clock_of(bench, options.before))
        now = dict(bench.records)
        after = now if options.after is None else await bench.at(clock_of(bench, options.after))
    if options.json:
        ids = dict.fromkeys([*before, *after])
        pairs = [(before.get(id), after.get(id)) for id in ids]
        write_json([pair for pair in pairs if pair[0] != pair[1]])
        return
    lines = differences(before, after)
    for line in lines:
        write_line(line)
    if not lines:
        write_line("Nothing differs.")
