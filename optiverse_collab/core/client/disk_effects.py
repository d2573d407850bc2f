"""What a client's half of the core tells the program of the disk that a replica is written to (DISK-5)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EditsUnprotected:
    """A crash would take back what is edited from now on (DISK-5); `cause` is a sentence."""

    cause: str


@dataclass(frozen=True)
class EditsProtected:
    """What was edited is on disk again, and a crash takes nothing back (DISK-5)."""


DiskEffect = EditsProtected | EditsUnprotected
