"""``optiverse-collab-server sessions``: lists the stored sessions."""

from __future__ import annotations

import argparse
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from optiverse_collab.core.server.history import History
from optiverse_collab.core.text import printable
from optiverse_collab_server.cli.counting import Counts
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage.directory import SessionRow
from optiverse_collab_server.storage.failures import Misfit
from optiverse_collab_server.storage.reading import read_stored, size_of_session
from optiverse_collab_server.storage.shards import parts_of
from optiverse_collab_server.storage.steps import finished
from optiverse_collab_server.storage.viewing import viewed

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


@dataclass(frozen=True)
class Listed:
    """A session.

    Attributes:
        session: its name.
        change: the clock of its last change.
        records, versions: how many there are.
        bytes: the size of its rows in the database.
        last_edit: when that change was made (ISO 8601, UTC); None before the first one.
        damage: what is wrong with it; then there are no numbers.
    """

    session: str
    change: int
    records: int
    versions: int
    bytes: int
    last_edit: str | None
    damage: str | None


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("sessions", help="list the stored sessions, even while the server runs")
    add_settings(parser, "data", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Print a line for each session.

    Returns:
        The exit code: 1 if one is damaged.

    Raises:
        StorageError: the data folder can't be read.
    """
    found = []
    for part in parts_of(data_folder(settings)):
        with viewed(part) as view:
            found += [_listed(view.connection, session) for session in view.sessions.values()]
    found.sort(key=lambda one: one.session)
    if options.json:
        write_json([asdict(one) for one in found])
    else:
        for one in found:
            write_line(_line(one))
    return 1 if any(one.damage for one in found) else 0


def _listed(connection: sqlite3.Connection, session: SessionRow) -> Listed:
    size = size_of_session(connection, session)
    try:
        stored = finished(read_stored(connection, session))
    except Misfit as misfit:
        return Listed(session.name, 0, 0, 0, size, None, str(misfit))
    history = History(stored.snapshot, stored.names, stored.entries)
    edited = datetime.fromtimestamp(history.time_ms / 1000, timezone.utc) if history.clock else None
    return Listed(
        session.name,
        history.clock,
        *Counts.of(history.document.records.values()),
        size,
        edited.isoformat(timespec="seconds") if edited else None,
        None,
    )


def _line(one: Listed) -> str:
    if one.damage:
        return f"{printable(one.session)}: {one.bytes / 1e6:.1f} MB, damaged: {one.damage}"
    edited = f"last edit {one.last_edit}" if one.last_edit else "never edited"
    return (
        f"{printable(one.session)}: change {one.change}, {Counts(one.records, one.versions)}, "
        f"{one.bytes / 1e6:.1f} MB, {edited}"
    )
