"""``optiverse-collab versions``: lists the versions of a session."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from optiverse_collab.cli.output import write_json
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.text import printable
from optiverse_collab.wording.versions import line

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser("versions", parents=[session_options], help="list a session's kept versions")
    parser.add_argument("--json", action="store_true", help="print them as JSON")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Print a line for each version, oldest moment first, with its clock.

    Raises:
        CollaborationError: the session can't be reached.
    """
    async with connected(options) as bench:
        versions = list(bench.versions)
    if options.json:
        write_json(versions)
        return
    for version in versions:
        write_line(line(version))
    if not versions:
        write_line(f"Session '{printable(options.session)}' has no versions; `version NAME` keeps one.")
