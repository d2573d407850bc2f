"""How a server's journal of a session compares with the log that servers share (OWN-9).

A journal is a copy on one server's disk. An entry is in the log first, so as long as the log is whole, each
journal is a beginning of it. If the log was deleted, or replaced by an older copy, journals have what it
lacks.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Place(NamedTuple):
    """Where a journal or a log ends."""

    epoch: str
    clock: int
    head: bytes


class Finding(Enum):
    """What a comparison shows.

    Attributes:
        SAME: both end at the same place.
        LOG_CONTINUES: the journal is a beginning of the log.
        JOURNAL_CONTINUES: the log is a beginning of the journal, or there is none.
        PARTED: each has changes that the other one lacks.
    """

    SAME = auto()
    LOG_CONTINUES = auto()
    JOURNAL_CONTINUES = auto()
    PARTED = auto()


def compare(journal: Place, log: Place | None, head: bytes | None) -> Finding:
    """Compare a journal with the log.

    Args:
        journal: its end, and `log` that of the log; None if there is no log.
        head: that of the longer one at the clock where the shorter one ends; None if it isn't known.
    """
    if log is None:
        return Finding.JOURNAL_CONTINUES
    shorter = journal if journal.clock < log.clock else log
    if journal.epoch != log.epoch or head != shorter.head:
        return Finding.PARTED
    if journal.clock == log.clock:
        return Finding.SAME if journal.head == log.head else Finding.PARTED
    return Finding.LOG_CONTINUES if shorter is journal else Finding.JOURNAL_CONTINUES
