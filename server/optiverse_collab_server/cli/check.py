"""``optiverse-collab-server check``: reads everything stored, and reports damage."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from optiverse_collab.core.text import printable
from optiverse_collab_server.cli.output import add_json, write_json, write_line
from optiverse_collab_server.config.arguments import add_settings
from optiverse_collab_server.config.folders import data_folder
from optiverse_collab_server.storage.check import check_folder

if TYPE_CHECKING:
    from optiverse_collab_server.config.arguments import Commands
    from optiverse_collab_server.config.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("check", help="read everything in the data folder and report damage")
    add_settings(parser, "data", "debug")
    add_json(parser)
    parser.set_defaults(run=run)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Print a line for each session.

    Returns:
        The exit code: 1 if a session is damaged.

    Raises:
        StorageError: the data folder can't be read.
    """
    reports = check_folder(data_folder(settings))
    if options.json:
        found = list(reports)
        write_json([asdict(report) for report in found])
        return 1 if any(report.faults for report in found) else 0
    whole = True
    for report in reports:
        versions = f", {report.versions} kept version(s)" if report.versions else ""
        verdict = "damaged: " + "; ".join(report.faults) if report.faults else "whole"
        write_line(
            f"{printable(report.session_id)}: change {report.clock}, {report.entries} entries in "
            f"{report.chunks} chunk(s){versions}, {report.bytes / 1e6:.1f} MB, {verdict}"
        )
        whole = whole and not report.faults
    return 0 if whole else 1
