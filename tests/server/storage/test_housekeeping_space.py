"""The database file gives space back to the system."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab_server.storage import Retention, housekeeping, schema
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.database import Append
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.steps import finished
from tests.helpers.storage import database, entry, fill, snapshot, tidy


@pytest.mark.parametrize("is_old", [False, True])
def test_file_becomes_smaller_when_history_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_old: bool
) -> None:
    """It shrinks step by step, apart from reused space; an older file shrinks only after a `prune`."""
    monkeypatch.setattr(housekeeping, "FREE_PAGES", 20)
    if is_old:
        monkeypatch.setattr(schema, "AUTO_VACUUM", "NONE")
    long = "".join(chr(0x4E00 + n * 37 % 20000) for n in range(20_000))
    with database(tmp_path, Retention(bytes=100_000)) as made:
        finished(made.begin_chunk("bench", snapshot()))
        for clock in range(1, 41):
            assert made.append([Append("bench", [entry(clock, text=long)], ())]) == [None]
            if clock % 10 == 0:
                finished(made.begin_chunk("bench", snapshot(clock, text=long)))
    large = (tmp_path / FILE_NAME).stat().st_size
    with database(tmp_path, Retention(bytes=0)) as made:
        tidy(made)
    assert ((tmp_path / FILE_NAME).stat().st_size < large / 5) is not is_old
    assert [report.faults for report in check_folder(tmp_path)] == [[]]


def test_space_is_given_back_in_short_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Appends get their turn in between, and the store does this only if there is much free space."""
    monkeypatch.setattr(housekeeping, "FREE_PAGES", 8)
    monkeypatch.setattr(housekeeping, "PAGES_AT_ONCE", 4)
    with database(tmp_path) as made:
        fill(made, "bench", 0, 600, 700)
        steps = sum(1 for _ in housekeeping.give_back(made._connection))
        assert steps == 0
        made._connection.execute("DELETE FROM log WHERE first<=600")
        steps = sum(1 for _ in housekeeping.give_back(made._connection))
        assert steps > 3
