"""``optiverse-collab watch``: prints what others do in a session, until Ctrl+C."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from optiverse_collab.cli.session import company_in, connected
from optiverse_collab.cli.terminal import write_timed_line
from optiverse_collab.core.client.effects import (
    Acknowledged,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRenamed,
    SessionEffect,
    ShowChange,
)
from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.records import Record
from optiverse_collab.core.text import printable
from optiverse_collab.scripting import AsyncBench
from optiverse_collab.wording.edits import describe
from optiverse_collab.wording.replacements import Replacement, sentence

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "watch", parents=[session_options], help="print what others do, until Ctrl+C"
    )
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Print a line for each event, until the session ends.

    Raises:
        ConnectionFailed: the session can't be reached any more.
    """
    async with connected(options) as bench:
        known = dict(bench.records)
        events = bench.listen(
            Acknowledged, ParticipantJoined, ParticipantRenamed, ParticipantLeft, BenchReplaced, ShowChange
        )
        session = printable(options.session)
        write_timed_line(f"watching {len(known)} records of session '{session}', {company_in(bench)}")
        async for event in events:
            for line in _lines(event, bench, known):
                write_timed_line(line)


def _lines(event: SessionEffect, bench: AsyncBench, known: dict[str, Record]) -> list[str]:
    if isinstance(event, ShowChange):
        return describe(event, known)
    if isinstance(event, BenchReplaced):  # of a long one, there is a line for each part
        return [sentence(Replacement(event)).rstrip(".")]
    if isinstance(event, Acknowledged):
        return [f"connected again, {company_in(bench)}"]
    if isinstance(event, ParticipantJoined):
        return [f"{printable(event.participant.user_id)} joined"]
    if isinstance(event, ParticipantRenamed):
        return [f"somebody is called {printable(event.participant.user_id)} now"]
    return [f"{printable(event.participant.user_id)} left"] if isinstance(event, ParticipantLeft) else []
