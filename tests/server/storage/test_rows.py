"""The rows of the database: how a snapshot becomes chunks, and which chunks are refused."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.journal import Snapshot
from optiverse_collab_server.storage.rows import CHUNK_BYTES, SnapshotReader, checksum, encode_snapshot
from tests.helpers.storage import record, snapshot


def read(chunks: list[tuple[str, bytes]], like: Snapshot) -> Snapshot:
    reader = SnapshotReader()
    for part, data in chunks:
        reader.add(part, data)
    return reader.snapshot(like.epoch, like.clock, like.history_start)


def test_an_empty_snapshot_has_no_chunks() -> None:
    assert list(encode_snapshot(snapshot())) == []
    assert read([], snapshot(4)) == snapshot(4)


def test_chunks_are_short_json_and_in_order() -> None:
    large = snapshot(9, records=2000)
    chunks = list(encode_snapshot(large))
    assert len(chunks) > 5
    assert max(len(data) for _, data in chunks) < CHUNK_BYTES + 2000
    assert [part for part, _ in chunks] == sorted(
        (part for part, _ in chunks), key=["records", "tombstones", "clients"].index
    )
    assert all(isinstance(msgspec.json.decode(data), list) for _, data in chunks)
    assert read(chunks, large) == large


def test_a_record_may_be_longer_than_a_chunk() -> None:
    long = Record("long", "text", {"text": "🔬" * CHUNK_BYTES})
    given = Snapshot("epoch", 3, 0, [(1, record(1)), (2, long), (3, record(3))], {}, {})
    chunks = list(encode_snapshot(given))
    assert len(chunks) == 2
    assert read(chunks, given) == given


def test_what_is_no_snapshot_is_not_read() -> None:
    for part, data in (("records", b'[[1,{"id":"a"}]]'), ("clients", b'[["a","b"]]'), ("tombstones", b"[")):
        with pytest.raises(msgspec.DecodeError):
            SnapshotReader().add(part, data)


def test_a_checksum_tells_columns_and_data_apart() -> None:
    sums = {
        checksum((1, 2, 3), b"data"),
        checksum((1, 2, 3), b"Data"),
        checksum((1, 3, 2), b"data"),
        checksum((12, 3), b"data"),
        checksum(("1", 2, 3), b"data"),
        checksum((1, 2, 3)),
    }
    assert len(sums) == 6
    assert checksum((1, 2, 3), b"data") == checksum([1, 2, 3], b"data")
