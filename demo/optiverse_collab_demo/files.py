"""Benches from and to Optiverse 2.0 files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from optiverse_collab.convert import bench_from_records, read_bench, records_from_bench, write_bench
from optiverse_collab.core.records import Record
from optiverse_collab_demo.model import Item


class Opened(NamedTuple):
    """What a file holds.

    Attributes:
        items: all of them, including unknown kinds.
        warnings: a sentence for everything that could not be used.
    """

    items: list[Item]
    warnings: list[str]


def read(path: Path) -> Opened:
    """Read a file.

    Raises:
        BenchFileError: it isn't one; the text says why.
    """
    imported = records_from_bench(read_bench(path))
    items = [Item(record.id, record.kind, record.props) for record in imported.records.values()]
    return Opened(items, imported.warnings)


def write(path: Path, items: Iterable[Item]) -> None:
    """Write a file, all of it or nothing.

    Raises:
        BenchFileError: it can't be written; the text says why.
    """
    write_bench(path, bench_from_records(records(items)))


def records(items: Iterable[Item]) -> Mapping[str, Record]:
    """Items in the form that files are made from."""
    return {item.id: Record(item.id, item.kind, dict(item.props)) for item in items}
