"""A log that servers share, and what they ask of it and of their disks."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import NamedTuple

from optiverse_collab.core.server.ownership import End


class Record(NamedTuple):
    """A record of the log: changes on top of `before`, all the earlier ones; a chunk has these in `start`."""

    sequence: int
    node: str
    write: int
    before: int
    changes: tuple[int, ...]
    start: tuple[int, ...] | None = None


class Append(NamedTuple):
    """A request to append."""

    expects: int
    node: str
    write: int
    before: int
    changes: tuple[int, ...] = ()
    start: tuple[int, ...] | None = None


class Drop(NamedTuple):
    """A request to delete the records before one; nothing is expected of the log."""

    before: int


class Read(NamedTuple):
    """A request for the end of the log."""


class Keep(NamedTuple):
    """A request to one's own disk: add changes to the journal that ends at `before`; None for a new one."""

    changes: tuple[int, ...]
    before: bytes | None


Request = Append | Read | Keep | Drop

Work = Generator[Request, "int | End | None", bool]


@dataclass
class Log:
    """Appends a record if the last one is the expected one; numbers have gaps, as others use them too."""

    records: list[Record] = field(default_factory=list)

    def end(self, back: int = 0) -> End:
        """The last record; with `back`, that of some time ago."""
        past = self.records[: len(self.records) - back]
        return End(*past[-1][:3]) if past else End(0, "", 0)

    def append(self, wanted: Append, gap: int) -> int | None:
        """The number of the new record; None if another one is the last."""
        end = self.end()
        if wanted.expects != end.sequence:
            return None
        self.records.append(Record(end.sequence + gap, *wanted[1:]))
        return end.sequence + gap
