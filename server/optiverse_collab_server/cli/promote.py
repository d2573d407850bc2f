"""``optiverse-collab-server promote``: a standby takes the place of the server that it follows."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from optiverse_collab.errors import StorageError
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.standby.standing import (
    FILE_NAME,
    FOLLOW_IT,
    State,
    at,
    promoted,
    read_standing,
    write_standing,
)
from optiverse_collab_server.storage.opening import database_in

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add the command."""
    help = "let a standby serve in place of the server that it follows, even while it runs"
    parser = commands.add_parser("promote", help=help)
    add_settings(parser, "data", "debug")
    parser.add_argument(
        "--anyway", action="store_true", help="even if another standby has taken over; that one then stops"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Write a higher term, and print it.

    Returns:
        The exit code.

    Raises:
        StorageError: no server has used the folder, its standing can't be read or written, or another
        standby has taken over.
    """
    data = data_folder(settings)
    if not (data / FILE_NAME).exists():
        database_in(data)  # otherwise a mistyped folder would be promoted, and the standby not
    before = read_standing(data)
    if before.heard and not options.anyway:
        raise StorageError(
            f"Another standby{at(before.winner)} has taken over already, so this one stays a standby. To use "
            f"it as the standby of that one, {FOLLOW_IT}. If that one is gone for good, run promote --anyway."
        )
    after = promoted(before)
    write_standing(data, after)
    if options.json:
        write_json({"term": after.term})
    elif before.state is State.PRIMARY:
        write_line(
            f"The server with {data} is no standby. From its next start, it serves in term {after.term}, "
            "also those who come from another server with that term."
        )
    else:
        write_line(
            f"The server with {data} serves from now on, in term {after.term}. If the former one still runs, "
            "it stops serving as soon as this one reaches it."
        )
    return 0
