"""The pin of a server's key, from its certificate (LINK-1 in docs/protocol.md).

Both clients compare it, and neither needs more of a certificate. So this module reads the few fields of its
DER encoding (RFC 5280 §4.1, ITU-T X.690), and saves a dependency.
"""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

_SEQUENCE, _VERSION = 0x30, 0xA0
_BEFORE_KEY = ("serial number", "signature", "issuer", "validity", "subject")
"""The fields before the public key in the signed part, after its version."""


class _Element(NamedTuple):
    """An element of DER: where its tag, its content and the next element start."""

    tag: int
    start: int
    content: int
    end: int


def pin_of(certificate: bytes) -> str:
    """The hash of a certificate's public key: 43 characters.

    Args:
        certificate: DER.

    Raises:
        ValueError: it is not a certificate.
    """
    outer = _element(certificate, 0, len(certificate))
    signed = _element(certificate, outer.content, outer.end)
    if outer.tag != _SEQUENCE or signed.tag != _SEQUENCE:
        raise ValueError("it is not a certificate")
    place = signed.content
    first = _element(certificate, place, signed.end)
    if first.tag == _VERSION:
        place = first.end
    for _ in _BEFORE_KEY:
        place = _element(certificate, place, signed.end).end
    key = _element(certificate, place, signed.end)
    digest = hashlib.sha256(certificate[key.start : key.end]).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _element(data: bytes, start: int, end: int) -> _Element:
    """The element that starts at `start`, and ends at `end` at the latest.

    Raises:
        ValueError: there is none.
    """
    if end - start < 2:
        raise ValueError("the certificate is cut off")
    content, length = start + 2, data[start + 1]
    if length >= 0x80:
        digits = length & 0x7F
        content, length = content + digits, int.from_bytes(data[content : content + digits], "big")
    if content + length > end:
        raise ValueError("the certificate is cut off")
    return _Element(data[start], start, content, content + length)
