"""The store on disk: write access, full disks, copies, and agreement with the store in memory."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import tempfile
from collections.abc import Awaitable, Iterator
from pathlib import Path

import pytest

from optiverse_collab.errors import DataFolderInUse, StorageError
from optiverse_collab_server.storage import MemoryStore, SqliteStore, Store
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.aio import run
from tests.helpers.processes import python
from tests.helpers.storage import (
    EPOCH,
    Content,
    clock_of,
    content,
    content_of,
    entries,
    entry,
    names,
    opened,
    snapshot,
)

posix = pytest.mark.skipif(os.name == "nt", reason="permissions and limits are those of POSIX")


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StorageError, match="is a file, or lies in one; choose a folder"):
        SqliteStore(tmp_path / "file")
    with pytest.raises(StorageError, match="choose a"):
        SqliteStore(tmp_path / "file" / "below")
    assert (tmp_path / "file").read_text() == "mine"


TRY_TO_OPEN = """
import os, sys
import urllib.parse  # what is imported later may lie where others can not read
from pathlib import Path
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import SqliteStore
if os.geteuid() == 0:  # whom no rights hold back
    os.seteuid(65534)
try:
    SqliteStore(Path(sys.argv[1]))
except StorageError as error:
    print(error)
"""


@posix
def test_read_only_folder_is_refused_with_advice() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "unreachable").mkdir(mode=0o700)
        (folder / "readonly").mkdir()
        (folder / "readonly").chmod(0o555)
        folder.chmod(0o555)
        for target in (folder / "new", folder / "readonly", folder / "unreachable" / "new"):
            with python("-c", TRY_TO_OPEN, str(target)) as process:
                said, _ = process.communicate()
            assert str(target) in said
            assert "let the user who runs the server" in said
            assert len(said.splitlines()) == 1
        folder.chmod(0o755)


@posix
def test_read_only_database_is_refused_with_advice() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(save(folder, "bench"))
        folder.chmod(0o777)
        (folder / "server.lock").chmod(0o666)
        (folder / FILE_NAME).chmod(0o444)
        with python("-c", TRY_TO_OPEN, name) as process:
            said, _ = process.communicate()
        assert f"{FILE_NAME} can't be written; let the user who runs the server write there" in said


def test_two_stores_never_share_a_folder(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as store:
            await store.begin_chunk("bench", snapshot())
            for _ in range(2):
                with pytest.raises(DataFolderInUse, match=rf"process id {os.getpid()} on .*choose another"):
                    SqliteStore(tmp_path)
            await store.append("bench", [entry(1)])
        async with opened(tmp_path) as store:
            assert await clock_of(store, "bench") == 1

    run(scenario())


def test_what_fails_while_opening_leaves_the_folder_free(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 100)
    for _ in range(2):
        with pytest.raises(StorageError, match="is damaged"):
            SqliteStore(tmp_path)


@posix
def test_a_disk_that_takes_no_more_refuses_and_heals(tmp_path: Path) -> None:
    """The refused entries can be stored when there is space again."""

    async def scenario() -> None:
        async with opened(tmp_path) as store:
            await store.begin_chunk("bench", snapshot())
            await store.append("bench", [entry(1)])
            with no_more_space(tmp_path / f"{FILE_NAME}-wal"):
                with pytest.raises(StorageError, match=FILE_NAME):
                    await store.append("bench", [entry(2, text="x" * 30_000)])
                with pytest.raises(StorageError, match=FILE_NAME):
                    await store.begin_chunk("bench", snapshot(1, records=1000))
                assert await content_of(store, "bench") == content(snapshot(), [entry(1)])
            await store.append("bench", [entry(2)])
            assert await content_of(store, "bench") == content(snapshot(), entries(1, 2))
        async with opened(tmp_path) as store:
            assert await content_of(store, "bench") == content(snapshot(), entries(1, 2))

    run(scenario())


@contextlib.contextmanager
def no_more_space(file: Path) -> Iterator[None]:
    """Let no file of this process grow beyond the present size of `file`."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_the_folder_is_made_and_left_tidy(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "in ü %20?#"
    run(save(folder, "bench"))
    assert sorted(file.name for file in folder.iterdir()) == ["server.lock", FILE_NAME]


def test_a_database_can_be_copied_while_it_is_served(tmp_path: Path) -> None:
    """As in docs/operations.md; the copy opens as the database of another folder."""

    async def scenario() -> None:
        async with opened(tmp_path / "live") as store:
            await store.begin_chunk("bench", snapshot(5, records=300))
            await store.append("bench", entries(6, 9))
            (tmp_path / "restored").mkdir()
            with contextlib.closing(sqlite3.connect(tmp_path / "live" / FILE_NAME)) as reader:
                reader.execute("VACUUM INTO ?", (str(tmp_path / "restored" / FILE_NAME),))
            await store.append("bench", entries(10, 12))
        async with opened(tmp_path / "restored") as store:
            assert await content_of(store, "bench") == content(snapshot(5, records=300), entries(6, 9))
            await store.append("bench", [entry(10)])

    run(scenario())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_it_holds_what_memory_holds(tmp_path: Path, seed: int) -> None:
    """Random calls, some of them wrong, and restarts; `MemoryStore` gives the expected results."""

    async def scenario() -> None:
        chance = random.Random(seed)
        model, store = MemoryStore(), SqliteStore(tmp_path)
        said: set[str] = set()
        for _ in range(120):
            if chance.random() < 0.1:
                await store.close()
                store = SqliteStore(tmp_path)
            name = chance.choice(["a", "b", "c"])
            known = await model.load(name)
            clock = await clock_of(model, name) if known else 0
            wrong = chance.choice([0, 0, 0, 0, 1, -1])
            if known and chance.random() < 0.7:
                some = entries(max(1, clock + 1 + wrong), clock + chance.randrange(1, 6))
                number = chance.choice([1, len(known.names) // 2 + 1])
                new_names = [one for one in names(number) if one.number == number]
                outcomes = [await outcome_of(each.append(name, some, new_names)) for each in (model, store)]
            else:
                epoch = chance.choice([EPOCH, EPOCH, EPOCH, EPOCH, "two"])
                at = max(0, clock - chance.choice([0, 0, 0, 1, -1, 5]))
                new = snapshot(at, records=chance.choice([0, 3, 300]), epoch=epoch)
                outcomes = [await outcome_of(each.begin_chunk(name, new)) for each in (model, store)]
            assert outcomes[0] == outcomes[1]
            said.update(outcomes)
            assert await content_of(store, name) == await content_of(model, name)
            past = chance.randrange(-1, clock + 8)
            assert await past_of(store, name, past) == await past_of(model, name, past)
        assert await contents(store) == await contents(model)
        await store.close()
        assert len(said) > 5
        assert [report.faults for report in check_folder(tmp_path)] == [[]] * 3

    run(scenario())


async def outcome_of(call: Awaitable[object]) -> str:
    """The result of a call, or its error."""
    try:
        await call
    except StorageError as error:
        return str(error)
    return ""


async def past_of(store: Store, name: str, clock: int) -> tuple[object, ...] | None:
    """The stored state at a clock."""
    stored = await store.load_at(name, clock)
    return None if stored is None else (stored.clock, list(map(bytes, stored.records)), stored.entries)


async def contents(store: Store) -> dict[str, Content | None]:
    """All stored data."""
    return {name: await content_of(store, name) for name in await store.sessions()}


async def save(folder: Path, name: str) -> None:
    """Store one session and close."""
    async with opened(folder) as store:
        await store.begin_chunk(name, snapshot())
