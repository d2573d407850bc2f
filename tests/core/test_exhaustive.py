"""The fallback of a match over a closed set."""

from __future__ import annotations

from typing import Any

from optiverse_collab.core.exhaustive import Unmatched


def test_value_outside_of_a_closed_set_is_named() -> None:
    nonsense: Any = "nonsense"
    assert str(Unmatched(nonsense)) == "'nonsense' is not a possible value here"
