"""Frames: how entries lie behind each other in a file, so that it shows where a write was cut off.

A frame is the length of its payload (4 bytes, little-endian), a check (8 bytes) and the payload. The check is
a hash of the check before, the length and the payload. So a frame counts only behind the frames that it was
written behind: whatever else a disk returns after a power cut, it is not taken for an entry.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

_LENGTH_BYTES, _CHECK_BYTES = 4, 8
_HEAD_BYTES = _LENGTH_BYTES + _CHECK_BYTES


class Frames:
    """Makes the frames of one file, in order.

    Args:
        check: that of the last frame; what the file begins with if there is none.
    """

    def __init__(self, check: bytes) -> None:
        self._check = check

    def add(self, payload: bytes) -> bytes:
        """The next frame; a payload has at least one byte."""
        length = len(payload).to_bytes(_LENGTH_BYTES, "little")
        self._check = _check(self._check, length, payload)
        return length + self._check + payload


class Found(NamedTuple):
    """What a file holds.

    Attributes:
        payloads: of the good frames.
        end: where the last of them ends, in bytes.
        is_torn: there is more, and it looks like a write that was cut off.
        is_damaged: there is more, and it does not look like that.
    """

    payloads: list[bytes]
    end: int
    is_torn: bool
    is_damaged: bool


def find(data: bytes, start: int) -> Found:
    """The frames of a file, up to the first that is not good; `start` is where the first one begins."""
    payloads: list[bytes] = []
    check, place = data[:start], start
    while (end := _end(data, place)) is not None:
        length, stored = (
            data[place : place + _LENGTH_BYTES],
            data[place + _LENGTH_BYTES : place + _HEAD_BYTES],
        )
        payload = data[place + _HEAD_BYTES : end]
        if stored != _check(check, length, payload):
            return Found(payloads, place, is_torn=end == len(data), is_damaged=end != len(data))
        payloads.append(payload)
        check, place = stored, end
    return Found(payloads, place, is_torn=place < len(data), is_damaged=False)


def _end(data: bytes, place: int) -> int | None:
    """Where the frame at a place ends; None if it is not all there."""
    length = int.from_bytes(data[place : place + _LENGTH_BYTES], "little")
    end = place + _HEAD_BYTES + length
    return end if length and end <= len(data) else None


def _check(before: bytes, length: bytes, payload: bytes) -> bytes:
    return hashlib.blake2b(before + length + payload, digest_size=_CHECK_BYTES).digest()
