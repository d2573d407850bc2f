"""Steps that say what they do: PUSH-9."""

from __future__ import annotations

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import RESTORE, SWEEP, PushedChange, replaces_bench
from optiverse_collab.core.protocol.codec import decode_client, encode
from optiverse_collab.core.protocol.messages import Push
from optiverse_collab.core.records import Remove


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (SWEEP + "1", True),
        (RESTORE + "1", True),
        ("", False),
        ("sweep", False),
        ("Sweep:1", False),
        ("1 sweep:", False),
    ],
)
def test_step_says_whether_it_replaces_the_bench(step: str, expected: bool) -> None:
    """PUSH-9"""
    assert replaces_bench(step) is expected


def test_change_arrives_as_it_was_made() -> None:
    """PUSH-1"""
    push = Push([PushedChange(7, [Remove("lens")], 5, True, "sweep:1")])
    assert decode_client(encode(push), Limits()) == push
    assert '"yield":true' in encode(push)
