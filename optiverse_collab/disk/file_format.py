"""The file of a replica: a full copy, and after it a journal of later events (DISK-2).

::

    optiverse-collab replica 1⏎          the number of the format
    frame: Header                        its owner, and its position
    frames: [Record, …]                  the confirmed document, some records at a time
    frames: Entry                        pending and held changes
    frames: Entry                        the journal: appended

Payloads are msgpack. A new copy is a new file that atomically replaces the old one with its journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from optiverse_collab.core.client.journal import Entry, entries_of, replay
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.protocol.positions import OldHead, SignedHead, Turn
from optiverse_collab.core.records import Record
from optiverse_collab.disk.frames import Found, Frames, find

FORMAT = 1
_TITLE = "optiverse-collab replica "
MAGIC = f"{_TITLE}{FORMAT}\n".encode()

_RECORDS_IN_A_FRAME = 500
"""Encoding this many takes less than a millisecond, during which no other thread runs."""


class Hosted(msgspec.Struct, frozen=True):
    """The server on this computer with which an editor hosted a session.

    Attributes:
        port: where it listened.
        listen: its address: ``127.0.0.1``, or ``0.0.0.0`` for the local network.
    """

    port: int
    listen: str


class Owner(msgspec.Struct, frozen=True):
    """The owner of a replica.

    Attributes:
        session: the session's name.
        addresses: the servers' at which it was joined, the last one first; with ``#pin=…`` if the server's
        key is known (`Address.remembered`). user_id: the name under which its edits are sent. hosted: how an
        editor on this computer hosted the session; None if none did.
    """

    session: str
    addresses: list[str]
    user_id: str
    hosted: Hosted | None = None


class Header(msgspec.Struct, frozen=True):
    """The first frame: the short fields of `Saved`, and the number of frames with the long ones."""

    owner: Owner
    client_ids: list[str]
    epoch: str | None
    clock: int
    head: str
    accepted: bool
    record_frames: int
    entry_frames: int
    signed: SignedHead | None = None
    term: int = 0
    turns: list[Turn] = []
    heads: list[OldHead] = []


class Contents(msgspec.Struct, frozen=True):
    """What a file holds.

    Attributes:
        owner: the replica's.
        saved: the replica, with the journal applied.
        is_torn: the last write was cut off, for example by a power cut; it is ignored.
        is_damaged: the journal has a fault before its end; the entries after it are ignored.
    """

    owner: Owner
    saved: Saved
    is_torn: bool
    is_damaged: bool


class Unreadable(Exception):
    """It is not our file, or its copy of the replica is damaged."""


class NewerFormat(Exception):
    """A newer version of the plugin wrote it."""


_encode = msgspec.msgpack.Encoder().encode
_header = msgspec.msgpack.Decoder(Header)
_records = msgspec.msgpack.Decoder(list[Record])
_entry: msgspec.msgpack.Decoder[Entry] = msgspec.msgpack.Decoder(Entry)


def new_file(owner: Owner, saved: Saved, frames: Frames) -> Iterator[bytes]:
    """The bytes of a file with a copy and an empty journal, in parts.

    Args:
        owner: the replica's.
        saved: the replica.
        frames: makes this file's frames; the file starts with `MAGIC`.
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
        saved.signed,
        saved.term,
        saved.turns,
        saved.heads,
    )
    yield frames.add(_encode(header))
    for batch in records:
        yield frames.add(_encode(batch))
    yield from more(entries, frames)


def more(entries: Iterable[Entry], frames: Frames) -> Iterator[bytes]:
    """The bytes to append for entries of the journal, in parts."""
    for entry in entries:
        yield frames.add(_encode(entry))


def read(data: bytes, records: bool = True) -> Contents:
    """What a file holds.

    Args:
        data: the file.
        records: whether to read the document, too.

    Raises:
        NewerFormat: it needs a newer version.
        Unreadable: it can't be read.
    """
    found, header = _open(data)
    copied = found.payloads[1 : 1 + header.record_frames + header.entry_frames]
    if len(copied) < header.record_frames + header.entry_frames:
        raise Unreadable("its copy of the replica is incomplete")
    position = header.client_ids, header.epoch, header.clock, header.head
    of_server = header.signed, header.term, header.turns, header.heads
    saved = Saved(*position, [], [], {}, header.accepted, *of_server)
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
