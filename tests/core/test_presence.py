"""Presence: PRES rules of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.presence import Presence, patches
from optiverse_collab.core.protocol.messages import PresencePatch
from optiverse_collab.core.space import Space
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
    assert not presence.changes


def test_latest_value_of_each_key_wins() -> None:
    """PRES-2: and a removed key is sent as null."""
    presence = Presence(Limits())
    presence.update("c1", {"a": 1, "b": 1})
    presence.update("c1", {"a": 2, "b": None})
    presence.update("c2", {"a": 3})
    assert presence.take() == {"c1": {"a": 2, "b": None}, "c2": {"a": 3}}
    assert presence.states == {"c1": {"a": 2}, "c2": {"a": 3}}
    assert presence.take() == {}


def test_null_of_what_is_not_there_is_no_change() -> None:
    """PRES-7"""
    presence = Presence(Limits())
    presence.update("c1", {f"key {number}": None for number in range(9000)})
    assert not presence.changes
    presence.update("c1", {"a": 1})
    presence.update("c1", {"a": None, "b": None})
    assert presence.take() == {"c1": {"a": None}}


def test_what_was_taken_away_within_a_tick_counts_too() -> None:
    """PRES-7, PRES-5: however often somebody changes their mind, the message is bounded."""
    presence = Presence(Limits(presence_bytes=200))
    presence.update("c1", {"a" * 100: 1})
    presence.update("c1", {"a" * 100: None})
    with pytest.raises(ChangeRefused):
        presence.update("c1", {"b" * 100: 1})
    presence.take()
    presence.update("c1", {"b" * 100: 1})


def test_nobody_takes_the_room_of_all() -> None:
    """PRES-7: newcomers have room for a cursor, and shorter values are accepted."""
    presence = Presence(Limits(), 1000)
    presence.update("c1", {"a": "x" * 480})
    for number in range(2, 30):
        with pytest.raises(ChangeRefused):
            presence.update(f"c{number}", {"a": "x" * 480})
        presence.update(f"c{number}", {"c": 1})
    presence.update("c1", {"a": "x" * 470})
    assert sum(len(str(state)) for state in presence.states.values()) < 1000
    presence.forget("c1")
    presence.update("c2", {"a": "x" * 300})


def test_long_lists_are_cut_between_participants() -> None:
    """PRES-7"""
    states = {f"c{number}": {"a": "x" * 90} for number in range(5)}
    found = patches(states, 220, full=True)
    assert [list(patch.participants) for patch in found] == [["c0", "c1"], ["c2", "c3"], ["c4"]]
    assert [patch.full for patch in found] == [True, False, False]
    assert patches(states, 10_000) == [PresencePatch(states)]
    assert patches({}, 200) == []


def test_who_left_is_forgotten() -> None:
    """PRES-4."""
    presence = Presence(Limits())
    presence.update("c1", {"a": 1})
    presence.forget("c1")
    presence.forget("c1")
    assert presence.states == {}
    assert not presence.changes


def test_replace_is_all_there_is() -> None:
    """PRES-3."""
    presence = Presence(Limits())
    presence.update("c1", {"a": 1})
    presence.replace({"c2": {"b": 2}})
    assert presence.states == {"c2": {"b": 2}}
    assert not presence.changes


def test_presence_takes_the_memory_that_is_left() -> None:
    """LIM-16: short values are always shown, and values that shrink are accepted."""
    space = Space(10_000)
    one, other = (Presence(Limits(), space=space) for _ in range(2))
    one.update("c1", {"a": "x" * 10_000})
    used = space.used
    assert 7_000 < used < 10_000
    with pytest.raises(ChangeRefused, match="too little memory"):
        other.update("c2", {"a": [0] * 200})
    other.update("c2", {"cursor": [1.0, 2.0]})
    assert space.used == used
    space.most = 0
    one.update("c1", {"a": "x" * 5_000})
    assert space.used == used - 5_000
    one.forget("c1")
    one.forget("c1")
    assert space.used == 0
