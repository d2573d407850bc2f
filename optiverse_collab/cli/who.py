"""``optiverse-collab who``: prints who is in a session, and since when."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from optiverse_collab.cli.session import connected, others_in
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.text import printable
from optiverse_collab.wording.numbers import local_time
from optiverse_collab.wording.presence import name_of

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser("who", parents=[session_options], help="print who is in a session")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Print a line for each participant.

    Raises:
        ConnectionFailed: the session can't be reached.
    """
    async with connected(options) as bench:
        others = others_in(bench)
    for participant in others:
        write_line(f"{printable(name_of(participant))}  since {local_time(participant.connected_at)}")
    if not others:
        write_line(f"Nobody is in session '{printable(options.session)}'.")
