"""``optiverse-collab merge``: merges a copy of the bench that was edited elsewhere."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from optiverse_collab.cli.moments import MOMENT, clock_of
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.text import printable
from optiverse_collab.scripting.files import read_file
from optiverse_collab.wording import stray_copies

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "merge", parents=[session_options], help="merge a copy of the bench that was edited elsewhere"
    )
    parser.add_argument("file", metavar="FILE", help="the copy, an Optiverse file (.json)")
    parser.add_argument("--dry-run", action="store_true", help="print what would change, and change nothing")
    parser.add_argument(
        "--ancestor", metavar="MOMENT", help=f"when the copy left, if that isn't found: {MOMENT}"
    )
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> int:
    """Merge, and print the result: each change and each conflict, with both values.

    Returns:
        The exit code: 1 if there are conflicts; others' edits stay.

    Raises:
        CollaborationError: the file is no bench or no copy of this session's, or it isn't sure when it left.
    """
    copy = await read_file(options.file)
    async with connected(options) as bench:
        ancestor = None if options.ancestor is None else clock_of(bench, options.ancestor)
        merged = await bench.merge_file(copy, ancestor, options.dry_run)
    write_line(f"{stray_copies.left(merged.left)}.")
    if not merged.changes and not merged.conflicts:
        write_line(stray_copies.NOTHING)
        return 0
    write_line(f"{stray_copies.counts(len(merged.changes), len(merged.conflicts))}:")
    for op in merged.changes:
        write_line(stray_copies.change(op, merged.before))
    if options.dry_run:  # else the log has them
        for conflict in merged.conflicts:
            write_line(f"✗ {printable(conflict.sentence)}", sys.stderr)
        write_line(stray_copies.DRY_RUN)
    return 1 if merged.conflicts else 0
