"""``optiverse-collab bisect``: finds the edit that broke a beam."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING

from optiverse_collab.cli.history import add_start, start_of
from optiverse_collab.cli.output import write_json
from optiverse_collab.cli.progress import ProgressLine
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.client.bisection import Hits, Verdict
from optiverse_collab.core.records import Record
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting.bisecting import bisect
from optiverse_collab.wording import beams as wording

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "bisect",
        parents=[session_options],
        help="find the edit that broke a beam",
        description="Find the edit before which a beam hits an item, and after which none does, by tracing "
        "earlier benches with the installed editor. No display is needed. The exit code is 1 if no beam hit "
        "the item.",
    )
    parser.add_argument("--at", required=True, metavar="ITEM", help="name or id of what a beam should hit")
    add_start(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON, with all values")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> int:
    """Print the edit, or why there is none.

    Returns:
        The exit code: 1 if no beam hit the item.

    Raises:
        CollaborationError: no editor that traces beams is installed, there is no such item, or the history
            can't be read.
    """
    from optiverse_collab.host.ray_engines import ray_engine  # imports the editor

    engine = ray_engine()
    async with connected(options) as bench:
        after = start_of(options, bench)
        past = await bench.past(after, since=options.since)
    # Ctrl+C ends the search at once; asyncio would cancel it at the next ``await``.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with ProgressLine("Tracing", sys.stderr, "benches") as progress:
        found = bisect(past, options.at, _counted(engine.hits, progress, len(past.steps) + 1))
    if found.verdict is Verdict.UNKNOWN:
        raise CollaborationError(wording.unknown(found.faults))
    if options.json:
        write_json({**vars(found), "engine": engine.name})
        return int(found.verdict is Verdict.NEVER_HIT)
    is_all = after == 0 and options.since is None
    never = wording.NOT_KEPT if not past.is_whole else wording.NEVER if is_all else wording.NOT_THEN
    for line in wording.lines(found.verdict, options.at, found.steps, never):
        write_line(line)
    write_line(wording.effort(len(past.steps), found.traces, engine.name))
    if found.faults:
        write_line(wording.untraced(found.faults), sys.stderr)
    return int(found.verdict is Verdict.NEVER_HIT)


def _counted(hits: Hits, progress: ProgressLine, most: int) -> Hits:
    """The same, with progress.

    Args:
        most: how many benches there are; mostly, a few of them are enough.
    """
    numbers = count(1)

    def counted(records: Mapping[str, Record], id: str) -> bool:
        progress(next(numbers), most)
        return hits(records, id)

    return counted
