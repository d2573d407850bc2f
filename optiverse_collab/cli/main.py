"""``optiverse-collab``: reads the arguments, runs a command, and turns its outcome into an exit code."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from optiverse_collab.cli import (
    bisect,
    diff,
    doctor,
    history,
    merge,
    pull,
    push,
    report,
    restore,
    show,
    terminal,
    version,
    versions,
    watch,
    who,
)
from optiverse_collab.cli.session import session_options
from optiverse_collab.errors import CollaborationError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        The exit code: the command's own, 1 with a sentence on standard error if it failed, 2 for wrong
        arguments, 130 after Ctrl+C.
    """
    options = _parser().parse_args(arguments)
    terminal.set_up()
    try:
        code: int | None = asyncio.run(options.run(options))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Python would flush the rest at its end, and report an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail("Nobody reads the output any more.")
    except CollaborationError as error:
        return _fail(str(error))
    return code or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="optiverse-collab",
        usage="%(prog)s [-h] [--version] [BENCH.json | LINK | COMMAND ...]",
        description="Start Optiverse with live collaboration. A bench is opened; a link is joined: an invite "
        "link, the address of a server, or a text file with a link in it. A command works on a shared bench "
        "without the editor.",
    )
    version_line = f"%(prog)s {metadata.version('optiverse-collab')}"
    parser.add_argument("--version", action="version", version=version_line)
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, prog="optiverse-collab"
    )
    told = history, show, diff, restore, merge, report, bisect, version, versions
    for command in (push, pull, watch, who, *told, doctor):
        command.add_parser(commands, session_options())
    return parser


def _fail(sentence: str) -> int:
    terminal.write_line(f"optiverse-collab: {sentence}", sys.stderr)
    return 1
