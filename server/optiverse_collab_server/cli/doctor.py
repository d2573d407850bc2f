"""``optiverse-collab-server doctor``: looks for problems that may affect the server."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.core.text import printable
from optiverse_collab.errors import DataFolderInUse, StorageError
from optiverse_collab_server import diagnosis
from optiverse_collab_server.cli.identity import wants_tls
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.diagnosis import Finding, Level
from optiverse_collab_server.port_check import of_port, of_reach
from optiverse_collab_server.storage.lock import locked
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.shards import parts_of
from optiverse_collab_server.tls import CERTIFICATE_NAME, FOLDER, machine_names

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings

MARKS = {Level.OK: "ok     ", Level.WARNING: "WARNING", Level.FAULT: "FAULT  "}


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("doctor", help="look for problems that may affect the server")
    add_settings(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Print a line for each finding.

    Returns:
        The exit code: 1 if there is a fault.

    Raises:
        StorageError: there is no data folder to look at.
    """
    findings = list(_findings(settings, datetime.now(timezone.utc)))
    if options.json:
        write_json([one._asdict() for one in findings])
    else:
        for one in findings:
            write_line(f"{MARKS[one.level]} {one.subject}: {printable(one.sentence)}")
    return 1 if any(one.level is Level.FAULT for one in findings) else 0


def _findings(settings: Settings, now: datetime) -> Iterator[Finding]:
    folder = data_folder(settings)
    yield from diagnosis.of_versions()
    yield from diagnosis.of_folder(folder)
    yield from diagnosis.of_disk(folder)
    yield from diagnosis.of_sessions(folder, now)
    encrypts = wants_tls(settings)
    own = folder / FOLDER / CERTIFICATE_NAME
    yield from diagnosis.of_certificate((settings.cert or own) if encrypts else None, not settings.cert, now)
    pair = list(diagnosis.of_standing(folder))
    yield from pair
    yield from of_port(settings.host, settings.port, encrypts, _is_in_use(folder), serves=not pair)
    yield from of_reach(settings.host, settings.port, encrypts, machine_names(settings.host))


def _is_in_use(folder: Path) -> bool:
    try:
        parts = parts_of(folder)
        if not all((part / FILE_NAME).exists() for part in parts):
            return False
        with locked(folder):
            return False
    except DataFolderInUse:
        return True
    except StorageError:  # it can't be written, or lacks something, which is a separate finding
        return False
