"""Looks for problems that may affect a server: its folder, disk, clock, certificate and port."""

from __future__ import annotations

import platform
import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from os import R_OK, W_OK, X_OK, access
from pathlib import Path
from typing import NamedTuple

import msgspec

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.core.server.journal import Entry
from optiverse_collab.errors import StorageError
from optiverse_collab_server import __version__
from optiverse_collab_server.certificate import end_of
from optiverse_collab_server.standby.standing import FOLLOW_IT, State, at, read_standing
from optiverse_collab_server.storage import Stored
from optiverse_collab_server.storage.failures import Misfit
from optiverse_collab_server.storage.reading import read_stored
from optiverse_collab_server.storage.schema import FILE_NAME
from optiverse_collab_server.storage.shards import FOLDER, parts_of
from optiverse_collab_server.storage.steps import finished
from optiverse_collab_server.storage.viewing import View, viewed

LIBRARIES = ("websockets", "msgspec", "uvloop", "cryptography", "prometheus-client")

LITTLE, TOO_LITTLE = 2_000_000_000, 100_000_000
"""Bytes of free space; below the second one the server will soon stop saving."""

ENDS_SOON = timedelta(days=21)
"""How long before its end an authority's certificate should be renewed."""

AHEAD = timedelta(minutes=1)
"""How much the clock may differ from that of earlier runs."""

REMOTE = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"))
"""File systems on which SQLite's write-ahead log doesn't work."""


class Level(str, Enum):
    """Severity."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Finding(NamedTuple):
    """A finding.

    Attributes:
        subject: the inspected part.
        level: its severity.
        sentence: the finding, and what to do.
    """

    subject: str
    level: Level
    sentence: str


def of_versions() -> Iterator[Finding]:
    """The versions in use."""
    parts = [f"optiverse-collab-server {__version__}", f"Python {platform.python_version()}"]
    parts.append(f"SQLite {sqlite3.sqlite_version}")
    for library in LIBRARIES:
        try:
            parts.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            parts.append(f"no {library}")
    yield Finding("versions", Level.OK, f"{', '.join(parts)}, on {platform.platform(terse=True)}.")


def of_folder(folder: Path) -> Iterator[Finding]:
    """Whether a data folder can be used, and by whom; its place on disk."""
    try:
        mode = folder.stat().st_mode
    except FileNotFoundError:
        yield Finding("folder", Level.OK, f"{folder} is not there; the server makes it at its first start.")
        return
    except OSError as error:
        yield Finding("folder", Level.FAULT, f"{folder} can't be inspected ({error.strerror}).")
        return
    if not stat.S_ISDIR(mode):
        yield Finding("folder", Level.FAULT, f"{folder} is a file; choose a folder.")
    elif not access(folder, R_OK | W_OK | X_OK):
        yield Finding("folder", Level.FAULT, f"This user can't write to {folder}; change its owner.")
    elif sys.platform != "win32" and mode & 0o077:
        yield Finding("folder", Level.WARNING, f"Other users can read {folder}; run chmod 700 on it.")
    else:
        yield Finding("folder", Level.OK, f"{folder} can be written, and other users can't read it.")


def of_disk(folder: Path) -> Iterator[Finding]:
    """Whether a data folder's place has free space, and is on a local disk."""
    place = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    free = shutil.disk_usage(place).free
    sentence = f"{free / 1e9:.1f} GB are free at {place}"
    if free < TOO_LITTLE:
        yield Finding("disk", Level.FAULT, f"{sentence}; make room, or the server will soon save nothing.")
    elif free < max(LITTLE, _size(folder)):
        yield Finding("disk", Level.WARNING, f"{sentence}; prune and upgrades need the size of the database.")
    else:
        yield Finding("disk", Level.OK, f"{sentence}.")
    kind = file_system(place)
    if kind in REMOTE:
        sentence = f"{place} is on a network share ({kind}); use a disk of this machine, or changes get lost."
        yield Finding("disk", Level.FAULT, sentence)


def file_system(place: Path) -> str:
    """The kind of file system that holds a place; empty if it is unknown."""
    try:
        lines = Path("/proc/self/mounts").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    mounts = {line.split()[1].replace(r"\040", " "): line.split()[2] for line in lines}
    real = place.resolve()
    return next((mounts[str(one)] for one in (real, *real.parents) if str(one) in mounts), "")


