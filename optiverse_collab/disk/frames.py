"""Frames: separate the entries of a file, so that a cut-off write can be recognised.

A frame is the length of its payload (4 bytes, little-endian), a check (8 bytes) and the payload. The check is
a hash of the previous check, the length and the payload. So a frame is valid only after the frames that it
was written after: anything else that a disk returns after a power cut is not mistaken for an entry.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

_LENGTH_BYTES, _CHECK_BYTES = 4, 8
HEAD_BYTES = _LENGTH_BYTES + _CHECK_BYTES


class Frames:
    """Makes the frames of one file, in order.

    Args:
        check: the last frame's; for the first, the bytes that the file starts with.
    """

    def __init__(self, check: bytes) -> None:
        self._check = check

    def add(self, payload: bytes) -> bytes:
        """The next frame; a payload has at least one byte."""
        length = len(payload).to_bytes(_LENGTH_BYTES, "little")
        self._check = _check(self._check, length, payload)
        return length + self._check + payload


class Found(NamedTuple):
    """The content of a file.

    Attributes:
        payloads: those of the valid frames.
        end: the end of the last of them, in bytes.
        is_torn: more follows, and it looks like a cut-off write.
        is_damaged: more follows, and it doesn't look like that.
    """

    payloads: list[bytes]
    end: int
    is_torn: bool
    is_damaged: bool


def find(data: bytes, start: int) -> Found:
    """The frames of a file, up to the first invalid one; `start` is the start of the first."""
    payloads: list[bytes] = []
    check, place = data[:start], start
    while (end := _end(data, place)) is not None:
        length, stored = (
            data[place : place + _LENGTH_BYTES],
            data[place + _LENGTH_BYTES : place + HEAD_BYTES],
        )
        payload = data[place + HEAD_BYTES : end]
        if stored != _check(check, length, payload):
            return Found(payloads, place, is_torn=end == len(data), is_damaged=end != len(data))
        payloads.append(payload)
        check, place = stored, end
    return Found(payloads, place, is_torn=place < len(data), is_damaged=False)


def _end(data: bytes, place: int) -> int | None:
    """The end of the frame at a position; None if it is incomplete."""
    length = int.from_bytes(data[place : place + _LENGTH_BYTES], "little")
    end = place + HEAD_BYTES + length
    return end if length and end <= len(data) else None


def _check(before: bytes, length: bytes, payload: bytes) -> bytes:
    return hashlib.blake2b(before + length + payload, digest_size=_CHECK_BYTES).digest()
