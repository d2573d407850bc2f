"""The steps that make a file survive a power cut."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from optiverse_collab.disk.durable import sync_folder, write_private


def test_names_need_no_sync_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync_folder(tmp_path)
    gone = tmp_path / "gone"
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        sync_folder(gone)  # it is not even opened
    if os.name != "nt":
        with pytest.raises(FileNotFoundError):
            sync_folder(gone)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX permissions")
def test_private_file_is_for_its_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.touch(0o644)
    before = os.umask(0)
    try:
        write_private(file, b"token")
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == b"token"


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize("replace", [True, False])
def test_private_file_replaces_another_or_is_the_first(
    tmp_path: Path, replace: bool, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*names: object) -> None:
        raise PermissionError

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    file = tmp_path / "key"
    write_private(file, b"first", replace)
    assert file.read_bytes() == b"first"
    if replace or links:
        write_private(file, b"second", replace)
        assert file.read_bytes() == (b"second" if replace else b"first")
    assert list(tmp_path.iterdir()) == [file]


def test_nothing_is_left_of_a_private_file_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError("out of order")

    file = tmp_path / "secret"
    write_private(file, b"first")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="out of order"):
        write_private(file, b"second")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"first"]
