"""Sessions are copied from one store to another, with all their history."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from optiverse_collab.core.server.journal import Parent
from optiverse_collab.errors import StorageError
from optiverse_collab_server import chunking
from optiverse_collab_server.moving import Copied, copy_session
from optiverse_collab_server.standby import places
from optiverse_collab_server.storage import CopiedStore, MemoryStore, Span, SqliteStore
from tests.helpers.aio import run
from tests.helpers.storage import entries, snapshot
from tests.server.cli.folders import fill_folder

IDS = [f"lens-{number % 4}" for number in range(40)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a session of several chunks."""
    monkeypatch.setattr(chunking, "CHUNK_ENTRIES", 10)
    monkeypatch.setattr(places, "BATCH_BYTES", 3_000)
    fill_folder(tmp_path, lab=IDS)
    return tmp_path


async def check_same(source: CopiedStore, target: CopiedStore) -> None:
    """Check that two stores have the same session, at each moment."""
    found, copied = [await one.load_entries("lab", Span(0, 2**53)) for one in (source, target)]
    assert found is not None
    assert copied is not None
    assert (copied.epoch, copied.entries) == (found.epoch, found.entries)
    assert {*copied.names} == {*found.names}
    for clock in range(len(IDS) + 1):
        moments = [await one.load_at("lab", clock) for one in (source, target)]
        shown = [[*moment.records, *moment.entries][-3:] for moment in moments if moment is not None]
        assert len(shown) == 2
        ends = [moment and (moment.epoch, moment.clock + len(moment.entries)) for moment in moments]
        assert ends[0] == ends[1]


def test_a_copy_has_all_history(folder: Path) -> None:
    async def main() -> None:
        source, target = SqliteStore(folder), MemoryStore()
        copied = await copy_session(source, target, "lab")
        assert copied == Copied(copied.clock, copied.clock)
        assert copied.clock >= len(IDS)
        await check_same(source, target)
        stored = await target.load("lab")
        assert stored is not None
        assert stored.snapshot.clock > 10  # it has chunks, too
        assert await copy_session(source, target, "lab") == Copied(copied.clock, 0)
        await source.close()

    run(main())


def test_an_unfinished_copy_is_continued(folder: Path) -> None:
    class Full(MemoryStore):
        appends = 0

        async def append(self, *arguments: object) -> None:
            self.appends += 1
            if self.appends == 3:
                raise StorageError("The disk is full.")
            await super().append(*arguments)  # type: ignore[arg-type]

    async def main() -> None:
        source, target = SqliteStore(folder), Full()
        with pytest.raises(StorageError, match="full"):
            await copy_session(source, target, "lab")
        copied = await copy_session(source, target, "lab")
        assert 0 < copied.added < copied.clock
        await check_same(source, target)
        await source.close()

    run(main())


def test_another_session_of_that_name_stays_unchanged(folder: Path) -> None:
    async def main() -> None:
        source, target = SqliteStore(folder), MemoryStore()
        start = await source.load_start("lab")
        assert start is not None
        await target.begin_copy("lab", msgspec.structs.replace(start.snapshot, epoch="other"), [])
        with pytest.raises(StorageError, match="another session 'lab' already, and nothing was copied"):
            await copy_session(source, target, "lab")
        with pytest.raises(StorageError, match="no session 'unknown' to copy"):
            await copy_session(source, target, "unknown")
        await source.close()

    run(main())


def test_a_copy_knows_what_the_session_was_restored_from() -> None:
    """CLK-8: even if that was added with later entries."""
    parent = Parent("older epoch", 1, 7)

    async def main() -> None:
        source, target = MemoryStore(), MemoryStore()
        await source.begin_chunk("lab", snapshot())
        await source.append("lab", entries(1, 2))
        await source.append("lab", entries(3, 4), (), [parent])
        await copy_session(source, target, "lab")
        stored = await target.load("lab")
        assert stored is not None
        assert stored.snapshot.parents == [parent]

    run(main())
