"""What survives when a process or a machine stops at any moment (DUR-1)."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.aio import run
from tests.helpers.append_forever import SESSION
from tests.helpers.processes import python
from tests.helpers.storage import clock_of, copy_as_crashed, entries, entry, opened, snapshot

LOG_NAME = f"{FILE_NAME}-wal"


def test_nothing_acknowledged_is_missing_after_kill_9(tmp_path: Path) -> None:
    """Each round kills a real process at a random moment and continues where it ended.

    The store also begins and packs chunks: each entry is there exactly once, and all are consistent.
    """
    chance = random.Random(7)
    done = 0
    for _ in range(6):
        done = acknowledged_before_kill(tmp_path, at_least=chance.randrange(5, 150))
        assert run(stored_clock(tmp_path)) >= done
        [report] = check_folder(tmp_path)
        assert report.faults == []
        assert report.entries == report.clock >= done
    assert done > 100
    assert report.chunks > 2


def acknowledged_before_kill(folder: Path, at_least: int) -> int:
    """Let a process append, kill it after some acknowledgements, and return the last one."""
    with python("-m", "tests.helpers.append_forever", str(folder)) as process:
        assert process.stdout is not None
        said = "".join(process.stdout.readline() for _ in range(at_least))
        process.kill()
        said += process.stdout.read()
    finished_lines = said[: said.rfind("\n") + 1].split()
    assert len(finished_lines) >= at_least, "the process ended on its own"
    return int(finished_lines[-1])


async def stored_clock(folder: Path) -> int:
    async with opened(folder) as store:
        stored = await store.load(SESSION)
        assert stored is not None
        first, last = stored.snapshot.clock + 1, stored.snapshot.clock + len(stored.entries)
        assert stored.entries == [entry.data for entry in entries(first, last)]
        assert len(stored.snapshot.records) in (1, 1500)
        return last


ENDS_WITHOUT_CLOSE = """
import asyncio, sys
from pathlib import Path
from optiverse_collab_server.storage import SqliteStore
from tests.helpers.storage import entry, snapshot

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    await store.begin_chunk("bench", snapshot())
    await store.append("bench", [entry(1)])

asyncio.run(main())
"""


def test_a_program_that_ends_without_closing_is_like_a_crash(tmp_path: Path) -> None:
    """Python must not close the database on its own: the log would then look lost."""
    with python("-c", ENDS_WITHOUT_CLOSE, str(tmp_path)) as process:
        assert process.wait() == 0
    assert run(stored_clock_after(tmp_path, then=2)) == 1


@pytest.mark.parametrize("rest", ["nothing", "torn", "zeros", "noise"])
def test_power_failure_loses_only_what_was_not_on_disk(tmp_path: Path, rest: str) -> None:
    """An unacknowledged write may have reached the disk in part, or as garbage."""
    live = tmp_path / "live"
    sizes = run(log_sizes_at_acknowledgement(live, tmp_path / "copy", 12))
    chance = random.Random(11)
    log = (tmp_path / "copy" / LOG_NAME).read_bytes()
    for clock, size in enumerate(sizes[:-1]):
        following = log[size : sizes[clock + 1]]
        cut = chance.randrange(1, len(following))
        tail = {
            "nothing": b"",
            "torn": following[:cut],
            "zeros": following[:cut] + bytes(len(following) - cut),
            "noise": following[:cut] + chance.randbytes(len(following) - cut),
        }[rest]
        crashed = tmp_path / f"crashed-{clock}"
        shutil.copytree(tmp_path / "copy", crashed)
        (crashed / LOG_NAME).write_bytes(log[:size] + tail)
        stored = clock + (tail == following)  # a page may end in zeros
        assert run(stored_clock_after(crashed, then=stored + 1)) == stored


async def log_sizes_at_acknowledgement(folder: Path, copy: Path, appends: int) -> list[int]:
    """Append entries; returns the size of the log after each, and a copy made before the end."""
    async with opened(folder) as store:
        await store.begin_chunk("bench", snapshot())
        sizes = [(folder / LOG_NAME).stat().st_size]
        for clock in range(1, appends + 1):
            await store.append("bench", [entry(clock, text="x" * 3000)])
            sizes.append((folder / LOG_NAME).stat().st_size)
        copy_as_crashed(folder, copy)
    assert sizes == sorted(set(sizes))
    return sizes


async def stored_clock_after(folder: Path, then: int) -> int:
    """The stored clock, after a check that the session accepts another entry."""
    async with opened(folder) as store:
        clock = await clock_of(store, "bench")
        await store.append("bench", [entry(then)])
    return clock
