"""``optiverse-collab version``: keeps a session's bench under a name, or renames or removes a version."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from optiverse_collab.cli.moments import MOMENT, clock_of
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.core.text import printable
from optiverse_collab.core.versions import Version
from optiverse_collab.errors import CollaborationError

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands
    from optiverse_collab.scripting import AsyncBench


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "version", parents=[session_options], help="keep a session's present bench under a name"
    )
    parser.add_argument("name", metavar="NAME", help="of the version; `versions` lists all")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--at", metavar="MOMENT", help=f"keep an earlier bench: {MOMENT}")
    action.add_argument(
        "--rename", metavar="VERSION", help="give this version the name NAME instead: its name or its number"
    )
    action.add_argument("--remove", action="store_true", help="remove the version NAME instead")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Keep, rename or remove a version, and print what became of it.

    Raises:
        CollaborationError: there is no such version or moment, the name won't do, or the session can't be
            reached.
    """
    async with connected(options) as bench:
        name = printable(options.name)
        if options.remove:
            await bench.versions.remove(version_of(bench, options.name))
            write_line(f"Removed the version '{name}'; the history keeps its changes.")
        elif options.rename is not None:
            version = await bench.versions.rename(version_of(bench, options.rename), options.name)
            write_line(f"The version at {version.clock} is '{name}' now.")
        else:
            clock = None if options.at is None else clock_of(bench, options.at)
            version = await bench.versions.keep(options.name, clock)
            write_line(f"Kept '{name}': the bench at {version.clock}.")


def version_of(bench: AsyncBench, what: str) -> Version:
    """The version of a name or, if it has none, of a clock.

    Raises:
        CollaborationError: there is none, or there are several of that clock.
    """
    try:
        clock = int(what)
    except ValueError:
        return bench.versions.find(what)
    found = [version for version in bench.versions if version.clock == clock]
    if len(found) != 1:
        many = "are several versions" if found else "is no version"
        raise CollaborationError(f"There {many} at {clock}; `versions` lists all, with their names.")
    return found[0]
