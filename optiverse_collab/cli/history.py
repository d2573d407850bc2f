"""``optiverse-collab history``: prints who did what in a session, and when."""

from __future__ import annotations

import argparse
import contextlib
from datetime import datetime, time
from typing import TYPE_CHECKING

from optiverse_collab.cli.output import write_json
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.text import printable
from optiverse_collab.scripting import AsyncBench
from optiverse_collab.wording.history import step_lines

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands

LAST = 1000
"""How many changes are listed if no start is given."""


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "history", parents=[session_options], help="print who did what in a session, and when"
    )
    add_start(parser)
    parser.add_argument("--json", action="store_true", help="print the steps as JSON, with all values")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Print a line for each edit, oldest first, with the clock after it.

    Raises:
        CollaborationError: the session can't be reached, or its history can't be read.
    """
    async with connected(options) as bench:
        steps = await bench.history(start_of(options, bench), since=options.since)
    if options.json:
        write_json(steps)
        return
    for step in steps:
        for line in step_lines(step):
            write_line(line)
    if not steps:
        write_line(f"Nothing was done in session '{printable(options.session)}' in that time.")


def add_start(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say from when on a command looks at the history."""
    start = parser.add_mutually_exclusive_group()
    start.add_argument(
        "--since", type=moment, metavar="TIME", help="from then on: 13:00, 2026-05-03, or 2026-05-03T13:00"
    )
    start.add_argument(
        "--last",
        type=_count,
        default=LAST,
        metavar="N",
        help="only the session's last N changes; a drag has many (default: %(default)s)",
    )


def start_of(options: argparse.Namespace, bench: AsyncBench) -> int:
    """The clock after which to look; later changes may still be earlier than `options.since`."""
    return 0 if options.since is not None else max(0, bench.clock - options.last)


def moment(text: str) -> datetime:
    """A moment from the command line, in local time; a time of day means today.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    with contextlib.suppress(ValueError):
        return datetime.combine(datetime.now().astimezone().date(), time.fromisoformat(text)).astimezone()
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(text).astimezone()
    raise argparse.ArgumentTypeError(
        f"{printable(text)!r} is no time; write 13:00, 2026-05-03 or 2026-05-03T13:00"
    )


def _count(text: str) -> int:
    with contextlib.suppress(ValueError):
        if int(text) > 0:
            return int(text)
    raise argparse.ArgumentTypeError(f"{printable(text)!r} is not a number from 1 on")
