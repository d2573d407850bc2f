"""A replica as a file: HOST-1."""

from __future__ import annotations

import msgspec
import pytest

from optiverse_collab.core.protocol.continuation import FORMAT, Continuation
from optiverse_collab.core.records import Lane, Record

FOUND = Continuation(
    FORMAT, 1, "lab", "e", 7, "00" * 16, 2, 90, [Record("lens", "component", {}, Lane.BENCH)]
)


def test_it_is_json_and_comes_back() -> None:
    """HOST-1"""
    data = msgspec.json.encode(FOUND)
    assert msgspec.json.decode(data, type=Continuation) == FOUND
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(data.replace(FORMAT.encode(), b"other"), type=Continuation)
