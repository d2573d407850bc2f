"""A session in a separate file: its newest state with its position, and its versions; no other history."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import msgspec

from optiverse_collab.core.protocol.continuation import FORMAT, Continuation
from optiverse_collab.core.records import Record
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Parent, Snapshot
from optiverse_collab.core.server.lineage import continued
from optiverse_collab.core.server.names import Name, NameKind
from optiverse_collab.core.server.references import References
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.continuing import end_of, snapshot_from
from optiverse_collab_server.storage.directory import SessionRow
from optiverse_collab_server.storage.failures import Misfit, session_damaged
from optiverse_collab_server.storage.kept import write_kept
from optiverse_collab_server.storage.parts import encode_snapshot
from optiverse_collab_server.storage.past import bench_of, read_at
from optiverse_collab_server.storage.reading import read_stored
from optiverse_collab_server.storage.steps import Steps, finished, transaction
from optiverse_collab_server.storage.viewing import View
from optiverse_collab_server.storage.writing import write_chunk, write_names, write_part, write_session

_records = msgspec.json.Decoder(Record)


class _Title(msgspec.Struct):
    format: str


class KeptBench(msgspec.Struct, frozen=True):
    """The bench of a version.

    Attributes:
        clock, head: the position.
        records: in the document's order.
    """

    clock: int
    head: bytes
    records: list[Record]


class Export(msgspec.Struct, frozen=True):
    """The content of the file, as JSON.

    Attributes:
        format, version: identify the file.
        session: the session's name.
        snapshot: its state; bytes are base64.
        names: origins and authors that the snapshot refers to.
        versions: the benches of its versions, as far as they are kept.
        parent: the end of the history that it continues; None if that is the snapshot's own.
    """

    format: Literal["optiverse-collab-session"]
    version: Literal[1]
    session: str
    snapshot: Snapshot
    names: list[Name]
    versions: list[KeptBench] = []
    parent: Parent | None = None


def export_session(view: View, name: str) -> Export:
    """The newest state of a session, and its versions.

    Raises:
        DatabaseDamaged: the session is damaged.
        StorageError: there is none of this name.
        sqlite3.Error: it can't be read.
    """
    session = view.session(name)
    try:
        stored = finished(read_stored(view.connection, session))
        history = History(stored.snapshot, stored.names, stored.entries)
        clocks = {version.clock for version in history.versions.all.values()}
        benches = [finished(_bench(view, session, clock)) for clock in sorted(clocks)]
    except Misfit as misfit:
        raise session_damaged(view.file, name, str(misfit)) from misfit
    snapshot, used = history.snapshot(), References()
    used.add_snapshot(snapshot)
    kept = [bench for bench in benches if bench is not None]
    return Export("optiverse-collab-session", 1, session.name, snapshot, used.pick(stored.names), kept)


def _bench(view: View, session: SessionRow, clock: int) -> Steps[KeptBench | None]:
    """The bench at a clock; None if it is not kept."""
    stored = yield from read_at(view.connection, session, clock)
    if stored is None:
        return None
    head, records = yield from bench_of(stored)
    return KeptBench(clock, head, [_records.decode(record) for record in records])


def read_export(data: bytes) -> Export:
    """Read a file and make sure that a server can continue from it; it may be a replica's (HOST-1).

    Raises:
        StorageError: it is another file, of another version, or doesn't fit together.
    """
    try:
        is_replica = msgspec.json.decode(data, type=_Title).format == FORMAT
        export = _read_replica(data) if is_replica else msgspec.json.decode(data, type=Export)
        _check(export)
    except (msgspec.DecodeError, Misfit, LookupError, ValueError) as error:
        raise StorageError(f"This is not an exported session: {error}.") from error
    return export


def _read_replica(data: bytes) -> Export:
    found = msgspec.json.decode(data, type=Continuation)
    snapshot, parent = snapshot_from(found), end_of(found)
    return Export("optiverse-collab-session", 1, found.session, snapshot, [], parent=parent)


def import_session(view: View, name: str, export: Export, epoch: str) -> None:
    """Write a new session that continues the exported one in another epoch (CLK-8).

    Raises:
        StorageError: it already exists.
        sqlite3.Error: it can't be written; nothing has changed.
    """
    if name in view.sessions:
        raise StorageError(f"Session {name!r} already exists; delete it first, or choose a name with --as.")
    connection, start = view.connection, export.snapshot
    parent = export.parent or Parent(start.epoch, start.clock, start.time_ms)
    snapshot = continued(start, parent, epoch)
    with transaction(connection):
        [[last]] = connection.execute("SELECT coalesce(max(key), 0) FROM session")
        session = SessionRow(last + 1, name, epoch)
        write_session(connection, session)
        write_names(connection, session.key, export.names)
        chunk = session.next_chunk(snapshot)
        for number, (kind, part) in enumerate(encode_snapshot(snapshot), 1):
            write_part(connection, chunk, number, kind, part)
            chunk = replace(chunk, parts=number)
        write_chunk(connection, chunk)
        for kept in export.versions:
            encoded = map(msgspec.json.encode, kept.records)
            finished(write_kept(connection, session.key, kept.clock, kept.head, encoded))


def _check(export: Export) -> None:
    """Make sure that all references can be resolved.

    Raises:
        Misfit, LookupError: it does not.
    """
    snapshot = export.snapshot
    last = dict.fromkeys(NameKind, 0)
    for name in export.names:
        if name.number <= last[name.kind]:
            raise Misfit(f"{name.kind.value} {name.number} comes after {last[name.kind]}")
        last[name.kind] = name.number
    used = References()
    used.add_snapshot(snapshot)
    if missing := used.missing(export.names):
        raise Misfit(f"{missing} is missing")
    History(snapshot, export.names)
    for bench in export.versions:
        if not 0 <= bench.clock <= snapshot.clock or len(bench.head) != len(snapshot.head):
            raise Misfit(f"its version at change {bench.clock} is not one of this session")
