"""Damage in a session's log is noticed."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.errors import DatabaseDamaged
from optiverse_collab_server.storage.jetstream.records import LogRecord, decode_record, encode
from optiverse_collab_server.storage.jetstream.store import JetStreamStore
from tests.helpers import aio
from tests.helpers.nats_server import needs_nats
from tests.helpers.storage import entries, entry, snapshot
from tests.server.storage.jetstream.conftest import Opened

pytestmark = needs_nats


async def replace_last(store: JetStreamStore, **changes: object) -> None:
    """Add a copy of the last record that is wrong."""
    found = await store._stream.end("bench")
    assert found is not None
    record: LogRecord = msgspec.structs.replace(
        decode_record(found.data), **{"previous": found.sequence, **changes}
    )
    assert await store._stream.append("bench", encode(record), found.sequence)


@pytest.mark.parametrize("what", ["previous", "head", "chunk"])
def test_damage_is_noticed(opened: Opened, what: str) -> None:
    """DUR-3: such a session is not served."""

    async def scenario() -> None:
        async with opened("a") as ann:
            await ann.begin_chunk("bench", snapshot())
            await ann.append("bench", [entry(1)])
            await ann.append("bench", entries(2, 3))
            state = ann._owned.logs["bench"].state
            wrong: dict[str, dict[str, object]] = {
                "previous": {"previous": 1},
                "head": {"state": msgspec.structs.replace(state, head=b"?" * 16)},
                "chunk": {"state": msgspec.structs.replace(state, chunk=2)},
            }
            await replace_last(ann, **wrong[what])
            ann._owned.logs.clear()
            with pytest.raises(DatabaseDamaged, match="'bench' in NATS is damaged"):
                await ann.load("bench")

    aio.run(scenario())
