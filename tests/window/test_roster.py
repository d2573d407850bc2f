"""The people in a session, one entry per person."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.people import Introduction
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.records import Put
from optiverse_collab.window.roster import Person, cursor_window, people_in


@pytest.fixture
def session() -> SessionClient:
    """Ann's session, with a lens; Ben has two windows in it, and Cem one."""
    session = SessionClient("Ann", Replica("client"))
    session.people.introduce(Introduction("ann", 3))
    session.replica.synced = True
    session.replica.edit([Put("lens", "component", {"name": "Lens 3"})])
    for id, name in (("c1", "Ann"), ("c2", "Ben"), ("c3", "Cem"), ("c4", "Ben (2)")):
        session.participants[id] = Participant(name, id, "t")
    session.me = session.participants["c1"]
    for id in ("c2", "c4"):
        session.presence.update(id, {"person": "ben", "colour": 4})
    session.people.look(session.me, session.participants, session.presence.states)
    return session


def ben(session: SessionClient) -> Person:
    return people_in(session)[1]


def test_windows_of_one_person_are_one_entry(session: SessionClient) -> None:
    """PRES-8."""
    lines = [(one.line, one.colour) for one in people_in(session)]
    assert lines[:2] == [("Ann (you)", 3), ("Ben, 2 windows", 4)]
    assert [one.line for one in people_in(session)][2:] == ["Cem"]
    assert ben(session).windows == ("c2", "c4")
    assert [one.is_me for one in people_in(session)] == [True, False, False]


def test_one_person_may_have_several_names(session: SessionClient) -> None:
    session.participants["c4"] = Participant("Benjamin", "c4", "t")
    assert ben(session).name == "Ben / Benjamin"


def test_roles_show_where_not_everybody_is_an_owner(session: SessionClient) -> None:
    session.participants["c3"] = Participant("Cem", "c3", "t", role=Role.VIEWER)
    assert [one.line for one in people_in(session)] == [
        "Ann (you), owner",
        "Ben, owner, 2 windows",
        "Cem, viewer",
    ]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ({}, "idle"),
        ({"cursor": [0.0, 0.0]}, "idle"),
        ({"selection": ["lens"]}, 'has selected "Lens 3"'),
        ({"selection": ["lens", "mirror"]}, "has selected 2 items"),
        ({"selection": ["lens"], "grip": {"id": "lens", "at": [0.0, 0.0]}}, 'moving "Lens 3"'),
        ({"selection": ["lens", "mirror"], "grip": {"id": "lens"}}, "moving 2 items"),
        ({"activity": {"lens": "drag"}, "selection": ["mirror"]}, 'moving "Lens 3"'),
        ({"activity": {"lens": "dialog"}, "selection": ["mirror"]}, 'editing "Lens 3" in a dialog'),
        ({"activity": {"lens": "dialog", "note": "text"}}, "typing in record note"),
        ({"activity": {"lens": "sleeping"}}, "idle"),
        ({"selection": [3, {}, None], "grip": [1]}, "idle"),
        ({"selection": {"a": 1}, "grip": {"id": 3}}, "idle"),
        ({"selection": ["\u202egone"]}, "has selected record \\u202egone"),
    ],
)
def test_what_somebody_does(session: SessionClient, state: dict[str, Any], says: str) -> None:
    """PRES-1, PRES-10, PRES-13."""
    session.presence.update("c4", state)
    assert ben(session).does == says


def test_somebody_is_away_where_all_their_windows_are(session: SessionClient) -> None:
    session.participants["c2"] = Participant("Ben", "c2", "t", away=True)
    assert ben(session).does == "idle"
    session.participants["c4"] = Participant("Ben (2)", "c4", "t", away=True)
    assert ben(session).does == "away"


def test_window_with_a_cursor_is_where_somebody_is(session: SessionClient) -> None:
    assert cursor_window(session, ben(session)) == "c2"
    session.presence.update("c4", {"cursor": [1.0, 2.0]})
    assert cursor_window(session, ben(session)) == "c4"


def test_whoever_follows_is_marked(session: SessionClient) -> None:
    """PRES-11."""
    session.presence.update("c4", {"follows": "c1"})
    session.presence.update("c3", {"follows": "c2"})
    assert [one.follows_me for one in people_in(session)] == [False, True, False]
    assert [one.state for one in people_in(session)] == ["", "idle, follows you", "idle"]


def test_slow_connections_are_marked(session: SessionClient) -> None:
    """PRES-19: if a person has several windows, by the slowest."""
    session.presence.update("c2", {"latency": 600})
    session.presence.update("c4", {"latency": 1200})
    session.presence.update("c3", {"latency": "slow"})
    assert [one.state for one in people_in(session)] == ["", "idle, slow connection (1200 ms)", "idle"]
