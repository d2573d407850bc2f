"""The free space that a standby leaves: STAND-14 of docs/protocol.md."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from optiverse_collab.errors import StorageError
from optiverse_collab_server.standby.disk_space import RESERVE_BYTES, DiskSpace


class Usage(NamedTuple):
    """What the system says about a disk."""

    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("total", "reserve"),
    [(500 * RESERVE_BYTES, RESERVE_BYTES), (3_000_000, 300_000)],
    ids=["large", "small"],
)
def test_it_takes_twice_as_much_to_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, total: int, reserve: int
) -> None:
    """STAND-14: so a disk that is nearly full doesn't let it stop and go every second."""
    space = DiskSpace(tmp_path)
    steps = [(reserve, False), (reserve - 1, True), (2 * reserve - 1, True), (2 * reserve, False)]
    for free, is_short in [*steps, (reserve, False)]:
        monkeypatch.setattr(shutil, "disk_usage", lambda _, free=free: Usage(total, 0, free))
        assert space.look() is is_short is space.is_short
        assert space.wanted == (2 * reserve if is_short else reserve)


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="gone can't be used"):
        DiskSpace(tmp_path / "gone").look()
