"""Shared by the commands: naming and joining a session, and the others in it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from optiverse_collab.cli.progress import ProgressLine
from optiverse_collab.core.protocol.address import (
    DEFAULT_SERVER,
    DEFAULT_SESSION,
    named_session,
    parse_address,
)
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.text import printable
from optiverse_collab.scripting import AsyncBench, connect
from optiverse_collab.wording.presence import name_of

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]
    """Where a command adds its parser; argparse has no public name for it."""


def session_options() -> argparse.ArgumentParser:
    """The options that every command has; a parent of its parser."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--session", help=f"name of the session (default: the invite link's, or {DEFAULT_SESSION})"
    )
    options.add_argument(
        "--server",
        default=DEFAULT_SERVER,
        metavar="URL",
        help="where the server is, or an invite link (default: %(default)s)",
    )
    options.add_argument("--user", metavar="NAME", help="name that others see (default: this machine's)")
    return options


@asynccontextmanager
async def connected(options: argparse.Namespace) -> AsyncIterator[AsyncBench]:
    """The session's bench, inside the block; progress is shown while it arrives.

    `options.session` is its name afterwards, wherever it was given.

    Raises:
        ConnectionFailed: the server can't be reached, or the session ended for good.
    """
    options.session = named_session(parse_address(options.server), options.session)
    async with AsyncExitStack() as stack:
        with ProgressLine("Receiving", sys.stderr) as progress:
            bench = await stack.enter_async_context(
                connect(options.server, options.session, options.user, progress=progress)
            )
        yield bench


def others_in(bench: AsyncBench) -> list[Participant]:
    """Everybody in the session but this command."""
    me = bench.me
    return [
        participant
        for participant in bench.participants
        if me is None or participant.connection_id != me.connection_id
    ]


def company_in(bench: AsyncBench) -> str:
    """The others, as the end of a sentence."""
    names = [printable(name_of(participant)) for participant in others_in(bench)]
    return f"together with {', '.join(names)}" if names else "nobody else is there"
