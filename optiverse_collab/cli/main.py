"""The commands of ``optiverse-collab``."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from io import TextIOWrapper
from typing import TextIO

from optiverse_collab.cli.progress import ProgressLine
from optiverse_collab.convert import bench_from_records
from optiverse_collab.core.effects import Acknowledged, Came, SessionEffect, ShowChange, Went
from optiverse_collab.core.protocol.address import DEFAULT_SERVER, DEFAULT_SESSION
from optiverse_collab.core.protocol.messages import Participant
from optiverse_collab.core.records import Record
from optiverse_collab.core.text import printable
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting import AsyncBench, connect
from optiverse_collab.scripting.files import read_records, write_records
from optiverse_collab.wording.edits import narrate


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Returns:
        The exit code: 0, 1 with a sentence on standard error if it failed, 2 for wrong arguments, 130
        after Ctrl+C.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.run is None:
        parser.print_help(sys.stderr)
        return 2
    _set_up()
    try:
        asyncio.run(options.run(options))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Python would flush what is left at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail("Nobody reads the output any more.")
    except CollaborationError as error:
        return _fail(str(error))
    return 0


def _parser() -> argparse.ArgumentParser:
    session = argparse.ArgumentParser(add_help=False)
    session.add_argument(
        "--session", default=DEFAULT_SESSION, help="name of the session (default: %(default)s)"
    )
    session.add_argument(
        "--server", default=DEFAULT_SERVER, metavar="URL", help="where the server is (default: %(default)s)"
    )
    session.add_argument("--user", metavar="NAME", help="name that others see (default: this machine's)")
    parser = argparse.ArgumentParser(
        prog="optiverse-collab",
        description="Work on a shared Optiverse bench from the command line. "
        "Without a command: start Optiverse with live collaboration.",
    )
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    push = commands.add_parser("push", parents=[session], help="add the bench of a file to a session")
    push.add_argument("file", metavar="FILE", help="an Optiverse file (.json)")
    push.add_argument("--replace", action="store_true", help="overwrite items that the session has already")
    push.set_defaults(run=_push)

    pull = commands.add_parser("pull", parents=[session], help="write the bench of a session to a file")
    pull.add_argument("file", metavar="FILE", help="where to write it; - for standard output")
    pull.add_argument("--replace", action="store_true", help="overwrite the file if it exists")
    pull.set_defaults(run=_pull)

    watch = commands.add_parser("watch", parents=[session], help="print what others do, until Ctrl+C")
    watch.set_defaults(run=_watch)
    who = commands.add_parser("who", parents=[session], help="print who is in a session")
    who.set_defaults(run=_who)
    return parser


def _set_up() -> None:
    """Make every text printable on any terminal, and show warnings."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)


def _fail(sentence: str) -> int:
    _say(f"optiverse-collab: {sentence}", sys.stderr)
    return 1


def _say(line: str, stream: TextIO | None = None) -> None:
    stream = stream or sys.stdout
    stream.write(f"{line}\n")
    stream.flush()


# The commands


@asynccontextmanager
async def _connected(options: argparse.Namespace) -> AsyncIterator[AsyncBench]:
    async with AsyncExitStack() as stack:
        with ProgressLine("Receiving", sys.stderr) as progress:
            bench = await stack.enter_async_context(
                connect(options.server, options.session, options.user, progress=progress)
            )
        yield bench


async def _push(options: argparse.Namespace) -> None:
    records = await read_records(options.file)
    async with _connected(options) as bench:
        with ProgressLine("Sending", sys.stderr) as progress:
            plan = await bench.import_records(records, options.replace, progress)
    _say(
        f"Session '{printable(options.session)}' has {options.file} now: "
        f"{plan.added} records added, {plan.changed} changed, {plan.unchanged} there already."
    )


async def _pull(options: argparse.Namespace) -> None:
    async with _connected(options) as bench:
        records = dict(bench.records)
    if not records:
        raise CollaborationError(
            f"Session '{printable(options.session)}' is empty, so nothing was written; check its name."
        )
    if options.file == "-":
        sys.stdout.buffer.write(json.dumps(bench_from_records(records), indent=2).encode() + b"\n")
        sys.stdout.buffer.flush()
        return
    await write_records(options.file, records, options.replace)
    _say(f"Wrote the {len(records)} records of session '{printable(options.session)}' to {options.file}.")


async def _watch(options: argparse.Namespace) -> None:
    async with _connected(options) as bench:
        known = dict(bench.records)
        events = bench.listen(Acknowledged, Came, Went, ShowChange)
        _report(f"watching {len(known)} records of session '{printable(options.session)}', {_company(bench)}")
        async for event in events:
            for line in _lines(event, bench, known):
                _report(line)


async def _who(options: argparse.Namespace) -> None:
    async with _connected(options) as bench:
        others = _others(bench)
    for participant in others:
        _say(f"{printable(participant.user_id)}  since {_local_time(participant.connected_at)}")
    if not others:
        _say(f"Nobody is in session '{printable(options.session)}'.")


def _lines(event: SessionEffect, bench: AsyncBench, known: dict[str, Record]) -> list[str]:
    """What `watch` says of an event."""
    if isinstance(event, ShowChange):
        return narrate(event, known)
    if isinstance(event, Acknowledged):
        return [f"connected again, {_company(bench)}"]
    if isinstance(event, Came):
        name = printable(event.participant.user_id)
        return [f"somebody is called {name} now" if event.renamed else f"{name} joined"]
    return [f"{printable(event.participant.user_id)} left"] if isinstance(event, Went) else []


def _report(line: str) -> None:
    _say(f"{datetime.now().astimezone():%H:%M:%S} {line}")


def _others(bench: AsyncBench) -> list[Participant]:
    me = bench.me
    return [
        participant
        for participant in bench.participants
        if me is None or participant.connection_id != me.connection_id
    ]


def _company(bench: AsyncBench) -> str:
    names = [printable(participant.user_id) for participant in _others(bench)]
    return f"together with {', '.join(names)}" if names else "nobody else is there"


def _local_time(timestamp: str) -> str:
    """A moment of the wire (MSG-7) in the local time zone."""
    try:
        moment = datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
    except ValueError:
        return printable(timestamp)
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


if __name__ == "__main__":
    raise SystemExit(main())
