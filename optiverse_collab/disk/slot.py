"""A slot: the place of one replica on disk. One window at a time uses it, and its thread writes to it."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic

import msgspec

from optiverse_collab.core.client.journal import Entry
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab.disk.at_exit import wait_at_exit
from optiverse_collab.disk.failures import explained
from optiverse_collab.disk.file_format import Hosted, Owner, Unreadable, read
from optiverse_collab.disk.lock import FileLock
from optiverse_collab.disk.parcels import PARCELS_NAME, ParcelFiles
from optiverse_collab.disk.replica_file import ReplicaFile
from optiverse_collab.disk.set_aside import AsideReason, copy_aside, set_aside
from optiverse_collab.errors import DiskError

REPLICA_NAME, LOCK_NAME = "replica", "lock"

SYNC_S = 0.5
"""Writes are synced after this time, so that a power cut loses at most a second."""

UNKEPT = 100
"""No parcel is kept while this many writes wait for the disk."""

ADDRESSES = 8
"""How many addresses of a session's servers are remembered."""

OnFound = Callable[[list[Parcel]], None]

_UNREADABLE = (
    "This computer's copy of session {!r} can't be read; it was set aside, and the server's bench is loaded."
)
_DAMAGED = (
    "A part of this computer's copy of session {!r} can't be read; a copy was set aside, and the rest is "
    "in use."
)


