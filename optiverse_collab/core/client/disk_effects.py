"""What a client's half of the core reports about the replica's disk (DISK-5)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EditsUnprotected:
    """A crash would lose edits from now on (DISK-5); `cause` is a sentence."""

    cause: str


@dataclass(frozen=True)
class EditsProtected:
    """All edits are on disk again, and a crash loses none (DISK-5)."""


DiskEffect = EditsProtected | EditsUnprotected
