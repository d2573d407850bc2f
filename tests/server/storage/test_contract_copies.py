"""What every `CopiedStore` promises: STAND-3 of docs/protocol.md."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.stamps import Stamp
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import CopiedStore, TooLarge
from tests.helpers.storage import entries, entry, names, snapshot
from tests.server.storage.conftest import Run


def test_a_session_can_be_copied_from_its_start(run: Run) -> None:
    """STAND-3: from the oldest snapshot, with its names, and then change by change."""

    async def scenario(store: CopiedStore) -> None:
        assert await store.load_start("bench") is None
        await store.begin_copy("bench", signed_snapshot(3), names(4))
        await store.append("bench", entries(4, 6))
        await store.begin_chunk("bench", snapshot(6))
        start = await store.load_start("bench")
        assert start is not None
        assert (start.snapshot, start.entries) == (signed_snapshot(3), [])
        assert start.names == [name for name in names(4) if name.number == 2]
        with pytest.raises(TooLarge):
            await store.load_start("bench", most=1)
        await store.begin_copy("copy", start.snapshot, start.names)
        with pytest.raises(StorageError, match="store author 2 where 3 comes next"):
            await store.append("copy", [entry(4)], names(2)[1:2])
        await store.append("copy", entries(4, 6), [Name(NameKind.AUTHOR, 3, "Åsa 3")])
        found = await store.load("copy")
        assert found is not None
        assert found.entries == [one.data for one in entries(4, 6)]
        assert sorted(name.number for name in found.names) == [2, 2, 3]

    run(scenario)


def signed_snapshot(clock: int) -> Snapshot:
    """A snapshot that refers to an author and an origin, both number 2."""
    return msgspec.structs.replace(snapshot(clock), stamps=[Stamp(1, 2, 2, 7)])
