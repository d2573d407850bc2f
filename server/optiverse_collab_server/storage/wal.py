"""Whether a write-ahead log still has everything that was committed to it.

After a crash SQLite reads its log up to the first frame whose checksum is wrong, and drops the rest
silently: it takes that frame for one that the crash cut short. For a frame in the middle this
loses acknowledged changes. But a transaction is written only after the one before it is on disk, so
a crash cuts short only the last one. If more follows a wrong frame, the file is damaged.

The format is https://www.sqlite.org/fileformat2.html#the_write_ahead_log.
"""

from __future__ import annotations

import struct
import sys
from array import array
from pathlib import Path
from typing import BinaryIO

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682  # plus one if the checksums read words with the high byte first


class LogBroken(Exception):
    """Committed transactions of a log can no longer be read; the text says why."""


def check_log(path: Path) -> bool:
    """Read a log completely.

    Returns:
        Whether there is a log; False if the file is not there, or has nothing in it.

    Raises:
        LogBroken: something that was committed is lost.
        OSError: the file can't be read.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
            if not header:
                return False
            _check_frames(file, *_read_header(header))
    except FileNotFoundError:
        return False
    return True


def _read_header(header: bytes) -> tuple[str, int, tuple[int, int], tuple[int, int]]:
    """Byte order of the checksums, page size, salts, and the checksum so far."""
    if len(header) == _HEADER.size:
        magic, _, page_size, _, salt1, salt2, *expected = _HEADER.unpack(header)
        order = ">" if magic & 1 else "<"
        checksum = _checksum(order, header[:24], (0, 0))
        if magic & ~1 == _MAGIC and checksum == tuple(expected):
            return order, page_size, (salt1, salt2), checksum
    raise LogBroken("the write-ahead log has a wrong header")


def _check_frames(
    file: BinaryIO, order: str, page_size: int, salts: tuple[int, int], checksum: tuple[int, int]
) -> None:
    intact, ended = True, False
    while len(frame := file.read(_FRAME.size + page_size)) == _FRAME.size + page_size:
        _, commit, *rest = _FRAME.unpack_from(frame)
        current = tuple(rest[:2]) == salts
        if intact and current:
            checksum = _checksum(order, frame[24:], _checksum(order, frame[:8], checksum))
        intact = intact and current and tuple(rest[2:]) == checksum
        if intact or not current:  # frames with other salts are left from before the log started over
            continue
        if ended:
            raise LogBroken("the write-ahead log has a wrong frame before its end")
        ended = commit != 0


def _checksum(order: str, data: bytes, start: tuple[int, int]) -> tuple[int, int]:
    words = array("I", data)
    if (order == ">") != (sys.byteorder == "big"):
        words.byteswap()
    first, second = start
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
