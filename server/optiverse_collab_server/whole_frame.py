"""Reads the usual packet: one WebSocket frame with one short message (RFC 6455, 5.2).

The library's parser reads everything, in steps, from a buffer; this takes a sixth of the time.
"""

from __future__ import annotations

try:
    from websockets.speedups import apply_mask
except ImportError:  # pragma: no cover  websockets was installed without its C extension
    from websockets.utils import apply_mask

_FINAL_TEXT, _MASKED, _TWO_BYTES, _EIGHT_BYTES = 0x81, 0x80, 126, 127
_MASK_BYTES = 4


def text_of(data: bytes) -> str | None:
    """The message, if `data` is exactly one frame of a client that has all of it, in valid UTF-8."""
    if len(data) < 2 + _MASK_BYTES or data[0] != _FINAL_TEXT:
        return None
    length, start = data[1] - _MASKED, 2
    if length == _TWO_BYTES:
        length, start = int.from_bytes(data[2:4], "big"), 4
    elif length == _EIGHT_BYTES:
        return None
    if len(data) != start + _MASK_BYTES + length:
        return None
    mask, payload = data[start : start + _MASK_BYTES], data[start + _MASK_BYTES :]
    try:
        return apply_mask(payload, mask).decode()
    except UnicodeDecodeError:
        return None
