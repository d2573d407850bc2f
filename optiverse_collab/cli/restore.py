"""``optiverse-collab restore``: restores a session's bench, or a part of it."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from optiverse_collab.cli.moments import MOMENT, clock_of
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.records import Record
from optiverse_collab.core.text import printable
from optiverse_collab.errors import CollaborationError
from optiverse_collab.wording.history import differences

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "restore", parents=[session_options], help="make a session's bench, or a part of it, what it was"
    )
    parser.add_argument("moment", metavar="MOMENT", help=MOMENT)
    parser.add_argument("items", nargs="*", metavar="ITEM", help="names or ids; without, all of the bench")
    parser.add_argument(
        "--property", action="append", metavar="NAME", help="restore this property only; may be repeated"
    )
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> int:
    """Restore, and print the result.

    Returns:
        The exit code: 1 if others changed something at the same moment, and it stays.

    Raises:
        CollaborationError: there was no such moment or item, or the session can't be reached.
    """
    async with connected(options) as bench:
        before = dict(bench.records)
        clock = clock_of(bench, options.moment)
        ids = ids_of(options.items, [before, await bench.at(clock)]) if options.items else None
        conflicts = await bench.restore(clock, ids, options.property)
        lines = differences(before, dict(bench.records))
    for line in lines:
        write_line(line)
    if not lines:
        write_line("There is nothing to restore.")
    return 1 if conflicts else 0  # the log, on standard error, has named each


def ids_of(names: Iterable[str], benches: Collection[Mapping[str, Record]]) -> list[str]:
    """The ids of items with these names or ids.

    Args:
        benches: where to look for them.

    Raises:
        CollaborationError: there is no such item.
    """
    found: list[str] = []
    for name in names:
        named = [id for bench in benches for id, one in bench.items() if name in (id, one.props.get("name"))]
        if not named:
            raise CollaborationError(f"There is no item {printable(name)!r}, now or then; check its name.")
        found += dict.fromkeys(named)
    return found
