"""A data folder with several databases."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.shards import (
    check_undivided,
    new_shards,
    number_of,
    part_with,
    parts_of,
    shards_for,
    shards_of,
)
from tests.helpers.storage import database


def test_a_session_is_always_in_the_same_shard() -> None:
    """Also in the next version of the server, and on another machine."""
    assert [number_of(name, 4) for name in ("default", "lab", "bench-1", "Zoë")] == [1, 1, 1, 0]
    found = Counter(number_of(f"bench-{number}", 8) for number in range(8000))
    assert min(found.values()) > 800


def test_a_new_folder_gets_as_many_as_there_are_workers(tmp_path: Path) -> None:
    made = shards_for(tmp_path, 3)
    assert [path.name for path in made] == ["1-of-3", "2-of-3", "3-of-3"]
    assert all((path / FILE_NAME).exists() for path in made)
    assert shards_for(tmp_path, 3) == shards_of(tmp_path) == parts_of(tmp_path) == made
    assert part_with(tmp_path, "lab") == made[number_of("lab", 3)]


def test_what_an_interruption_left_does_not_count(tmp_path: Path) -> None:
    new_shards(tmp_path, 5)
    assert shards_of(tmp_path) == []
    assert len(shards_for(tmp_path, 2)) == 2


def test_a_folder_with_one_database_needs_nothing_else(tmp_path: Path) -> None:
    with database(tmp_path):
        pass
    check_undivided(tmp_path)
    assert parts_of(tmp_path) == [tmp_path]
    assert part_with(tmp_path, "lab") == tmp_path


def test_another_number_of_databases_is_refused_with_the_command(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    with database(one):
        pass
    shards_for(two, 2)
    for data, has in ((one, "one"), (two, "2")):
        with pytest.raises(StorageError, match=f"are in {has}; run `.* divide --workers 4` first"):
            shards_for(data, 4)
    with pytest.raises(StorageError, match="divided among 2 databases; add --workers 2, or run"):
        check_undivided(two)


def test_a_missing_shard_is_noticed(tmp_path: Path) -> None:
    """Whichever it is: otherwise sessions would be looked for in the wrong place, and begin empty."""
    first, last = shards_for(tmp_path, 2)
    (last / FILE_NAME).unlink()
    with pytest.raises(StorageError, match="no database"):
        shards_for(tmp_path, 2)
    shutil.rmtree(last)
    with pytest.raises(StorageError, match="lacks 2-of-2, and with it some sessions"):
        shards_of(tmp_path)
    first.rename(first.with_name("1-of-1"))
    (first.with_name("2-of-2")).mkdir()
    with pytest.raises(StorageError, match="lacks 1-of-2"):
        shards_of(tmp_path)
    for path in list(first.parent.iterdir()):
        shutil.rmtree(path)
    with pytest.raises(StorageError, match="lacks shards"):
        shards_of(tmp_path)
