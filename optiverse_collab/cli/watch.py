"""``optiverse-collab watch``: prints what others do in a session, until Ctrl+C."""

from __future__ import annotations

import argparse
from dataclasses import replace
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
from optiverse_collab.wording.presence import marked, name_of
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
        ConnectionFailed: the session can no longer be reached.
    """
    async with connected(options) as bench:
        known, scripts = dict(bench.records), _scripts(bench)
        events = bench.listen(
            Acknowledged, ParticipantJoined, ParticipantRenamed, ParticipantLeft, BenchReplaced, ShowChange
        )
        session = printable(options.session)
        write_timed_line(f"watching {len(known)} records of session '{session}', {company_in(bench)}")
        async for event in events:
            for line in _lines(event, bench, known, scripts):
                write_timed_line(line)


def _scripts(bench: AsyncBench) -> set[str]:
    """The names of the scripts in the session."""
    return {one.user_id for one in bench.participants if one.script}


def _lines(event: SessionEffect, bench: AsyncBench, known: dict[str, Record], scripts: set[str]) -> list[str]:
    """The lines for an event.

    Args:
        known: id → record before it; updated.
        scripts: the names of scripts at that moment, from the events; updated.
    """
    if isinstance(event, ShowChange):
        authors = {id: marked(by, by in scripts) for id, by in event.authors.items()}
        return describe(replace(event, authors=authors), known)
    if isinstance(event, BenchReplaced):  # of a long one, there is a line for each part
        by = marked(event.by, event.by in scripts)
        return [sentence(Replacement(replace(event, by=by))).rstrip(".")]
    if isinstance(event, Acknowledged):
        scripts.update(_scripts(bench))
        return [f"connected again, {company_in(bench)}"]
    if isinstance(event, ParticipantJoined):
        (scripts.add if event.participant.script else scripts.discard)(event.participant.user_id)
        return [f"{printable(name_of(event.participant))} joined"]
    if isinstance(event, ParticipantRenamed):
        return [f"somebody is now called {printable(name_of(event.participant))}"]
    return [f"{printable(name_of(event.participant))} left"] if isinstance(event, ParticipantLeft) else []
