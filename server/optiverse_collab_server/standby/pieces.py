"""What a server sends to its standby in pieces: held up to a bound, whatever comes (STAND-5)."""

from __future__ import annotations

from optiverse_collab.core.record_size import memory_of


class Pieces:
    """The pieces of one JSON document.

    Args:
        most: about how much memory it may take, parsed. Nothing is held of one that takes more.

    Attributes:
        are_too_many: the document takes more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._data, self._memory = bytearray(), 0

    def add(self, piece: bytes) -> None:
        """The next piece."""
        self._memory += memory_of(piece)
        if self.are_too_many:
            self._data = bytearray()
        else:
            self._data += piece

    @property
    def are_too_many(self) -> bool:
        """See above."""
        return self._memory > self._most

    def take(self) -> bytes | None:
        """The document, None if it takes too much; the next piece begins another one."""
        found = None if self.are_too_many else bytes(self._data)
        self._data, self._memory = bytearray(), 0
        return found