def of_sessions(folder: Path, now: datetime) -> Iterator[Finding]:
    """Whether the stored data can be read, and is not from the future."""
    damaged: list[str] = []
    newest_ms = count = 0
    try:
        parts = parts_of(folder)
        if parts == [folder] and not (folder / FILE_NAME).exists():
            return
        for part in parts:
            with viewed(part) as view:
                newest_ms = max(newest_ms, _newest_ms(view, damaged))
                count += len(view.sessions)
    except StorageError as error:
        yield Finding("sessions", Level.FAULT, str(error))
        return
    if damaged:
        sentence = f"Damaged: {', '.join(damaged)}; run check, and see docs/operations.md."
        yield Finding("sessions", Level.FAULT, sentence)
    else:
        yield Finding("sessions", Level.OK, f"{count} session(s) can be read; check reads all history.")
    newest = datetime.fromtimestamp(newest_ms / 1000, timezone.utc)
    if newest > now + AHEAD:
        sentence = f"A change was made at {newest:%Y-%m-%d %H:%M} UTC, and here it is {now:%Y-%m-%d %H:%M}"
        yield Finding("clock", Level.FAULT, f"{sentence}; set this machine's clock.")
    else:
        yield Finding("clock", Level.OK, f"It is {now:%Y-%m-%d %H:%M} UTC, and no change is newer.")


def of_standing(folder: Path) -> Iterator[Finding]:
    """Which server of a pair this one is; nothing if it has always been alone, or serves."""
    try:
        standing = read_standing(folder)
    except StorageError as error:
        yield Finding("pair", Level.FAULT, str(error))
        return
    if standing.state is State.STANDBY:
        primary = parse_address(standing.other).server  # without the token
        sentence = f"This is the standby of {primary}, so it serves nobody until you run promote."
        yield Finding("pair", Level.OK, sentence)
    elif standing.state is State.DEPOSED:
        sentence = (
            f"Another server{at(standing.other)} has taken over, so this one serves nobody; {FOLLOW_IT}."
        )
        yield Finding("pair", Level.FAULT, sentence)


def of_certificate(file: Path | None, is_own: bool, now: datetime) -> Iterator[Finding]:
    """Whether connections are encrypted, and how long the certificate is valid.

    Args:
        file: the certificate; None if connections are not encrypted.
        is_own: whether the server made it, and renews it.
        now: in UTC.
    """
    if file is None:
        yield Finding("tls", Level.OK, "Connections are not encrypted.")
        return
    if is_own and not file.exists():
        yield Finding("tls", Level.OK, "The server makes a key and a certificate at its first start.")
        return
    try:
        end = end_of(file.read_bytes())
    except (OSError, ValueError) as error:
        yield Finding("tls", Level.FAULT, f"The certificate {file} can't be read ({error}).")
        return
    sentence = f"The certificate {file} is valid until {end:%Y-%m-%d}"
    if is_own:
        yield Finding("tls", Level.OK, f"{sentence}; the server renews it when it starts.")
    elif end <= now:
        yield Finding("tls", Level.FAULT, f"The certificate {file} expired on {end:%Y-%m-%d}; renew it.")
    elif end < now + ENDS_SOON:
        yield Finding("tls", Level.WARNING, f"{sentence}; renew it, and restart the server.")
    else:
        yield Finding("tls", Level.OK, f"{sentence}.")


def _newest_ms(view: View, damaged: list[str]) -> int:
    """When the last change of all was made; adds the damaged sessions to the list."""
    newest_ms = 0
    for name, session in view.sessions.items():
        try:
            stored = finished(read_stored(view.connection, session))
        except Misfit as misfit:
            damaged.append(f"{name!r} ({misfit})")
        else:
            newest_ms = max(newest_ms, _time_ms(stored))
    return newest_ms


def _time_ms(stored: Stored) -> int:
    """When a session's last change was made."""
    if not stored.entries:
        return stored.snapshot.time_ms
    return msgspec.json.decode(stored.entries[-1], type=Entry).time_ms


def _size(folder: Path) -> int:
    """The size of all databases in a data folder."""
    return sum(
        part.stat().st_size for part in (*folder.glob(FILE_NAME), *folder.glob(f"{FOLDER}/*/{FILE_NAME}"))
    )
