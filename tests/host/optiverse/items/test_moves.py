"""Which operations move an item and change nothing else of it."""

from __future__ import annotations

import pytest

from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.host.optiverse.items.moves import is_move


@pytest.mark.parametrize("props", [{"pos": [1.0, 2.0]}, {"angle_deg": 5}, {"angle_deg": 5, "pos": "bad"}])
def test_a_place_and_nothing_else_is_a_move(props: dict[str, object]) -> None:
    assert is_move(Set("lens", props))


@pytest.mark.parametrize(
    "op",
    [
        Set("lens", {"pos": [1.0, 2.0], "name": "Lens"}),
        Set("lens", {"pos": [1.0, 2.0]}, ["angle_deg"]),
        Put("lens", "component", {"pos": [1.0, 2.0]}),
        Remove("lens"),
    ],
)
def test_anything_more_is_none(op: Op) -> None:
    assert not is_move(op)
