"""What a standby stores is bounded, and it confirms nothing else: STAND-14 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.server.journal import Kept
from optiverse_collab_server.quotas import Quotas
from optiverse_collab_server.standby import copies, places, service
from optiverse_collab_server.standby.followers import Mode
from optiverse_collab_server.standby.service import SHORT, TOO_MANY
from optiverse_collab_server.storage import SqliteStore
from tests.helpers.aio import DEADLINE_S, run, until
from tests.helpers.http_get import get
from tests.helpers.live_server import RawClient
from tests.helpers.standby import Member, content, member, promote, until_stored
from tests.server.cli.folders import fill_folder, put, records

CHANGES = 12


class Usage(NamedTuple):
    """What the system says about a disk."""

    total: int = 10**12
    used: int = 0
    free: int = 10**11


class Disk:
    """The disk of the standby.

    Attributes:
        usage: what is there.
    """

    def __init__(self) -> None:
        self.usage = Usage()

    def fill(self) -> None:
        """Something else takes nearly all of it."""
        self.usage = Usage(free=10**9 - 1)

    def clear(self) -> None:
        """It is gone."""
        self.usage = Usage()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk.usage)
    monkeypatch.setattr(service, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(service, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr("optiverse_collab_server.unstored.STORE_SECONDS", 0.05)
    return disk


async def is_limited(standby: Member) -> bool:
    """What monitoring sees."""
    return "optiverse_collab_copy_limited 1.0" in (await get(standby.port, "/metrics")).body


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as one."""
    return [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]


async def push(client: RawClient, number: int) -> None:
    """Push a change without waiting for the answer."""
    await client.send({"type": "push", "changes": [{"client_clock": number, "ops": [put(f"item {number}")]}]})


def test_a_standby_stops_before_its_disk_is_full(
    tmp_path: Path, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    """STAND-14, STAND-6: what it lacks isn't acknowledged. It goes on when there is room; nothing is lost."""

    async def main() -> None:
        async with (
            member(tmp_path / "first", mode=Mode.ALWAYS) as first,
            member(tmp_path / "second", first.url) as second,
            first.client("ann", "lab") as ann,
        ):
            await ann.sync("a")
            await ann.push(1, put("item 1"))
            assert not await is_limited(second)
            disk.fill()
            await until(lambda: first.service.followers.count == 0)
            await push(ann, 2)
            assert (await ann.receive("wait", "patch"))["reason"] == "storage"
            assert await is_limited(second)
            stored = await second.store.load("lab")
            assert stored is not None
            assert stored.clock == 1
            disk.clear()
            assert (await ann.receive("patch"))["acks"][0]["result"] == "commit"
            assert await content(second.store, "lab") == await content(first.store, "lab")
            assert not await is_limited(second)
            promote(tmp_path / "second")
            await until(lambda: second.service.post.standing.refusal is None)
            assert await records(second, "lab") == {"item 1", "item 2"}
            disk.fill()
            assert not await is_limited(second), "who serves may use all of the disk"

    run(main())
    assert errors(caplog).count(SHORT % (tmp_path / "second", 2000)) == 1


class FilledMeanwhile(SqliteStore):
    """The standby's storage; its disk is filled while changes are copied."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        super().__init__(folder)
        self._disk, self.copied = disk, 0

    async def append(self, session_id: str, entries: Sequence[Kept], *more: Any) -> None:
        """See `Store.append`."""
        await super().append(session_id, entries, *more)
        self.copied += 1
        if self.copied == 3:
            self._disk.fill()
            await asyncio.wait_for(until(lambda: self.service.is_limited), DEADLINE_S)

    service: service.StandbyService


def test_a_copy_that_was_interrupted_is_continued(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STAND-14: it keeps what it has; meanwhile, the session can't be opened."""
    monkeypatch.setattr(places, "BATCH_BYTES", 1)
    monkeypatch.setattr(copies, "WAITING_BYTES", 1)
    monkeypatch.setattr("optiverse_collab_server.standby.store.LOAD_SECONDS", 0.05)
    fill_folder(tmp_path / "first", lab=[f"item {number}" for number in range(CHANGES)])

    async def main() -> None:
        store = FilledMeanwhile(tmp_path / "second", disk)
        async with (
            member(tmp_path / "first", mode=Mode.ALWAYS) as first,
            member(tmp_path / "second", first.url, store=store) as second,
        ):
            store.service = second.service
            await until(lambda: second.service.is_limited)
            await until(lambda: first.service.followers.count == 0)
            copied = await until_stored(store, "lab", 3)
            assert copied.clock < CHANGES
            async with first.asking("ann", "lab") as ann:
                assert await ann.closed() == (1011, CloseReason.SESSION_FAILED.word)
            disk.clear()
            await until_stored(store, "lab", CHANGES)
            await until(lambda: not first.service.followers.lag)
            assert len(await records(first, "lab")) == CHANGES
            assert store.copied == CHANGES, "each change was copied once"

    run(main())


def test_sessions_that_are_too_many_are_left_out(
    tmp_path: Path, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    """STAND-14: only they wait; a standby that may have more copies them."""
    fill_folder(tmp_path / "first", lab=["item 0"])

    async def main() -> None:
        async with member(tmp_path / "first", mode=Mode.ALWAYS) as first:
            async with member(tmp_path / "second", first.url, quotas=Quotas(sessions=1)) as second:
                await until_stored(second.store, "lab", 1)
                async with first.client("ann", "other") as ann, first.client("bob", "lab") as bob:
                    await ann.sync("a")
                    await push(ann, 1)
                    assert (await ann.receive("wait", "patch"))["reason"] == "storage"
                    await bob.sync("b")
                    assert (await bob.push(1, put("item 1")))["result"] == "commit"
                    assert await is_limited(second)
                    assert await second.store.sessions() == ["lab"]
            async with member(tmp_path / "second", first.url) as second:
                await until_stored(second.store, "other", 1)
                assert not await is_limited(second)
                assert await records(first, "other") == {"item 1"}

    run(main())
    assert errors(caplog) == [TOO_MANY % (1, "other")]
