"""The chain of hashes over a session's entries (CLK-5): two histories that differ have different heads."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from optiverse_collab.core.protocol.positions import SPACING, START, OldHead

HEADS = 32_768
"""How many changes back the server can check a replica's position."""

HASH_BYTES = 16
PREFIX_BYTES = START // 2
"""How many bytes of an old head are kept: enough to distinguish two histories in all but one of 4 billion
cases."""


def first_head(epoch: str) -> bytes:
    """The head of a history before its first entry."""
    return blake2b(epoch.encode(), digest_size=HASH_BYTES).digest()


def next_head(head: bytes, entry: bytes) -> bytes:
    """The head after an entry, from its stored bytes."""
    digest = blake2b(entry, digest_size=HASH_BYTES).digest()
    return blake2b(head + digest, digest_size=HASH_BYTES).digest()


def head_after(head: bytes, entries: Iterable[bytes]) -> bytes:
    """The head after several entries, from their stored bytes."""
    for entry in entries:
        head = next_head(head, entry)
    return head


class Chain:
    """The head of a history, and the first bytes of earlier heads.

    Args:
        head: after the last entry.
        recent: the first 4 bytes of the heads before it, of one clock after the other up to the head's own.

    Attributes:
        head: after the last entry.
    """

    def __init__(self, head: bytes, recent: bytes = b"") -> None:
        self.head = head
        self._recent = bytearray(recent or head[:PREFIX_BYTES])

    def add(self, entry: bytes) -> None:
        """Advance by one entry, given as its stored bytes."""
        self.head = next_head(self.head, entry)
        self._recent += self.head[:PREFIX_BYTES]
        if len(self._recent) > 2 * HEADS * PREFIX_BYTES:
            del self._recent[: -HEADS * PREFIX_BYTES]

    def __len__(self) -> int:
        """The size of the kept old heads, in bytes."""
        return len(self._recent)

    def agrees(self, back: int, head: str) -> bool | None:
        """Whether the head `back` changes ago was this one; None if that is too long ago.

        Args:
            back: 0 for the current head.
            head: 32 hex digits, or the first 8 of them.
        """
        start = self._start(back)
        return None if start is None else start == head[:START]

    def heads(self, clock: int, after: int) -> list[OldHead]:
        """The old heads from which a replica may need some later, oldest first (BACK-14).

        Args:
            clock: of the current head.
            after: the replica knows those up to this clock.
        """
        found: list[OldHead] = []
        back = 0
        while clock - back > after and (start := self._start(back)) is not None:
            found.append(OldHead(clock - back, start))
            back += max(1, back // SPACING)
        return found[::-1]

    def _start(self, back: int) -> str | None:
        """The first 8 hex digits of the head `back` changes ago; None if that is too long ago."""
        end = len(self._recent) - back * PREFIX_BYTES
        return None if end < PREFIX_BYTES else self._recent[end - PREFIX_BYTES : end].hex()

    @property
    def recent(self) -> bytes:
        """The constructor's argument, for the last `HEADS` changes."""
        return bytes(self._recent[-HEADS * PREFIX_BYTES :])
