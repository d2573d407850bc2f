"""Versions on a real server: HIST-10 to HIST-15 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from optiverse_collab.core.records import Put, Record, Remove
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting import AsyncBench, connect
from optiverse_collab_server import chunking
from optiverse_collab_server.storage import Retention, SqliteStore
from tests.helpers.aio import run
from tests.helpers.live_server import live_server


async def until_dropped(bench: AsyncBench, clock: int) -> None:
    """Edit until retention has dropped the history at a clock."""
    for number in range(100):
        for part in range(20):
            bench.set("lens", {"x": number, "y": part})
            await bench.flush()
        with contextlib.suppress(CollaborationError):
            await bench.at(clock)
            continue
        with pytest.raises(CollaborationError, match="does not keep"):
            await bench.at(clock)
        return
    raise AssertionError(f"{clock} is kept")


def test_versions_can_be_restored_when_their_history_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HIST-15: made by hand and by the server; shown, restored, and after a restart of the server."""
    monkeypatch.setattr(chunking, "CHUNK_ENTRIES", 5)
    monkeypatch.setattr(chunking, "CHUNK_BYTES", 1)

    def store() -> SqliteStore:
        return SqliteStore(tmp_path, Retention(bytes=0))

    async def main() -> None:
        async with live_server(store()) as server, connect(server.url) as bench:
            bench.put("lens", "component", {"x": -1})
            by_hand = await bench.versions.keep("before the new lens")
            bench.put("mirror", "component", {})
            await bench.flush()
            await bench.restore(by_hand.clock)
            [_, by_server] = bench.versions
            assert by_server.why == "sweep"
            bench.put("lens", "component", {"x": 0})
            await until_dropped(bench, by_server.clock + 1)
            assert set(await bench.at(by_server.clock)) == {"lens", "mirror"}
        async with live_server(store()) as server, connect(server.url) as bench:
            assert bench.versions.find("before the new lens") == by_hand
            await bench.restore(by_hand.clock)
            assert dict(bench.records) == {"lens": Record("lens", "component", {"x": -1})}

    run(main())


def test_two_people_who_restore_versions_at_once_do_not_mix_them() -> None:
    """HIST-9: the second one is refused, and can look first."""

    async def main() -> None:
        async with (
            live_server() as server,
            connect(server.url, user="ann") as ann,
            connect(server.url, user="bob") as bob,
        ):
            changes = bob.changes()
            ann.put("lens", "component", {"x": 1})
            one = await ann.versions.keep("one")
            ann.set("lens", {"x": 2})
            two = await ann.versions.keep("two")
            ann.edit([Remove("lens"), Put("mirror", "component")])
            await ann.flush()
            async for _ in changes:
                if "mirror" in bob:
                    break
            outcomes = await asyncio.gather(
                ann.restore(one.clock), bob.restore(two.clock), return_exceptions=True
            )
            refused = [outcome for outcome in outcomes if isinstance(outcome, CollaborationError)]
            assert [str(error) for error in refused if "has restored an earlier bench" in str(error)]
            assert len(refused) == 1
            assert ann["lens"]["x"] in (1, 2)

    run(main())
