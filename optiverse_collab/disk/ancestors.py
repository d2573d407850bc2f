"""Ancestors: the content of bench files when they were last saved in a session.

There is one file for each session that a bench file was saved in, named by a hash of the bench file's
content. When there are too many, the oldest are deleted. Every call waits for the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import zlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from optiverse_collab.core.records import Record
from optiverse_collab.disk.failures import explained
from optiverse_collab.disk.frames import Frames, find
from optiverse_collab.errors import DiskError

MOST_FILES, MOST_BYTES = 200, 64 * 1024 * 1024
"""The limits on one computer; a bench of 300 items takes some 20 KiB."""

_FORMAT = 1
_TITLE = "optiverse-collab ancestor "
_MAGIC = f"{_TITLE}{_FORMAT}\n".encode()
_SUFFIX, _OF_AUTOSAVE = ".ancestor", ".autosave"


class Ancestor(msgspec.Struct, frozen=True):
    """A session's bench, as in a bench file.

    Attributes:
        records: the session's records, as in the file; without other content of the file.
        session: the session's name.
        epoch: its history's.
        clock: up to which others' changes were on the screen; 0 if unknown.
        when_ms: when that was, in ms since 1970.
    """

    records: list[Record]
    session: str
    epoch: str
    clock: int
    when_ms: int

    def without(self, ids: Collection[str]) -> Ancestor:
        """The same, without some records."""
        kept = [record for record in self.records if record.id not in ids]
        return msgspec.structs.replace(self, records=kept)


_encode = msgspec.msgpack.Encoder().encode
_ancestor = msgspec.msgpack.Decoder(Ancestor)
_sorted = msgspec.json.Encoder(order="sorted")


def key_of(records: Mapping[str, Record]) -> str:
    """A hash of a bench's content, regardless of the order: 32 hex digits."""
    return _hash(b"\n".join(_sorted.encode(records[id]) for id in sorted(records)), 16)


def _hash(data: bytes, size: int) -> str:
    return hashlib.blake2b(data, digest_size=size).hexdigest()


class Ancestors:
    """The ancestors that are kept on this computer.

    Args:
        folder: their folder; it is created when needed, and should not roam between computers.
        most_files, most_bytes: how many there may be, and their total size.
    """

    def __init__(self, folder: Path, most_files: int = MOST_FILES, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_files = most_files
        self._most_bytes = most_bytes

    def keys(self) -> set[str]:
        """The keys of all bench files with an ancestor.

        Raises:
            DiskError: the folder can't be read.
        """
        with explained(self._folder):
            return {path.name.partition(".")[0] for path in self._folder.glob(f"*{_SUFFIX}")}

    def get(self, key: str) -> list[Ancestor]:
        """The ancestors of a bench file, one for each session's history, the latest first.

        Args:
            key: `key_of` the file's content.

        Raises:
            DiskError: one is damaged, or from a newer version.
        """
        with explained(self._folder):
            found = []
            for path in self._folder.glob(f"{key}.*{_SUFFIX}"):
                with contextlib.suppress(FileNotFoundError):
                    found.append(_read(path.read_bytes(), path))
                    os.utime(path)
            return sorted(found, key=lambda one: one.when_ms, reverse=True)

    def put(self, key: str, ancestor: Ancestor, keep: bool = False) -> None:
        """Keep an ancestor, and delete the oldest if there are too many.

        Args:
            key: `key_of` the file's content.
            ancestor: the session's bench.
            keep: keep an existing ancestor of the same history.

        Raises:
            DiskError: it can't be written.
        """
        path = self._path(key, ancestor, _SUFFIX)
        with explained(self._folder):
            if keep and path.exists():
                return
            self._write(path, ancestor)
            self._delete_oldest()

    def put_of_autosave(self, key: str, ancestors: Sequence[Ancestor], before: str) -> None:
        """Replace the ancestors of the previous autosave by those of a new one.

        Args:
            key: `key_of` the autosave's content.
            ancestors: the sessions' benches.
            before: the key of the overwritten autosave.

        Raises:
            DiskError: they can't be written.
        """
        suffix = _OF_AUTOSAVE + _SUFFIX
        with explained(self._folder):
            paths = {self._path(key, one, suffix): one for one in ancestors}
            for path, ancestor in paths.items():
                self._write(path, ancestor)
            for path in self._folder.glob(f"{before}.*{suffix}"):
                if path not in paths:
                    path.unlink(missing_ok=True)
            self._delete_oldest()

    def _path(self, key: str, ancestor: Ancestor, suffix: str) -> Path:
        return self._folder / f"{key}.{_hash(ancestor.epoch.encode(), 8)}{suffix}"

    def _write(self, path: Path, ancestor: Ancestor) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._folder / f"{secrets.token_hex(8)}.new"
        try:
            temporary.write_bytes(_MAGIC + Frames(_MAGIC).add(zlib.compress(_encode(ancestor), 1)))
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)

    def _delete_oldest(self) -> None:
        """Keep the most recently used ones; another process may be doing the same."""
        found = []
        for path in self._folder.glob(f"*{_SUFFIX}"):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                found.append((status.st_mtime_ns, status.st_size, path))
        length = 0
        for place, (_, size, path) in enumerate(sorted(found, reverse=True)):
            length += size
            if place >= self._most_files or (place and length > self._most_bytes):
                path.unlink(missing_ok=True)


def _read(data: bytes, path: Path) -> Ancestor:
    """The content of a file.

    Raises:
        DiskError: it can't be used.
    """
    if not data.startswith(_MAGIC):
        why = "a newer version wrote it" if data.startswith(_TITLE.encode()) else "it is damaged"
        raise DiskError(f"{path} is not used: {why}.")
    payloads = find(data, len(_MAGIC)).payloads
    try:
        return _ancestor.decode(zlib.decompress(payloads[0]))
    except (IndexError, zlib.error, msgspec.DecodeError, UnicodeDecodeError):
        raise DiskError(f"{path} is not used: it is damaged.") from None
