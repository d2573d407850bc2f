"""How long a record may be, and how many properties it may have (LIM-6)."""

from __future__ import annotations

from optiverse_collab.core.limits import PROPERTIES, Limits
from optiverse_collab.core.protocol.codec import size_of
from optiverse_collab.core.records import Record
from optiverse_collab.errors import ChangeRefused, Reason


def check_record(record: Record, limits: Limits) -> None:
    """Check a record that a change would leave.

    Raises:
        ChangeRefused: it would be too long, or have too many properties.
    """
    if len(record.props) > PROPERTIES:
        raise ChangeRefused(
            Reason.RECORD_TOO_LARGE,
            f"The record {record.id!r} would have {len(record.props)} properties; the limit is {PROPERTIES}.",
        )
    if size_of(record) > limits.record_bytes:
        raise ChangeRefused(
            Reason.RECORD_TOO_LARGE,
            f"The record {record.id!r} would be longer than {limits.record_bytes} bytes.",
        )
