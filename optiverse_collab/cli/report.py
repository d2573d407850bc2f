"""``optiverse-collab report``: writes down what was done in a session, for the lab book or as CSV."""

from __future__ import annotations

import argparse
import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

from optiverse_collab.cli.history import add_start, start_of
from optiverse_collab.cli.session import connected
from optiverse_collab.cli.terminal import write_line
from optiverse_collab.convert.files import write_text
from optiverse_collab.core.text import printable
from optiverse_collab.report.contents import Report
from optiverse_collab.report.page import page
from optiverse_collab.report.picture import picture
from optiverse_collab.report.table import table
from optiverse_collab.scripting.files import check_free
from optiverse_collab.wording.numbers import counted

if TYPE_CHECKING:
    from optiverse_collab.cli.session import Commands

FILE_NAME_CHARS = 60

_BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel doesn't read CSV as UTF-8."""


def add_parser(commands: Commands, session_options: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser(
        "report", parents=[session_options], help="write down what was done, for the lab book or as CSV"
    )
    parser.add_argument(
        "place",
        nargs="?",
        type=_place,
        default=".",
        metavar="PLACE",
        help="a name.md, beside which a picture is put; a name.csv; or a folder for SESSION-DATE.md "
        "(default: this folder)",
    )
    add_start(parser)
    parser.add_argument("--replace", action="store_true", help="overwrite files that exist")
    parser.set_defaults(run=run)


async def run(options: argparse.Namespace) -> None:
    """Write the files, unless nothing was done.

    Raises:
        CollaborationError: the history can't be read, or a file can't be written.
    """
    async with connected(options) as bench:
        span = await bench.past(start_of(options, bench), since=options.since)
    session = f"session '{printable(options.session)}'"
    if not span.steps:
        write_line(f"Nothing was done in {session} in that time, so nothing was written.")
        return
    report = Report(options.server, options.session, *span)
    paths = await asyncio.to_thread(_write, report, options.place, options.replace)
    write_line(f"Wrote {counted(len(span.steps), 'step')} of {session} to {' and '.join(map(str, paths))}.")
    if not span.is_whole:
        kept = f"{report.began:%Y-%m-%d %H:%M}"
        write_line(f"The server keeps the history of {session} from {kept} on, so earlier steps are missing.")


def _place(text: str) -> Path:
    """Where to write, from the command line.

    Raises:
        argparse.ArgumentTypeError: it is no such place.
    """
    path = Path(text)
    if path.is_dir() or path.suffix.lower() in _FORMATS:
        return path
    raise argparse.ArgumentTypeError(
        f"{printable(text)!r} is neither a folder nor the name of a .md or .csv file"
    )


def _write(report: Report, place: Path, replace: bool) -> list[Path]:
    """Write the files; returns their paths."""
    if place.is_dir():
        place /= f"{_file_name(report.session)}-{report.began:%Y-%m-%d}.md"
    files = _FORMATS[place.suffix.lower()](report, place)
    if not replace:
        for path in files:
            check_free(path)
    for path, text in files.items():
        write_text(path, text)
    return [*files]


def _page(report: Report, place: Path) -> dict[Path, str]:
    beside = place.with_suffix(".svg")
    drawn = picture(report)
    return {place: page(report, beside.name, drawn.notes), beside: drawn.svg}


def _table(report: Report, place: Path) -> dict[Path, str]:
    return {place: _BYTE_ORDER_MARK + table(report)}


_FORMATS = {".md": _page, ".csv": _table}


def _file_name(session: str) -> str:
    """A session's name for a file, on any system; cut, since names of files are short."""
    return re.sub(r"\W+", "-", session).strip("-")[:FILE_NAME_CHARS] or "session"
