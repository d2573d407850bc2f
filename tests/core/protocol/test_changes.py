"""Steps that say what they do: PUSH-9, BACK-13."""

from __future__ import annotations

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import (
    RECENT,
    RESTORE,
    SWEEP,
    PushedChange,
    Returned,
    replaces_bench,
    returned_by,
)
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


@pytest.mark.parametrize(
    ("step", "returned"),
    [
        ("return:00000008", Returned(("00000008",))),
        ("return:00000009.00000008", Returned(("00000009", "00000008"))),
        ("return:00000009.00000008:more", Returned(("00000009", "00000008"), is_whole=False)),
        ("return:", None),
        ("return:0000000", None),
        ("return:0000000X", None),
        ("return:00000008:less", None),
        ("return:" + ".".join(["00000008"] * (RECENT + 1)), None),
        ("merge:e:9", None),
        ("", None),
    ],
)
def test_steps_say_what_they_bring_back(step: str, returned: Returned | None) -> None:
    """BACK-13: others may send any step."""
    assert returned_by(step) == returned
    assert returned is None or returned.step == step
