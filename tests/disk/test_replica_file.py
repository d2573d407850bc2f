"""A replica's file is whole at any moment, whatever fails (DISK-3)."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.client.journal import Changed, Settled, replay
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.disk import replica_file
from optiverse_collab.disk.file_format import read
from optiverse_collab.disk.replica_file import ReplicaFile
from tests.helpers.replicas import OWNER, pending, saved

OLD, NEW = saved(pending(4), records=3), saved(pending(5), records=1200)


@pytest.fixture
def file(tmp_path: Path) -> ReplicaFile:
    file = ReplicaFile(tmp_path / "replica")
    file.replace(OWNER, OLD)
    return file


def on_disk(file: ReplicaFile) -> Saved:
    return read(file.path.read_bytes()).saved


def test_what_is_appended_is_there_at_once(file: ReplicaFile) -> None:
    assert file.is_open
    file.append([Changed(pending(5))])
    file.append([Settled(4), Changed(pending(6))])
    assert on_disk(file) == replay(OLD, [Changed(pending(5)), Settled(4), Changed(pending(6))])
    assert file.unsynced
    file.sync()
    assert not file.unsynced


def test_a_new_copy_takes_the_place_of_the_old_file(file: ReplicaFile) -> None:
    file.append([Changed(pending(9))])
    file.replace(OWNER, NEW)
    assert on_disk(file) == NEW
    file.append([Settled(5)])
    assert on_disk(file).pending == []
    assert [one.name for one in file.path.parent.iterdir()] == ["replica"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX modes")
def test_nobody_else_may_read_it(file: ReplicaFile) -> None:
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


class PowerCut(Exception):
    """The process has died."""


def failing_at(number: int, error: Exception, calls: list[str]) -> Callable[[str, Any], Any]:
    """Wrap functions of `os` so that call `number` of all calls fails; `calls` records them."""

    def wrap(name: str, function: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            calls.append(name)
            if len(calls) == number:
                raise error
            return function(*args, **options)

        return call

    return wrap


CALLS = ("open", "fsync", "replace", "close")


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), PowerCut()], ids=["fails", "crashes"])
def test_a_copy_that_fails_anywhere_leaves_the_old_or_the_new(
    file: ReplicaFile, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Whichever system call is the last one."""
    old = replay(OLD, [Changed(pending(9))])
    seen = set()
    for number in range(1, 20):
        file.replace(OWNER, OLD)
        file.append([Changed(pending(9))])
        calls: list[str] = []
        with monkeypatch.context() as patch:
            wrap = failing_at(number, error, calls)
            for name in CALLS:
                patch.setattr(os, name, wrap(name, getattr(os, name)))
            try:
                file.replace(OWNER, NEW)
            except (OSError, PowerCut):
                found = on_disk(file)
                assert found in (old, NEW)
                seen.add(found == NEW)
            else:
                if len(calls) < number:
                    break
                continue  # the error doesn't matter
        if isinstance(error, OSError):
            assert not file.is_open
            assert not file.path.with_suffix(".new").exists()
    assert on_disk(file) == NEW
    assert seen == {True, False}


def test_after_half_an_entry_nothing_is_appended(file: ReplicaFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry after a torn one could not be read."""
    real, room = os.write, [20]

    def fill(descriptor: int, data: Any) -> int:
        if not room:
            raise OSError(errno.ENOSPC, "full")
        return real(descriptor, data[: room.pop()])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fill)
        with pytest.raises(OSError, match="full"):
            file.append([Changed(pending(5)), Changed(pending(6))])
    assert not file.is_open
    assert on_disk(file) == OLD
    file.replace(OWNER, NEW)
    file.append([Settled(5)])
    assert on_disk(file) == replay(NEW, [Settled(5)])


def test_what_the_system_writes_in_parts_is_whole(file: ReplicaFile, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:7]))
    file.append([Changed(pending(5)), Settled(4)])
    assert on_disk(file).pending == [pending(5)]


def test_a_sync_that_fails_ends_it(file: ReplicaFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may have dropped data, and the next sync would not report it."""
    file.append([Changed(pending(5))])

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, "I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="I/O"):
            file.sync()
    assert not file.is_open
    file.sync()


def test_windows_is_asked_again_while_somebody_has_it_open(
    file: ReplicaFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = os.replace, []

    def replace(new: Path, old: Path) -> None:
        tries.append(threading.get_ident())
        if len(tries) < 3:
            raise PermissionError(errno.EACCES, "a virus scanner has it")
        real(new, old)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(PermissionError):
        file.replace(OWNER, NEW)
    monkeypatch.setattr(replica_file, "_RETRIES", replica_file._RETRIES_ON_WINDOWS)
    file.replace(OWNER, NEW)
    assert (on_disk(file), len(tries)) == (NEW, 3)
