"""The content of rows: JSON in pieces, packed or not, with a checksum.

A checksum is the CRC-32 of the JSON array of a row's other columns, followed by its data. It notices
what SQLite's own checks can't: a flipped bit inside a value.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence

import msgspec

ROW_BYTES = 128 * 1024
"""A row that is put together from many values is closed when its JSON is this long: encoding one (about
0.3 ms) is the longest that storage blocks the interpreter."""

_LEVEL = 6  # level 9 takes twice as long and saves 2 %

Column = int | str | bytes | None

_encoder = msgspec.json.Encoder()
_values = msgspec.json.Decoder(list[msgspec.Raw])


def checksum(columns: Sequence[Column], data: bytes = b"") -> int:
    """The checksum of a row.

    Args:
        columns: all columns but `data` and `checksum`, in the order of the table.
        data: the column of that name.
    """
    return zlib.crc32(data, zlib.crc32(_encoder.encode(columns)))


def join(values: Iterable[bytes]) -> bytes:
    """The JSON array of values that are already JSON."""
    return b"[%b]" % b",".join(values)


def split(data: bytes) -> list[bytes]:
    """The values that `join` has joined, byte for byte.

    Raises:
        msgspec.DecodeError: `data` is not a JSON array.
    """
    return [bytes(value) for value in _values.decode(data)]


def pack(data: bytes) -> bytes:
    """Compress the data of a row, in zlib's format."""
    return zlib.compress(data, _LEVEL)


def unpack(data: bytes) -> bytes:
    """The unpacked data.

    Raises:
        zlib.error: `data` was not packed.
    """
    return zlib.decompress(data)
