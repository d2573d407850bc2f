"""Others' presence as a user sees it, and the work that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from optiverse_collab.core.client.shown import Shown
from optiverse_collab.core.protocol.participants import Participant


class Crowd:
    """200 people, and a count of the looks at one shown value."""

    def __init__(self) -> None:
        self.people = {f"c{n}": Participant(f"P{n}", f"c{n}", "t") for n in range(200)}
        self.states: dict[str, dict[str, Any]] = {id: {"cursor": [0, 0]} for id in self.people}
        self.reads: list[str] = []
        self.shown = Shown(self.read)
        self.shown.look(self.people, self.states)

    def read(self, participant: Participant, state: Mapping[str, Any]) -> int | None:
        """The number that a participant shows, unless they are away."""
        self.reads.append(participant.connection_id)
        return None if participant.away else state.get("n")


@pytest.fixture
def crowd() -> Crowd:
    made = Crowd()
    made.reads.clear()
    return made


def test_a_message_costs_no_more_than_it_says(crowd: Crowd) -> None:
    """PRES-2: of 200 people, only the one who moved their cursor is looked at."""
    for x in range(10):
        crowd.states["c7"]["cursor"] = [x, 0]
        assert not crowd.shown.look(crowd.people, crowd.states, {"c7"})
    assert crowd.reads == ["c7"] * 10


def test_what_somebody_shows_is_known_until_they_show_it_no_more(crowd: Crowd) -> None:
    crowd.states["c7"]["n"] = 1
    assert crowd.shown.look(crowd.people, crowd.states, ["c7"])
    assert crowd.shown.found == {"c7": 1}
    assert not crowd.shown.look(crowd.people, crowd.states, ["c7", "c8"])
    crowd.states["c7"]["n"] = 2
    assert crowd.shown.look(crowd.people, crowd.states, ["c7"])
    assert crowd.shown.found == {"c7": 2}
    del crowd.states["c7"]["n"]
    assert crowd.shown.look(crowd.people, crowd.states, ["c7"])
    assert crowd.shown.found == {}


def test_whoever_left_is_forgotten(crowd: Crowd) -> None:
    for id in ("c7", "c8"):
        crowd.states[id]["n"] = 1
    crowd.shown.look(crowd.people, crowd.states)
    del crowd.people["c7"], crowd.people["c8"]
    assert crowd.shown.look(crowd.people, crowd.states, ["c7"])
    assert crowd.shown.found == {"c8": 1}
    assert crowd.shown.look(crowd.people, crowd.states)
    assert crowd.shown.found == {}


def test_all_are_looked_at_when_people_change(crowd: Crowd) -> None:
    """For example, when somebody is away; a state that no longer exists is ignored."""
    for id in ("c7", "c8"):
        crowd.states[id]["n"] = 1
    crowd.people["c7"] = Participant("P7", "c7", "t", away=True)
    del crowd.states["c9"]
    assert crowd.shown.look(crowd.people, crowd.states)
    assert crowd.shown.found == {"c8": 1}
    assert len(crowd.reads) == 200
