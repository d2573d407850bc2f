"""Replicas that can't continue, and are never overwritten: their user decides."""

from __future__ import annotations

import secrets
from enum import Enum
from pathlib import Path

import msgspec

from optiverse_collab.core.client.saved import Saved
from optiverse_collab.disk.failures import explained
from optiverse_collab.disk.file_format import Contents, NewerFormat, Owner, Unreadable, read

FOLDER_NAME = "set-aside"


class AsideReason(str, Enum):
    """Why a replica was set aside."""

    EPOCH = "epoch"
    """The session has another history now (CLK-3)."""
    KEY = "key"
    """The server at its address has another key now, so it is a different server (LINK-3)."""
    UNREADABLE = "unreadable"
    """Its file can't be read."""
    DAMAGED = "damaged"
    """A part of its journal can't be read; this is a copy, and the readable part is in use."""
    NEWER = "newer"
    """A newer version of the plugin wrote it; that version will find it in its place."""


class SetAside(msgspec.Struct, frozen=True):
    """A replica that was set aside.

    Attributes:
        file: its file.
        reason: why.
        when_ms: when it was written last, in ms since 1970.
        owner: its owner; None if it can't be read.
        epoch: the history that it follows; None if it can't be read.
        edits: how many of its edits are in no session: the unacknowledged and the held ones.
    """

    file: Path
    reason: AsideReason
    when_ms: int
    owner: Owner | None = None
    epoch: str | None = None
    edits: int = 0

    def load(self) -> Saved | None:
        """The replica, to merge it; None if it can't be read.

        Raises:
            DiskError: its file can't be read from the disk.
        """
        with explained(self.file.parent):
            data = self.file.read_bytes()
        contents = _contents(data, records=True)
        return contents.saved if isinstance(contents, Contents) else None

    def discard(self) -> None:
        """Delete it.

        Raises:
            DiskError: it can't be deleted.
        """
        with explained(self.file.parent):
            self.file.unlink(missing_ok=True)


def set_aside(file: Path, reason: AsideReason) -> None:
    """Move a replica's file, if there is one, from its slot to where nothing overwrites it.

    Raises:
        OSError: it failed; the file stays in its place.
    """
    if file.exists():
        file.rename(_place(file, reason))


def copy_aside(file: Path, data: bytes, reason: AsideReason) -> None:
    """Keep a copy of a replica's file.

    Raises:
        OSError: it failed.
    """
    place = _place(file, reason)
    place.touch(0o600)
    place.write_bytes(data)


def found_in(folder: Path) -> list[SetAside]:
    """The replicas set aside in a folder; the newest first.

    Raises:
        OSError: it can't be read.
    """
    found = []
    for file in (folder / FOLDER_NAME).glob("*.replica"):
        found.append(described(file, _reason_of(file)))
    return sorted(found, key=lambda one: one.when_ms, reverse=True)


def described(file: Path, reason: AsideReason) -> SetAside:
    """A file that was set aside, with its readable part.

    Raises:
        OSError: it can't be read from the disk.
    """
    when_ms = file.stat().st_mtime_ns // 1_000_000
    contents = _contents(file.read_bytes(), records=False)
    if not isinstance(contents, Contents):
        return SetAside(file, contents, when_ms)
    saved = contents.saved
    return SetAside(file, reason, when_ms, contents.owner, saved.epoch, len(saved.pending) + len(saved.held))


def _contents(data: bytes, records: bool) -> Contents | AsideReason:
    try:
        return read(data, records)
    except Unreadable:
        return AsideReason.UNREADABLE
    except NewerFormat:
        return AsideReason.NEWER


def _reason_of(file: Path) -> AsideReason:
    """Why a file was set aside; only a newer version knows other reasons."""
    name = file.name.partition("-")[0]
    return AsideReason(name) if name in set(AsideReason) else AsideReason.NEWER


def _place(file: Path, reason: AsideReason) -> Path:
    """A new name for the file of a slot, in a folder next to the one of the slots."""
    folder = file.parents[2] / FOLDER_NAME
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{reason.value}-{secrets.token_hex(8)}.replica"
