"""A sentence says what an undo left alone."""

from __future__ import annotations

import pytest

from optiverse_collab.core.records import Record, Set
from optiverse_collab.wording.undo import Standing, left_alone

LENS = Record("lens", "component", {"name": "Lens 3", "pos": [50.0, 0.0]})
GROUP = Record("g", "group", {"name": "Relay"})


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (
            Standing("Ben", Set("lens", {"pos": [50.0, 0.0]}), LENS),
            'Ben moved "Lens 3" to (50.0, 0.0) mm since; your undo left it there.',
        ),
        (
            Standing("", Set("lens", {"angle_deg": 5.0, "locked": True}), LENS),
            'Somebody rotated "Lens 3" to 5.0° and changed locked of it to yes since; '
            "your undo left it alone.",
        ),
        (
            Standing("Ben", Set("lens", {"order": 1.0, "z_value": 2.0}, ["parent"]), LENS),
            'Ben moved "Lens 3" in the layers since; your undo left it there.',
        ),
        (
            Standing("Ben", Set("g", {}, ["members"]), GROUP),
            'Ben changed what is in group "Relay" since; your undo left it alone.',
        ),
    ],
)
def test_sentence_names_who_did_what(part: Standing, text: str) -> None:
    assert left_alone([part], redo=False) == text


@pytest.mark.parametrize(
    ("names", "who"),
    [(["Ben", "Ben"], "Ben"), (["", "Ben"], "Ben and somebody"), (["C", "B", "A"], "A, B and C")],
)
def test_several_items_are_one_sentence(names: list[str], who: str) -> None:
    parts = [
        Standing(by, Set(f"r{number}", {"x": 1}), Record(f"r{number}", "k", {}))
        for number, by in enumerate(names)
    ]
    assert (
        left_alone(parts, redo=True) == f"{who} changed {len(names)} items since; your redo left them alone."
    )
