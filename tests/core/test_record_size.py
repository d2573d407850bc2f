"""How long a record may be: LIM-6."""

from __future__ import annotations

import pytest

from optiverse_collab.core.limits import PROPERTIES, Limits
from optiverse_collab.core.record_size import check_record
from optiverse_collab.core.records import Record
from optiverse_collab.errors import ChangeRefused, Reason


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (Record("a", "k", {f"p{n}": n for n in range(PROPERTIES + 1)}), "1001 properties; the limit is 1000"),
        (Record("a", "k", {"x": "y" * 100}), "longer than 100 bytes"),
    ],
)
def test_record_that_is_too_large(record: Record, said: str) -> None:
    """LIM-6"""
    with pytest.raises(ChangeRefused, match=said) as refusal:
        check_record(record, Limits(record_bytes=100 if "x" in record.props else 10**6))
    assert refusal.value.reason is Reason.RECORD_TOO_LARGE


def test_record_that_is_just_right() -> None:
    """LIM-6"""
    check_record(Record("a", "k", {f"p{n}": n for n in range(PROPERTIES)}), Limits())
