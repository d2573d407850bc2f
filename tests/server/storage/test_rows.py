"""Rows of the database: snapshots become chunks, and inconsistent chunks are refused."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab_server.storage.rows import checksum, join, pack, split, unpack
from tests.helpers.storage import entries


def test_values_come_back_byte_for_byte() -> None:
    odd = [b'{"b":1.0,"a":[1, 2]}', b'"\\u0000"', b"[[],{}]", '{"ä":"🔬,]["}'.encode()]
    assert split(join(odd)) == odd
    assert split(join([])) == []


@pytest.mark.parametrize("data", [b"", b"{}", b"[1", b"[1]]", b"\x78\x9c"])
def test_what_is_no_array_is_not_read(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        split(data)


def test_packed_entries_take_little_space() -> None:
    data = join([entry.data for entry in entries(1, 500)])
    assert unpack(pack(data)) == data
    assert len(pack(data)) < len(data) / 5


def test_a_checksum_tells_columns_and_data_apart() -> None:
    sums = {
        checksum((1, 2, 3), b"data"),
        checksum((1, 2, 3), b"Data"),
        checksum((1, 3, 2), b"data"),
        checksum((12, 3), b"data"),
        checksum(("1", 2, 3), b"data"),
        checksum((1, 2, 3)),
        checksum((1, 2, b"3")),
        checksum((1, 2, None)),
    }
    assert len(sums) == 8
    assert checksum((1, 2, 3), b"data") == checksum([1, 2, 3], b"data")
