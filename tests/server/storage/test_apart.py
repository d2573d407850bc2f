"""What a session has apart from its entries, in both stores of a pair: STAND-12 of docs/protocol.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from optiverse_collab.core.server.journal import Parent
from optiverse_collab_server.storage import Apart, MemoryStore, SqliteStore, StandbyStore
from tests.helpers.aio import run
from tests.helpers.storage import entries, head, snapshot

PARENT, LATER = Parent("before", 3, 7), Parent("before", 5, 9)


@pytest.mark.parametrize("store_in", [SqliteStore, lambda folder: MemoryStore()], ids=["sqlite", "memory"])
def test_benches_are_kept_and_listed(tmp_path: Path, store_in: Callable[[Path], StandbyStore]) -> None:
    """STAND-12, HIST-15: byte for byte, also a very long one and an empty one."""
    long = [msgspec.Raw(b'{"id":"%d","text":"%s"}' % (number, b"x" * 20_000)) for number in range(40)]

    async def main() -> None:
        store = store_in(tmp_path)
        assert await store.load_apart("lab") is None
        await store.begin_chunk("lab", msgspec.structs.replace(snapshot(3), parents=[PARENT]))
        await store.append("lab", entries(4, 6), parents=[LATER])
        await store.keep("lab", 1, head(1), long)
        await store.keep("lab", 2, head(2), [])
        apart = await store.load_apart("lab")
        assert apart is not None
        assert apart == Apart(3, frozenset({1, 2}), [PARENT, LATER])
        assert [clock for clock in range(6) if apart.lacks(clock)] == [0]
        for clock, records in ((1, long), (2, [])):
            stored = await store.load_at("lab", clock)
            assert stored is not None
            assert [bytes(raw) for raw in stored.records] == [bytes(raw) for raw in records]
            assert (stored.clock, stored.head, stored.entries) == (clock, head(clock), [])
        await store.close()

    run(main())
