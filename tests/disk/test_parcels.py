"""Parcels on disk: kept in order, bounded, and found again (BACK-6)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import structs

from optiverse_collab.core.protocol.parcels import PARCELS_PER_MESSAGE, Parcel
from optiverse_collab.disk import parcels as module
from optiverse_collab.disk.frames import Frames
from optiverse_collab.disk.parcels import FILES, KEPT_S, ParcelFiles, drop_old, files_in


def parcel(after: int, clock: int, epoch: str = "e", size: int = 10) -> Parcel:
    return Parcel(epoch, after, f"{after:032}", clock, f"{clock:032}", b"x" * size, "s")


def clocks(found: list[Parcel]) -> list[tuple[int, int]]:
    return [(one.after, one.clock) for one in found]


@pytest.fixture
def open_files(folder: Path) -> Iterator[Callable[[], ParcelFiles]]:
    """Open the folder, as a window does."""
    opened: list[ParcelFiles] = []

    def open_one() -> ParcelFiles:
        opened.append(ParcelFiles(folder))
        return opened[-1]

    yield open_one
    for files in opened:
        files.close()


@pytest.fixture
def files(open_files: Callable[[], ParcelFiles]) -> ParcelFiles:
    return open_files()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "parcels"


def test_what_was_kept_is_found(open_files: Callable[[], ParcelFiles], files: ParcelFiles) -> None:
    """By the same object, whether it has looked before, and by the next one."""
    assert files.after(0, ["e"]) == []
    kept = [parcel(0, 5), parcel(5, 7), parcel(7, 9)]
    for one in kept[:2]:
        files.keep(one)
    assert files.after(0, ["e"]) == kept[:2]
    files.keep(kept[2])
    assert files.after(0, ["e"]) == kept
    files.close()
    again = open_files()
    assert again.after(0, ["e"]) == kept
    again.keep(parcel(9, 11))
    again.close()
    assert clocks(open_files().after(7, ["e"])) == [(7, 9), (9, 11)]


def test_only_what_continues_is_found(files: ParcelFiles) -> None:
    """A parcel may begin earlier; what follows a gap, or is of another history, doesn't count."""
    for one in (parcel(0, 5), parcel(5, 7, epoch="f"), parcel(5, 8), parcel(20, 25)):
        files.keep(one)
    assert clocks(files.after(6, ["e"])) == [(5, 8)]
    assert clocks(files.after(6, ["f", "g"])) == [(5, 7)]
    assert clocks(files.after(8, ["e"])) == []
    assert clocks(files.after(25, ["e"])) == []


def test_a_history_that_went_on_twice(files: ParcelFiles) -> None:
    """If files were copied back, an epoch has two continuations: the server gets the start of both."""
    dead = [structs.replace(parcel(after, after + 2), before="", head="") for after in (4, 6, 8)]
    for one in [parcel(0, 5), *dead, parcel(5, 7), parcel(7, 9)]:
        files.keep(one)
    assert files.after(5, ["e"]) == [parcel(5, 7), dead[0], parcel(7, 9)]


def test_a_parcel_without_a_change_leads_nowhere(files: ParcelFiles) -> None:
    """A client believes no server."""
    files.keep(parcel(0, 5))
    files.keep(parcel(5, 5))
    files.keep(parcel(5, 4))
    assert clocks(files.after(0, ["e"])) == [(0, 5)]


def test_an_answer_is_short(files: ParcelFiles) -> None:
    for clock in range(3):
        files.keep(parcel(clock, clock + 1, size=module.RETURNED_BYTES // 2))
    assert clocks(files.after(0, ["e"])) == [(0, 1)]
    files.keep(parcel(3, 4, size=2 * module.RETURNED_BYTES))
    assert clocks(files.after(3, ["e"])) == [(3, 4)]
    for clock in range(4, 4 + 2 * PARCELS_PER_MESSAGE):
        files.keep(parcel(clock, clock + 1))
    assert len(files.after(4, ["e"])) == PARCELS_PER_MESSAGE


def test_a_write_that_was_cut_off_spoils_no_other(
    open_files: Callable[[], ParcelFiles], files: ParcelFiles, folder: Path
) -> None:
    """A crash leaves a readable start."""
    files.keep(parcel(0, 1))
    files.keep(parcel(1, 2))
    files.close()
    [file] = files_in(folder)
    file.write_bytes(file.read_bytes()[:-3])
    again = open_files()
    again.keep(parcel(2, 3))
    assert clocks(again.after(0, ["e"])) == [(0, 1)]
    assert clocks(again.after(2, ["e"])) == [(2, 3)]
    assert len(files_in(folder)) == 2


@pytest.mark.parametrize(
    "data", [b"", b"something else entirely", module._MAGIC, module._MAGIC + b"\1\0\0\0"]
)
def test_a_file_of_another_kind_is_passed_over(files: ParcelFiles, folder: Path, data: bytes) -> None:
    folder.mkdir()
    (folder / "000001").write_bytes(data)
    (folder / "notes.txt").write_text("hello")
    files.keep(parcel(0, 1))
    assert clocks(files.after(0, ["e"])) == [(0, 1)]


def test_a_parcel_of_another_form_is_passed_over(open_files: Callable[[], ParcelFiles], folder: Path) -> None:
    folder.mkdir()
    frames = Frames(module._MAGIC)
    (folder / "000001").write_bytes(module._MAGIC + frames.add(b"\xc0"))
    assert open_files().after(0, ["e"]) == []


def test_the_oldest_file_goes_first(
    files: ParcelFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The total is bounded: a file is full, or a day old, and there are at most 16."""
    monkeypatch.setattr(module, "FILE_BYTES", 1000)
    for clock in range(3 * FILES):
        files.keep(parcel(clock, clock + 1, size=600))
        if clock == 5:
            assert len(files.after(0, ["e"])) == 6
    assert len(files_in(folder)) == FILES
    assert sum(file.stat().st_size for file in files_in(folder)) <= 1000 * FILES
    assert clocks(files.after(0, ["e"])) == []
    assert clocks(files.after(2 * FILES, ["e"]))[0] == (2 * FILES, 2 * FILES + 1)


def test_old_parcels_go(files: ParcelFiles, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.keep(parcel(0, 1))
    monkeypatch.setattr(module, "FILE_S", 0)
    files.keep(parcel(1, 2))
    old, new = files_in(folder)
    long_ago = time.time() - KEPT_S - 60
    os.utime(old, (long_ago, long_ago))
    drop_old(folder)
    assert files_in(folder) == [new]
    drop_old(folder.parent / "nowhere")


def test_a_failed_write_closes_the_file(
    files: ParcelFiles, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is appended after half a parcel; the next one goes into another file."""
    files.keep(parcel(0, 1))

    class Full:
        def write(self, _: bytes) -> int:
            raise OSError("No space left on device")

        def close(self) -> None:
            raise OSError("No space left on device")

    files.close()
    monkeypatch.setattr(files, "_file", Full())
    with pytest.raises(OSError, match="No space"):
        files.keep(parcel(1, 2))
    files.keep(parcel(2, 3))
    assert len(files_in(folder)) == 2
    assert clocks(files.after(0, ["e"])) == [(0, 1)]
    assert clocks(files.after(2, ["e"])) == [(2, 3)]


def test_no_folder_is_made_for_a_deleted_slot(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ParcelFiles(tmp_path / "gone" / "parcels").keep(structs.replace(parcel(0, 1)))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX modes")
def test_only_their_user_reads_them(files: ParcelFiles, folder: Path) -> None:
    files.keep(parcel(0, 1))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert files_in(folder)[0].stat().st_mode & 0o777 == 0o600
