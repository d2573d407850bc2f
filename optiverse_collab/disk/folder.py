"""The folder of all replicas on this computer: its slots, and unsent edits in them."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from pathlib import Path
from time import time
from typing import NamedTuple

import msgspec

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.disk import parcels, set_aside
from optiverse_collab.disk.failures import explained
from optiverse_collab.disk.file_format import Contents, NewerFormat, Owner, Unreadable, read
from optiverse_collab.disk.lock import AlreadyLocked, FileLock
from optiverse_collab.disk.set_aside import AsideReason, SetAside
from optiverse_collab.disk.slot import LOCK_NAME, REPLICA_NAME, Slot

KEPT_S, KEPT_COUNT = 30 * 24 * 3600, 20
"""Replicas without unsent edits are deleted after 30 days, and when there are more than 20."""


_LISTING_S = 0.2
"""Listing the slots holds each lock for less than this."""


class Waiting(msgspec.Struct, frozen=True):
    """A replica with unsent edits that no window has open.

    Attributes:
        slot: the name of its slot.
        owner: its session, addresses and author.
        epoch: the history that it follows.
        edits: how many changes are not acknowledged.
        when_ms: when it was last written, in ms since 1970.
    """

    slot: str
    owner: Owner
    epoch: str | None
    edits: int
    when_ms: int


class _Found(NamedTuple):
    """A slot with a readable replica; `contents` has no document."""

    folder: Path
    when_s: float
    contents: Contents

    @property
    def has_edits(self) -> bool:
        """Whether it has edits that are in no session."""
        return bool(self.contents.saved.pending or self.contents.saved.held)


class ReplicaFolder:
    """All replicas on this computer, each in a slot. All methods except `empty` wait for the disk.

    Args:
        path: the folder; it is created when needed, and should not roam between computers.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._slots = path / "slots"

    def waiting(self) -> list[Waiting]:
        """The replicas with unsent edits, the newest first.

        Raises:
            DiskError: the folder can't be read.
        """
        with explained(self._path):
            return [
                Waiting(
                    one.folder.name,
                    one.contents.owner,
                    one.contents.saved.epoch,
                    len(one.contents.saved.pending),
                    round(one.when_s * 1000),
                )
                for one in self._found()
                if one.contents.saved.pending and _is_free(one.folder)
            ]

    def claim(self, address: str, session: str, user_id: str) -> Slot:
        """The slot for a session's replica: the newest of the same session and author, or a new one.

        A replica that was joined at this address under another key belongs to another server; it is set
        aside if it has edits.

        Raises:
            DiskError: the folder can't be read.
        """
        place = parse_address(address)
        with explained(self._path):
            for one in self._found():
                owner = one.contents.owner
                if (owner.session, owner.user_id) != (session, user_id):
                    continue
                known = [parse_address(text) for text in owner.addresses]
                if any(map(place.may_be, known)) and (slot := _take(one)) is not None:
                    slot.joined_at(address)
                    return slot
                if (
                    one.has_edits
                    and any(map(place.has_another_key, known))
                    and (slot := _take(one)) is not None
                ):
                    slot.set_aside(AsideReason.KEY)
                    slot.close()
        return self.empty(address, session, user_id)

    def empty(self, address: str, session: str, user_id: str) -> Slot:
        """A new slot for a session's replica; it is not on disk until a copy is written."""
        return Slot(self._slots / secrets.token_hex(8), None, Owner(session, [address], user_id))

    def claim_slot(self, waiting: Waiting) -> Slot | None:
        """The slot of a replica with unsent edits; None if another window has taken it meanwhile.

        Raises:
            DiskError: it can't be opened.
        """
        with explained(self._path):
            found = [one for one in self._found() if one.folder.name == waiting.slot]
            return _take(found[0]) if found else None

    def set_asides(self) -> list[SetAside]:
        """The replicas that were set aside, and unreadable ones in slots; the newest first.

        Raises:
            DiskError: the folder can't be read.
        """
        with explained(self._path):
            found = set_aside.found_in(self._path)
            for folder in self._folders():
                with contextlib.suppress(FileNotFoundError):
                    one = set_aside.described(folder / REPLICA_NAME, AsideReason.UNREADABLE)
                    found += [one] if one.owner is None else []
            return sorted(found, key=lambda one: one.when_ms, reverse=True)

    def prune(self) -> None:
        """Delete the oldest replicas without pending or held edits, and old parcels.

        Raises:
            DiskError: the folder can't be read.
        """
        with explained(self._path):
            idle = [one for one in self._found() if not one.has_edits]
            oldest_s = time() - KEPT_S
            for place, one in enumerate(idle):
                if place >= KEPT_COUNT or one.when_s < oldest_s:
                    _delete(one.folder)
                else:
                    parcels.drop_old(one.folder / parcels.PARCELS_NAME)

    def _folders(self) -> list[Path]:
        return [folder for folder in self._slots.glob("*") if folder.is_dir()]

    def _found(self) -> list[_Found]:
        """The slots with a readable replica, the newest first; one may be in the middle of a write."""
        found = []
        for folder in self._folders():
            file = folder / REPLICA_NAME
            with contextlib.suppress(FileNotFoundError, Unreadable, NewerFormat):
                contents = read(file.read_bytes(), records=False)
                found.append(_Found(folder, file.stat().st_mtime, contents))
        return sorted(found, key=lambda one: one.when_s, reverse=True)


def _is_free(folder: Path) -> bool:
    try:
        FileLock(folder / LOCK_NAME).release()
    except AlreadyLocked:
        return False
    return True


def _take(one: _Found) -> Slot | None:
    """The slot; None if another window has it, or has deleted it."""
    try:
        lock = FileLock(one.folder / LOCK_NAME, _LISTING_S)
    except AlreadyLocked:
        return None
    if not (one.folder / REPLICA_NAME).exists():
        lock.release()
        return None
    return Slot(one.folder, lock, one.contents.owner)


def _delete(folder: Path) -> None:
    """Delete a slot that no window has."""
    with contextlib.suppress(AlreadyLocked):
        lock = FileLock(folder / LOCK_NAME)
        (folder / REPLICA_NAME).unlink(missing_ok=True)
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)
