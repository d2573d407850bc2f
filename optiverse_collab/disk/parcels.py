"""Keeps the parcels that a client carries for its server, in files next to the replica (BACK-6).

Each file has a few MiB; to drop the oldest parcels is to delete the oldest file. A write that was cut off
leaves a readable start, and the next parcel goes into another file.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from time import time
from typing import BinaryIO, NamedTuple

import msgspec

from optiverse_collab.core.protocol.parcels import PARCELS_PER_MESSAGE, Parcel
from optiverse_collab.disk.frames import HEAD_BYTES, Frames, find

PARCELS_NAME = "parcels"

FILE_BYTES, FILES = 4 * 2**20, 16
"""A file has at most 4 MiB, and there are at most 16: 64 MiB."""

FILE_S, KEPT_S = 24 * 3600, 7 * 24 * 3600
"""A file takes new parcels for a day, and is deleted when its last one is seven days old."""

RETURNED_BYTES = 64 * 1024
"""An answer to the server has about this many bytes of packed changes: it appends them all at once."""

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

_MAGIC = b"optiverse parcels 1\n"

_decoder = msgspec.msgpack.Decoder(Parcel)


class _Place(NamedTuple):
    """Where a parcel is, and what it has."""

    epoch: str
    after: int
    before: str
    clock: int
    head: str
    file: Path
    start: int
    size: int


class ParcelFiles:
    """The parcels of one replica. Everything waits for the disk.

    Args:
        folder: made when it is needed; the folder that it is in must exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None
        self._path = folder
        self._frames = Frames(_MAGIC)
        self._size = 0
        self._began_s = 0.0
        self._places: list[_Place] | None = None

    def keep(self, parcel: Parcel) -> None:
        """Append a parcel; it survives the program when this returns.

        Raises:
            OSError: it can't be written.
        """
        payload = msgspec.msgpack.encode(parcel)
        file = self._open(HEAD_BYTES + len(payload))
        try:
            file.write(self._frames.add(payload))
            file.flush()
        except OSError:
            self.close()
            raise
        if self._places is not None:
            self._places.append(self._place(parcel, self._size + HEAD_BYTES, len(payload)))
        self._size += HEAD_BYTES + len(payload)

    def after(self, clock: int, epochs: Collection[str]) -> list[Parcel]:
        """The parcels that continue a history, as many as an answer may have.

        Args:
            clock: where it ends.
            epochs: to which it belongs up to there.

        Raises:
            OSError: they can't be read.
        """
        if self._places is None:
            self._places = [place for file in files_in(self._folder) for place in places_in(file)]
        there = [one for one in self._places if one.epoch in epochs and one.after < one.clock > clock]
        found: list[Parcel] = []
        size = 0
        for place in _next(there, clock):
            if found and (size + place.size > RETURNED_BYTES or len(found) == PARCELS_PER_MESSAGE):
                break
            found.append(_read(place))
            size += place.size
        return found

    def close(self) -> None:
        """Close the file; the next parcel opens one."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def _open(self, more: int) -> BinaryIO:
        """The file for the next parcel, with room for it."""
        if self._file is not None and self._size + more <= FILE_BYTES and time() < self._began_s + FILE_S:
            return self._file
        self.close()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        drop_old(self._folder)
        numbers = [int(file.name) for file in files_in(self._folder)]
        self._path = self._folder / f"{max(numbers, default=0) + 1:06}"
        self._file = os.fdopen(os.open(self._path, _FLAGS, 0o600), "wb")
        self._file.write(_MAGIC)
        self._frames, self._size, self._began_s = Frames(_MAGIC), len(_MAGIC), time()
        if self._places is not None:
            there = set(files_in(self._folder))
            self._places = [place for place in self._places if place.file in there]
        return self._file

    def _place(self, parcel: Parcel, start: int, size: int) -> _Place:
        return _place(parcel, self._path, start, size)


def files_in(folder: Path) -> list[Path]:
    """The files with parcels, oldest first."""
    return sorted(file for file in folder.glob("*") if file.name.isdigit())


def drop_old(folder: Path) -> None:
    """Delete old files, and leave room for one more.

    Raises:
        OSError: they can't be deleted.
    """
    files = files_in(folder)
    for place, file in enumerate(files):
        if len(files) - place >= FILES or file.stat().st_mtime < time() - KEPT_S:
            file.unlink()


def places_in(file: Path) -> Iterator[_Place]:
    """The parcels of a file, up to the first that can't be read."""
    data = file.read_bytes()
    start = len(_MAGIC)
    for payload in find(data, start).payloads if data.startswith(_MAGIC) else ():
        start += HEAD_BYTES
        with contextlib.suppress(msgspec.DecodeError):
            parcel = _decoder.decode(payload)
            yield _place(parcel, file, start, len(payload))
        start += len(payload)


def _place(parcel: Parcel, file: Path, start: int, size: int) -> _Place:
    position = parcel.after, parcel.before, parcel.clock, parcel.head
    return _Place(parcel.epoch, *position, file, start, size)


def _next(places: Sequence[_Place], clock: int) -> Iterator[_Place]:
    """The parcels with the next change, the newest first, and then what follows the newest.

    There may be several: if its files were copied back, an epoch has gone on twice from one place. The server
    knows which one continues its history.
    """
    first = [one for one in reversed(places) if one.after <= clock]
    follows = {(one.after, one.before): one for one in places}
    yield from first
    place = first[0] if first else None
    while place is not None and (place := follows.get((place.clock, place.head))) is not None:
        yield place


def _read(place: _Place) -> Parcel:
    with place.file.open("rb") as file:
        file.seek(place.start)
        return _decoder.decode(file.read(place.size))
