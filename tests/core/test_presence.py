"""Presence: PRES rules of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.presence import Presence
from optiverse_collab.errors import ChangeRefused


@pytest.mark.parametrize("state", [{"": 1}, {"x": float("nan")}, {"x" * 129: 1}, {"x": "y" * 200}])
def test_refused_presence_changes_nothing(state: dict[str, object]) -> None:
    """PRES-5, LIM-2, LIM-3."""
    presence = Presence(Limits(presence_bytes=100))
    presence.update("c1", {"a": 1})
    presence.take()
    with pytest.raises(ChangeRefused):
        presence.update("c1", state)
    assert presence.states == {"c1": {"a": 1}}
    assert not presence.changed


def test_latest_value_of_each_key_wins() -> None:
    """PRES-2: and a key that was taken away is told as null."""
    presence = Presence(Limits())
    presence.update("c1", {"a": 1, "b": 1})
    presence.update("c1", {"a": 2, "b": None})
    presence.update("c2", {"a": 3})
    assert presence.take() == {"c1": {"a": 2, "b": None}, "c2": {"a": 3}}
    assert presence.states == {"c1": {"a": 2}, "c2": {"a": 3}}
    assert presence.take() == {}


def test_who_left_is_forgotten() -> None:
    """PRES-4."""
    presence = Presence(Limits())
    presence.update("c1", {"a": 1})
    presence.forget("c1")
    presence.forget("c1")
    assert presence.states == {}
    assert not presence.changed


def test_replace_is_all_there_is() -> None:
    """PRES-3."""
    presence = Presence(Limits())
    presence.update("c1", {"a": 1})
    presence.replace({"c2": {"b": 2}})
    assert presence.states == {"c2": {"b": 2}}
    assert not presence.changed
