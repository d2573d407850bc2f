"""The file of a replica: a whole copy of it, and behind that a journal of what happened since (DISK-2).

::

    optiverse-collab replica 1⏎          the number is that of the format
    frame: Header                        whose it is, and its position
    frames: [Record, …]                  the confirmed document, some records at a time
    frames: Entry                        what is pending and held
    frames: Entry                        the journal: appended

Payloads are msgpack. A new copy is a new file that takes the place of the old one in one step, with its
journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from optiverse_collab.core.client.journal import Entry, entries_of, replay
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.records import Record
from optiverse_collab.disk.frames import Found, Frames, find

FORMAT = 1
_TITLE = "optiverse-collab replica "
MAGIC = f"{_TITLE}{FORMAT}\n".encode()

_RECORDS_IN_A_FRAME = 500
"""Encoding this many takes under a millisecond, in which no other thread runs."""


class Hosted(msgspec.Struct, frozen=True):
    """The server of this computer on which an editor hosted a session.

    Attributes:
        port: where it listened.
        listen: the address that it opened: ``127.0.0.1``, or ``0.0.0.0`` for the local network.
    """

    port: int
    listen: str


class Owner(msgspec.Struct, frozen=True):
    """Whose replica it is.

    Attributes:
        session: the session's name.
        addresses: of the servers at which it was joined, the last one first; with ``#pin=…`` where the key
            of the server is known (`Address.remembered`).
        user_id: under whose name its edits are sent.
        hosted: how an editor of this computer hosted the session; None if none did.
    """

    session: str
    addresses: list[str]
    user_id: str
    hosted: Hosted | None = None


class Header(msgspec.Struct, frozen=True):
    """The first frame: the short fields of `Saved`, and how many frames of the long ones follow."""

    owner: Owner
    client_ids: list[str]
    epoch: str | None
    clock: int
    head: str
    accepted: bool
    record_frames: int
    entry_frames: int


class Contents(msgspec.Struct, frozen=True):
    """What a file holds.

    Attributes:
        owner: whose it is.
        saved: the replica, after the journal.
        is_torn: the last write was cut off, as by a power cut; it is left out.
        is_damaged: the journal has a fault before its end; what follows is left out.
    """

    owner: Owner
    saved: Saved
    is_torn: bool
    is_damaged: bool


class Unreadable(Exception):
    """It is no file of ours, or its copy of the replica is damaged."""


class NewerFormat(Exception):
    """A newer version of the plugin wrote it."""


_encode = msgspec.msgpack.Encoder().encode
_header = msgspec.msgpack.Decoder(Header)
_records = msgspec.msgpack.Decoder(list[Record])
_entry: msgspec.msgpack.Decoder[Entry] = msgspec.msgpack.Decoder(Entry)


def new_file(owner: Owner, saved: Saved, frames: Frames) -> Iterator[bytes]:
    """The bytes of a file with a copy and an empty journal, in parts.

    Args:
        owner: whose it is.
        saved: the replica.
        frames: of this file, which begins with `MAGIC`.
    """
    records, entries = _batches(saved.records), entries_of(saved)
    yield MAGIC
    header = Header(
        owner,
        saved.client_ids,
        saved.epoch,
        saved.clock,
        saved.head,
        saved.accepted,
        len(records),
        len(entries),
    )
    yield frames.add(_encode(header))
    for batch in records:
        yield frames.add(_encode(batch))
    yield from more(entries, frames)


def more(entries: Iterable[Entry], frames: Frames) -> Iterator[bytes]:
    """What is appended for entries of the journal, in parts."""
    for entry in entries:
        yield frames.add(_encode(entry))


def read(data: bytes, records: bool = True) -> Contents:
    """What a file holds.

    Args:
        data: the file.
        records: whether the document is asked for, too.

    Raises:
        NewerFormat: another version has to read it.
        Unreadable: it can't be read.
    """
    found, header = _open(data)
    copied = found.payloads[1 : 1 + header.record_frames + header.entry_frames]
    if len(copied) < header.record_frames + header.entry_frames:
        raise Unreadable("its copy of the replica is incomplete")
    saved = Saved(header.client_ids, header.epoch, header.clock, header.head, [], [], {}, header.accepted)
    try:
        if records:
            saved.records.extend(
                one for part in copied[: header.record_frames] for one in _records.decode(part)
            )
        entries = [_entry.decode(payload) for payload in found.payloads[1 + header.record_frames :]]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error
    return Contents(header.owner, replay(saved, entries), found.is_torn, found.is_damaged)


def _open(data: bytes) -> tuple[Found, Header]:
    if not data.startswith(MAGIC):
        title, _, _ = data.partition(b"\n")
        number = title.decode("ascii", "replace").removeprefix(_TITLE)
        if title.startswith(_TITLE.encode()) and number.isdecimal() and int(number) > FORMAT:
            raise NewerFormat
        raise Unreadable("it does not begin as such a file does")
    found = find(data, len(MAGIC))
    if not found.payloads:
        raise Unreadable("its first part is damaged")
    try:
        return found, _header.decode(found.payloads[0])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error


def _batches(records: Sequence[Record]) -> list[Sequence[Record]]:
    step = _RECORDS_IN_A_FRAME
    return [records[start : start + step] for start in range(0, len(records), step)]
