"""A bench that Optiverse has written, for adapters to show."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.host.api import Record

NAME = "bench_small.json"


def sample_bench() -> dict[str, Any]:
    """The content of the file: components, sources, rulers, texts and groups."""
    packaged = files(__package__) / NAME
    checkout = Path(__file__).parents[2] / "tests" / "data" / NAME
    return read_bench(Path(str(packaged)) if packaged.is_file() else checkout)


def sample_records() -> dict[str, Record]:
    """Its records: id → record."""
    return dict(records_from_bench(sample_bench()).records)
