"""Which moments the versions of a stored session name; nothing else of it is read."""

from __future__ import annotations

from typing import Any

import msgspec

from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set, apply
from optiverse_collab.core.server.journal import Entry
from optiverse_collab.core.server.raw_records import RawPut, RawRemove, RawSet, header_of, raw_ops
from optiverse_collab.core.versions import versions_of

MARK = b'"lane":"meta"'
"""JSON without this has no record of a version."""

_entries = msgspec.json.Decoder(Entry)
_records = msgspec.json.Decoder(Record)


class StoredVersions:
    """The versions in a snapshot with the entries after it."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    @property
    def clocks(self) -> set[int]:
        """The clocks that they name."""
        return {version.clock for version in versions_of(self._records.values())}

    def add_record(self, raw: msgspec.Raw) -> None:
        """A record of the snapshot, as JSON."""
        id, lane = header_of(raw)
        if lane is Lane.META:
            self._records[id] = _records.decode(raw)

    def add_entry(self, data: bytes) -> None:
        """The next entry, as JSON."""
        for op in raw_ops(_entries.decode(data).ops):
            if op.id in self._records or (isinstance(op, RawPut) and op.lane is Lane.META):
                apply(self._records, _whole(op))


def _whole(op: RawPut | RawSet | RawRemove) -> Op:
    """An operation with its values."""
    if isinstance(op, RawRemove):
        return Remove(op.id)
    props: dict[str, Any] = {name: msgspec.json.decode(value) for name, value in op.props.items()}
    return Set(op.id, props, op.unset) if isinstance(op, RawSet) else Put(op.id, op.kind, props, Lane.META)
