"""Snapshots are split into parts and joined again."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.journal import Snapshot, StampedRecord
from optiverse_collab_server.storage.directory import ChunkRow
from optiverse_collab_server.storage.parts import SnapshotReader, encode_snapshot
from optiverse_collab_server.storage.rows import ROW_BYTES
from tests.helpers.storage import record, snapshot

ORDER = [
    "records",
    "tombstones",
    "stamps",
    "clients",
    "skipped",
    "forgotten",
    "outcomes",
    "sweeps",
    "returns",
    "parents",
    "turns",
    "heads",
]


def read(parts: list[tuple[str, bytes]], like: Snapshot) -> Snapshot:
    reader = SnapshotReader()
    for kind, data in parts:
        reader.add(kind, data)
    columns = (like.term, like.clock, like.head, like.time_ms, like.history_start, like.outcomes_from)
    return reader.snapshot(like.epoch, ChunkRow(1, 1, *columns, parts=len(parts)))


def test_an_empty_snapshot_has_no_parts() -> None:
    assert list(encode_snapshot(snapshot())) == []
    assert read([], snapshot(4)) == snapshot(4)


def test_parts_are_short_json_and_in_order() -> None:
    large = snapshot(9, records=2000)
    parts = list(encode_snapshot(large))
    kinds = [kind for kind, _ in parts]
    assert len(parts) > 10
    assert max(len(data) for _, data in parts) < ROW_BYTES + 2000
    assert kinds == sorted(kinds, key=ORDER.index)
    assert list(dict.fromkeys(kinds)) == ORDER
    assert all(isinstance(msgspec.json.decode(data), list) for _, data in parts)
    assert read(parts, large) == large


def test_a_record_may_be_longer_than_a_part() -> None:
    long = Record("long", "text", {"text": "🔬" * ROW_BYTES})
    given = msgspec.structs.replace(
        snapshot(), records=[StampedRecord(one, 0, {}) for one in (record(1), long, record(3))]
    )
    parts = list(encode_snapshot(given))
    assert len(parts) == 2
    assert read(parts, given) == given


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("records", b'[[{"id":"a"},0,{}]]'),
        ("clients", b'[["a","b"]]'),
        ("skipped", b"[[1,2]]"),
        ("tombstones", b"["),
        ("stamps", b"[[1,2]]"),
        ("heads", b'["?"]'),
    ],
)
def test_what_is_no_part_is_not_read(kind: str, data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        SnapshotReader().add(kind, data)
