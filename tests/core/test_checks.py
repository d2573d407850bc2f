"""What a value must be: LIM-2 to LIM-5 of docs/protocol.md."""

from __future__ import annotations

import math

import pytest

from optiverse_collab.core.checks import check_change, check_id, check_value
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Put, Set
from optiverse_collab.errors import ChangeRefused, Reason


def nested(depth: int) -> object:
    """A number in `depth` lists."""
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, Reason.NOT_FINITE),
        ([1, {"a": -math.inf}], Reason.NOT_FINITE),
        (2**64, Reason.NOT_FINITE),
        (-(2**63) - 1, Reason.NOT_FINITE),
        (nested(33), Reason.TOO_DEEP),
        ("\udc00", Reason.BAD_TEXT),
        ({"\udc00": 1}, Reason.BAD_TEXT),
        ({1: 2}, Reason.INVALID_MESSAGE),
        ({1, 2}, Reason.INVALID_MESSAGE),
        (b"bytes", Reason.INVALID_MESSAGE),
        (1j, Reason.INVALID_MESSAGE),
    ],
)
def test_refused_values(value: object, reason: Reason) -> None:
    with pytest.raises(ChangeRefused) as refusal:
        check_value(value, 32, "property 'x'")
    assert refusal.value.reason is reason
    assert "property 'x'" in str(refusal.value)


@pytest.mark.parametrize("value", [None, True, 2**64 - 1, -(2**63), 5e-324, "☃\x00", nested(32), {"": ()}])
def test_accepted_values(value: object) -> None:
    check_value(value, 32, "x")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.ID_EMPTY),
        ("x" * 129, Reason.ID_TOO_LONG),
        ("\ud800", Reason.BAD_TEXT),
        (3, Reason.INVALID_MESSAGE),
    ],
)
def test_refused_ids(text: str, reason: Reason) -> None:
    """LIM-3: wherever a name stands in a change."""
    with pytest.raises(ChangeRefused) as refusal:
        check_id(text, Limits())
    assert refusal.value.reason is reason
    for op in (Put(text, "k"), Put("a", text), Set("a", {text: 1})):
        with pytest.raises(ChangeRefused):
            check_change([op], Limits())


def test_characters_count_and_not_bytes() -> None:
    """LIM-3."""
    check_id("☃" * 128, Limits())
