"""Positions in histories, as parts of messages (CLK-2)."""

from __future__ import annotations

import msgspec

TURNS = 64
"""How many takeovers a history remembers, the last ones."""

HEADS = 128
"""How many old heads a replica remembers at most (BACK-14)."""

SPACING = 8
"""The gap between two old heads is at most this part of their distance from the newest one."""

START = 8
"""How many hex digits of an old head are kept."""


class ParentPosition(msgspec.Struct, frozen=True):
    """Where a session's history branched off from the one that the replica follows (CLK-8).

    Attributes:
        epoch: the replica's.
        clock: of the last change that both have.
        time: when that change was made (MSG-7).
        is_shared: whether both have all changes up to it; otherwise they may part earlier (BACK-4).
    """

    epoch: str
    clock: int
    time: str
    is_shared: bool = msgspec.field(name="shared", default=False)


class Turn(msgspec.Struct, frozen=True, array_like=True):
    """A standby took over (CLK-9).

    Attributes:
        term: its own.
        clock: of the last change that it had, and `time_ms` its time.
    """

    term: int
    clock: int
    time_ms: int


class SignedHead(msgspec.Struct, frozen=True):
    """A position in the replica's epoch that the server signed (BACK-1).

    Attributes:
        clock, head: the position.
        time: when it was signed (MSG-7).
        signature: 32 hex digits; only the server that made it can check it.
    """

    clock: int
    head: str
    time: str
    signature: str


class OldHead(msgspec.Struct, frozen=True, array_like=True):
    """A head of the past (BACK-14).

    Attributes:
        clock: its place.
        start: its first hex digits.
    """

    clock: int
    start: str
