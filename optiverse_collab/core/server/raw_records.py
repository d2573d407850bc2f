"""Records and operations whose values stay JSON, as old benches pass through the server (HIST-2)."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.record_size import PROPERTY_BYTES, RECORD_BYTES, VALUE_BYTES
from optiverse_collab.core.records import Lane


class RawRecord(msgspec.Struct, omit_defaults=True, gc=False):
    """A `Record` with its values as JSON."""

    id: str
    kind: str
    props: dict[str, msgspec.Raw]
    lane: Lane = Lane.BENCH


class RawPut(msgspec.Struct, tag_field="op", tag="put", gc=False):
    """A `Put`."""

    id: str
    kind: str
    props: dict[str, msgspec.Raw] = {}
    lane: Lane = Lane.BENCH


class RawSet(msgspec.Struct, tag_field="op", tag="set", gc=False):
    """A `Set`."""

    id: str
    props: dict[str, msgspec.Raw] = {}
    unset: list[str] = []


class RawRemove(msgspec.Struct, tag_field="op", tag="remove", gc=False):
    """A `Remove`."""

    id: str


class _Header(msgspec.Struct, gc=False):
    id: str
    kind: str
    lane: Lane = Lane.BENCH


_headers = msgspec.json.Decoder(_Header)
_records = msgspec.json.Decoder(RawRecord)
_ops = msgspec.json.Decoder(list[RawPut | RawSet | RawRemove])

CHANGE_BYTES, VALUE_REFERENCE_BYTES = RECORD_BYTES, PROPERTY_BYTES + VALUE_BYTES
"""About how much memory a `RawChange` takes, and each property in it: its JSON belongs to the entry."""


def raw_ops(data: bytes | msgspec.Raw) -> list[RawPut | RawSet | RawRemove]:
    """The operations in a JSON array."""
    return _ops.decode(data)


class RawChange:
    """A record with changes to it that are put together only when somebody asks for the whole.

    Args:
        base: the record as JSON; None for a new one.
        id, kind, lane: of the record.

    Attributes:
        lane: of the record.
    """

    __slots__ = ("_base", "_id", "_kind", "_props", "_unset", "lane")

    def __init__(self, base: msgspec.Raw | None, id: str, kind: str, lane: Lane) -> None:
        self.lane = lane
        self._base, self._id, self._kind = base, id, kind
        self._props: dict[str, msgspec.Raw] = {}
        self._unset: set[str] = set()

    @staticmethod
    def of(record: msgspec.Raw) -> RawChange:
        """No changes yet to a record."""
        header = _headers.decode(record)
        return RawChange(record, header.id, header.kind, header.lane)

    def apply(self, op: RawPut | RawSet) -> int:
        """Take in an operation on the record; by how many bytes this grew."""
        if isinstance(op, RawPut) and op.kind != self._kind:
            self._base, self._kind = None, op.kind
            self._props, self._unset = {}, set()
        before = len(self._props) + len(self._unset)
        self._props.update(op.props)
        self._unset.difference_update(op.props)
        for name in () if isinstance(op, RawPut) else op.unset:
            self._props.pop(name, None)
            self._unset.add(name)
        return max(0, len(self._props) + len(self._unset) - before) * VALUE_REFERENCE_BYTES

    def whole(self) -> msgspec.Raw:
        """The record, as JSON."""
        props = {} if self._base is None else _records.decode(self._base).props
        for name in self._unset:
            props.pop(name, None)
        props.update(self._props)
        return msgspec.Raw(msgspec.json.encode(RawRecord(self._id, self._kind, props, self.lane)))


def header_of(record: msgspec.Raw) -> tuple[str, Lane]:
    """The id and the lane of a record."""
    header = _headers.decode(record)
    return header.id, header.lane
