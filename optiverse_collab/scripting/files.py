"""Imports and exports files, without losing existing data."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from optiverse_collab.convert import (
    Imported,
    additions,
    bench_from_records,
    differs,
    read_bench,
    records_from_bench,
    replacements,
    write_bench,
)
from optiverse_collab.core.records import Op, Record
from optiverse_collab.core.text import printable
from optiverse_collab.errors import WouldOverwrite
from optiverse_collab.wording.edits import title

SHOWN = 3
"""How many of the conflicting records are named."""

log = logging.getLogger("optiverse_collab")


class FileRecords(NamedTuple):
    """The content of a file.

    Attributes:
        records: id → record.
        has_tree: whether it says which items are hidden and locked, unlike a file of Optiverse 0.2.
    """

    records: dict[str, Record]
    has_tree: bool


class Plan(NamedTuple):
    """An import.

    Attributes:
        ops: one for each record that is added or changed.
        added: how many records are new to the session.
        changed: how many are in it already and change to the file's content.
        unchanged: how many are in it already.
    """

    ops: list[Op]
    added: int
    changed: int
    unchanged: int


def plan_import(
    view: Mapping[str, Record], records: Mapping[str, Record], replace: bool, has_tree: bool = True
) -> Plan:
    """Plan the import of a file's `records` into a session.

    What the session holds besides stays, and how it writes what is the same (docs/bench-format.md, "When two
    records are the same"). Without `replace`, what it holds of the file stays in its place and group, too.

    Raises:
        WouldOverwrite: without `replace`, records of the file are in the session with other content.
    """
    if replace:
        ops = replacements(view, records, has_tree)
    else:
        _check_content(view, records)
        ops = additions(view, records)
    added = sum(op.id not in view for op in ops)
    return Plan(ops, added, len(ops) - added, len(records.keys() - {op.id for op in ops}))


async def read_file(path: str | os.PathLike[str]) -> FileRecords:
    """The records of an Optiverse file; the log has a WARNING for each unusable part.

    Raises:
        BenchFileError: this is no bench.
    """

    def read() -> tuple[Imported, bool]:
        bench = read_bench(path)
        return records_from_bench(bench), "layer_state" in bench

    imported, has_tree = await asyncio.to_thread(read)
    for warning in imported.warnings:
        log.warning("%s: %s", os.fspath(path), printable(warning))
    return FileRecords(imported.records, has_tree)


async def write_records(
    path: str | os.PathLike[str], records: Mapping[str, Record], replace: bool = False
) -> None:
    """Write records as a file for Optiverse.

    Raises:
        WouldOverwrite: there is a file already.
        BenchFileError: it can't be written.
    """
    bench = bench_from_records(records)
    await asyncio.to_thread(_write, path, bench, replace)


def check_free(path: str | os.PathLike[str]) -> None:
    """Check that there is no file of that name yet.

    Raises:
        WouldOverwrite: there is.
    """
    if os.path.lexists(path):
        raise WouldOverwrite(
            f"{os.fspath(path)} exists, so nothing was written; choose another name, or ask to replace it."
        )


def _write(path: str | os.PathLike[str], bench: dict[str, Any], replace: bool) -> None:
    if not replace:
        check_free(path)
    write_bench(path, bench)


def _check_content(view: Mapping[str, Record], records: Mapping[str, Record]) -> None:
    inside = [id for id, record in records.items() if id in view and differs(view[id], record)]
    if inside:
        shown = ", ".join(title(id, view[id]) for id in inside[:SHOWN])
        more = f" and {len(inside) - SHOWN} more" if len(inside) > SHOWN else ""
        raise WouldOverwrite(
            f"The session holds {shown}{more} with other content, so nothing was changed; "
            "ask to replace that, if it is meant."
        )
