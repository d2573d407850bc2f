"""The changes of a span: where it begins and ends, and when it is damaged (HIST-7, CLK-5)."""

from __future__ import annotations

import contextlib
import sqlite3
from functools import partial
from pathlib import Path

import msgspec
import pytest

from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.storage.api import Span
from optiverse_collab_server.storage.housekeeping import Retention
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.spans import Collected, read_span
from optiverse_collab_server.storage.steps import finished
from tests.helpers.storage import EPOCH, SIGNED, database, encoded, entries, fill, head, tidy
from tests.helpers.storage_damage import IN_A_CHUNK


def collected(span: Span, *parts: tuple[int, list[int]]) -> tuple[int, list[int]]:
    """Collect parts that begin after a clock; returns the clock before the first change, and all clocks."""
    found = Collected(span)
    for start, clocks in parts:
        found.begin(start, head(start))
        for clock in clocks:
            found.add(encoded(clock))
    stored = found.stored(EPOCH, [])
    assert stored.before == head(stored.after)
    return stored.after, [msgspec.json.decode(data)["clock"] for data in stored.entries]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (Span(0, 9), (3, [4, 5, 6, 7])),
        (Span(4, 6), (4, [5, 6])),
        (Span(5, 5), (5, [])),
        (Span(7, 9), (7, [])),
        (Span(0, 9, 1_700_000_000_006), (5, [6, 7])),
        (Span(0, 9, 1_700_000_000_008), (7, [])),
        (Span(0, 9, most=0), (3, [4])),
    ],
)
def test_what_belongs_to_a_span(span: Span, expected: tuple[int, list[int]]) -> None:
    """HIST-6, HIST-7"""
    assert collected(span, (3, [4, 5]), (5, [6, 7])) == expected


def test_a_span_is_read_from_packed_chunks_too(tmp_path: Path) -> None:
    """HIST-7: from the middle of a row with many entries, and from what retention has left."""
    with database(tmp_path, Retention(bytes=5_000)) as made:
        fill(made, "bench", 0, 400, 420, 430, records=10)
        tidy(made)
        for after, until in ((0, 430), (400, 401), (407, 419), (419, 421), (430, 430)):
            found = finished(made.read("bench", partial(read_span, span=Span(after, until))))
            assert found is not None
            first = max(after, 400)
            assert (found.after, found.before, found.entries) == (
                first,
                head(first, SIGNED),
                [one.data for one in entries(first + 1, until, SIGNED)],
            )
        assert finished(made.read("other", partial(read_span, span=Span(0, 9)))) is None


def test_a_damaged_part_of_the_history_is_refused(tmp_path: Path) -> None:
    """CLK-5, HIST-3: the rest can still be read."""
    with database(tmp_path) as made:
        fill(made, "bench", 0, 5, 8, 9)
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as connection:
        IN_A_CHUNK["a forged entry"][0](connection)
    with database(tmp_path) as made:
        with pytest.raises(DatabaseDamaged, match="the chain breaks"):
            finished(made.read("bench", partial(read_span, span=Span(0, 9))))
        found = finished(made.read("bench", partial(read_span, span=Span(8, 9))))
        assert found is not None
        assert len(found.entries) == 1
