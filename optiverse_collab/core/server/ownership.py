"""The right of one server to append to a log that several servers share (OWN rules).

The log is elsewhere and promises one thing: it appends a record only if its last one has the expected
number. So the server that knows the last record owns the log until another one appends. From then on, every
attempt of the first one fails, however late it arrives. An answer can get lost although the record was
appended, so without an answer the server reads the end of the log.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Next(Enum):
    """What to do next.

    Attributes:
        APPEND: append the record, expecting that the last one is `Owner.last`; then call `Owner.answered`.
        READ: read the end of the log; then call `Owner.read`.
        DONE: the record is in the log, once.
        DEPOSED: another server owns the log. Whether the record got in is unknown; acknowledge nothing.
    """

    APPEND = auto()
    READ = auto()
    DONE = auto()
    DEPOSED = auto()


class End(NamedTuple):
    """The last record of a log.

    Attributes:
        sequence: its number in the log; 0 if the log is empty.
        node: the run of a server that wrote it.
        write: that run's number for it.
    """

    sequence: int
    node: str
    write: int


class Owner:
    """One server's place at the end of a log.

    Args:
        node: this run of the server, unlike all others.
        last: the number of the last record that it has read; 0 if the log is empty.

    Attributes:
        last: of the last record that it has read or written.
        is_deposed: another server has appended, or the log is gone.
    """

    def __init__(self, node: str, last: int) -> None:
        self.last = last
        self.is_deposed = False
        self._node = node
        self._write = 0

    def begin(self, write: int) -> Next:
        """Begin to append a record; the one before must be done.

        Args:
            write: a number that this run uses once, for all logs.
        """
        if self.is_deposed:
            return Next.DEPOSED
        self._write = write
        return Next.APPEND

    def answered(self, sequence: int | None) -> Next:
        """The log answered an attempt.

        Args:
            sequence: the record's number; None if it was refused, or no answer came.
        """
        if self.is_deposed:
            return Next.DEPOSED
        if sequence is None:
            return Next.READ
        self.last = sequence
        return Next.DONE

    def give_up(self) -> None:
        """The log is gone, and nothing is appended to it any more (OWN-6)."""
        self.is_deposed = True

    def read(self, end: End | None) -> Next:
        """The end of the log was read.

        Args:
            end: the last record; None if no answer came.
        """
        if self.is_deposed:
            return Next.DEPOSED
        if end is None:
            return Next.READ
        if end.sequence <= self.last:  # not appended so far, or an old answer; only one attempt can succeed
            return Next.APPEND
        if (end.node, end.write) == (self._node, self._write):
            self.last = end.sequence
            return Next.DONE
        self.is_deposed = True
        return Next.DEPOSED
