"""Memory that all live sessions of a server share (LIM-16)."""

from __future__ import annotations


class Space:
    """Memory for what sessions keep.

    Args:
        most: the total, in bytes.

    Attributes:
        used: the used part, in bytes.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0

    @property
    def is_over(self) -> bool:
        """Whether more is used than available."""
        return self.used > self.most

    @property
    def left(self) -> int:
        """The free part, in bytes."""
        return max(0, self.most - self.used)


class Share:
    """One holder's part of a space.

    Args:
        space: shared with others; None for no limit.

    Attributes:
        space: the same.
        bytes: how much the holder takes.
    """

    def __init__(self, space: Space | None = None, bytes: int = 0) -> None:
        self.space = space or Space(2**62)
        self.bytes = 0
        self.resize(bytes)

    def resize(self, bytes: int) -> None:
        """Set the holder's part, even if there is not enough space."""
        self.space.used += bytes - self.bytes
        self.bytes = bytes