class Slot:
    """The place of one replica, while this object holds its lock.

    A thread does everything except `load`, in order: no call waits for the disk.

    Args:
        folder: the slot's own.
        lock: its lock, already taken; None if the folder doesn't exist yet: it is created with
        the first copy. owner: the replica's.

    Attributes:
        owner: as given; `joined_at` and `hosted_on` change it.
        folder: as given.
        failure: why the last write failed; None if it succeeded.
        damage: a sentence, if `load` found something unreadable; otherwise empty.
    """

    def __init__(self, folder: Path, lock: FileLock | None, owner: Owner) -> None:
        self.folder = folder
        self.owner = owner
        self.damage = ""
        self._lock = lock
        self._file = ReplicaFile(folder / REPLICA_NAME)
        self._parcels = ParcelFiles(folder / PARCELS_NAME)
        self._jobs: SimpleQueue[Callable[[], bool]] = SimpleQueue()
        self._on_written: Callable[[int], None] = _ignore
        self._on_failed: Callable[[str], None] = _ignore
        self.failure: DiskError | None = None
        self._aside: AsideReason | None = None
        self._written_s = 0.0
        # A daemon, so that a program can end without closing its slots; finished writes are safe.
        self._thread = threading.Thread(target=self._run, name=f"replica {folder.name}", daemon=True)
        self._thread.start()

    def load(self) -> Saved | None:
        """The replica in this slot; None if there is none. This waits for the disk; call it first.

        Raises:
            DiskError: the disk can't be read.
        """
        if self._lock is None:
            return None
        with explained(self.folder):
            try:
                data = self._file.path.read_bytes()
                contents = read(data)
            except FileNotFoundError:
                return None
            except Unreadable:
                set_aside(self._file.path, AsideReason.UNREADABLE)
                self.damage = _UNREADABLE.format(self.owner.session)
                return None
            if contents.is_damaged:
                copy_aside(self._file.path, data, AsideReason.DAMAGED)
                self.damage = _DAMAGED.format(self.owner.session)
            return contents.saved

    def report_to(self, on_written: Callable[[int], None], on_failed: Callable[[str], None]) -> None:
        """Set the callbacks for writes; both are called in the slot's thread.

        Args:
            on_written: gets the mark of a finished write, which survives the process.
            on_failed: gets a sentence: unreported writes have failed, and so will all others until
            `rebase` works again.
        """
        self._on_written, self._on_failed = on_written, on_failed

    def append(self, entries: Sequence[Entry], mark: int) -> None:
        """Append entries to the journal."""
        self._do(lambda: self._append(entries), mark)

    def rebase(self, saved: Saved, mark: int) -> None:
        """Write a full copy, and start an empty journal."""
        owner = self.owner
        self._do(lambda: self._replace(owner, saved), mark)

    def keep_parcel(self, parcel: Parcel) -> None:
        """Keep a parcel for the server, unless many wait for the disk, or it fails; the rest is a gap."""
        if self._jobs.qsize() < UNKEPT:
            self._jobs.put(lambda: self._keep_parcel(parcel))

    def find_parcels(self, clock: int, epochs: Collection[str], on_found: OnFound) -> None:
        """Find the parcels after a clock (`ParcelFiles.after`) for `on_found`, in the slot's thread."""
        self._jobs.put(lambda: self._find_parcels(clock, epochs, on_found))

    def joined_at(self, address: str) -> None:
        """The session was joined at this address; the next copy remembers it.

        A known pin, and a known standby, are kept even if the new address has none.
        """
        place, known = parse_address(address), [parse_address(one) for one in self.owner.addresses]
        before = next((one for one in known if one.server == place.server), place)
        pin, also = place.pin or before.pin, place.also or before.also
        others = [one.remembered for one in known if one.server != place.server]
        addresses = [place._replace(pin=pin, also=also).remembered, *others][:ADDRESSES]
        self.owner = msgspec.structs.replace(self.owner, addresses=addresses)

    def hosted_on(self, hosted: Hosted) -> None:
        """An editor on this computer runs the session's server; the next copy remembers it."""
        self.owner = msgspec.structs.replace(self.owner, hosted=hosted)

    def set_aside(self, reason: AsideReason) -> None:
        """Set the content aside, where nothing overwrites it; the slot is empty then, and can still be
        used."""
        self._do(lambda: self._begin_aside(reason))

    def discard(self) -> None:
        """Delete the content, and release the slot."""
        self._do(self._delete)
        self.close()

    def close(self) -> None:
        """Release the slot, after all earlier writes."""
        self._jobs.put(self._finish)
        wait_at_exit(self._thread)

    def join(self, timeout_s: float) -> bool:
        """Wait until the slot is released; returns False if that takes longer."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    # In the thread

    def _do(self, work: Callable[[], None], mark: int | None = None) -> None:
        def job() -> bool:
            try:
                with explained(self.folder):
                    work()
            except DiskError as error:
                self._failed(error)
            else:
                if mark is not None:
                    self._on_written(mark)
            return True

        self._jobs.put(job)

    def _run(self) -> None:
        goes_on = True
        while goes_on:
            wait_s = self._until_sync_s()
            try:
                job = self._sync if wait_s == 0 else self._jobs.get(timeout=wait_s)
            except Empty:
                continue
            goes_on = job()

    def _until_sync_s(self) -> float | None:
        """How long the sync can wait; None if there is nothing to sync."""
        return max(0.0, self._written_s + SYNC_S - monotonic()) if self._file.unsynced else None

    def _append(self, entries: Sequence[Entry]) -> None:
        if self.failure is not None:
            raise self.failure
        if not self._file.unsynced:
            self._written_s = monotonic()
        self._file.append(entries)

    def _replace(self, owner: Owner, saved: Saved) -> None:
        self._make()
        self._put_aside()
        self._file.replace(owner, saved)
        self.failure = None

    def _make(self) -> None:
        """Create the folder, even if it was deleted meanwhile, and take its lock."""
        file = self.folder / LOCK_NAME
        if self._lock is not None and file.exists():
            return
        self._release()
        for made in (*reversed(self.folder.parents), self.folder):
            made.mkdir(mode=0o700, exist_ok=True)
        file.touch(mode=0o600)
        self._lock = FileLock(file)

    def _release(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()

    def _begin_aside(self, reason: AsideReason) -> None:
        self._aside = reason  # until that succeeds, nothing replaces the file
        self._put_aside()

    def _put_aside(self) -> None:
        if self._aside is not None:
            self._file.close()
            set_aside(self._file.path, self._aside)
            self._aside = None

    def _keep_parcel(self, parcel: Parcel) -> bool:
        with contextlib.suppress(OSError):  # edits report a failing disk
            self._parcels.keep(parcel)
        return True

    def _find_parcels(self, clock: int, epochs: Collection[str], on_found: OnFound) -> bool:
        found: list[Parcel] = []
        with contextlib.suppress(OSError):
            found = self._parcels.after(clock, epochs)
        on_found(found)
        return True

    def _delete(self) -> None:
        self._file.close()
        self._file.path.unlink(missing_ok=True)

    def _sync(self) -> bool:
        try:
            with explained(self.folder):
                self._file.sync()
        except DiskError as error:
            self._failed(error)
        return True

    def _finish(self) -> bool:
        self._sync()
        self._file.close()
        self._parcels.close()
        is_empty = not self._file.path.exists()
        self._release()
        if is_empty:
            shutil.rmtree(self.folder, ignore_errors=True)
        return False

    def _failed(self, error: DiskError) -> None:
        self._file.close()
        self.failure = error
        self._on_failed(str(error))


def _ignore(_: object) -> None:
    pass
