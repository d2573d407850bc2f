"""Hidden presence is invisible to everybody else: PRES-15 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.own_presence import OwnPresence, Privacy
from optiverse_collab.core.client.people import Introduction
from optiverse_collab.errors import ChangeRefused
from tests.helpers.wire import Peer, Wire

CURSOR = {"cursor": [1.0, 2.0], "grip": {"id": "lens", "at": [0.0, 0.0]}}
EDITS = {"activity": {"lens": "drag"}}
ON_PURPOSE = {
    "point": {"n": 1, "at": [0.0, 0.0]},
    "laser": [0.0, 0.0],
    "follows": "c1",
    "declines": ["c2"],
    "bring": {"n": 1},
    "ask_edit": 1,
    "refused_edit": {"c1": 1},
}
WHO = {"person": "ann", "colour": 2}
REST = {"selection": ["lens"], "drag": 1, "view": [0, 0, 9, 9], "whatever comes": 7}
ALL: dict[str, Any] = {**CURSOR, **EDITS, **ON_PURPOSE, **REST}


@pytest.mark.parametrize(
    ("privacy", "seen"),
    [
        (Privacy(), {**WHO, **ALL}),
        (Privacy(hides_cursor=True), {**WHO, **EDITS, **ON_PURPOSE, **REST}),
        (Privacy(hides_activity=True), {**WHO, **EDITS, **ON_PURPOSE}),
        (Privacy(True, True), {**WHO, **EDITS, **ON_PURPOSE}),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_others_see_no_more_than_they_may(privacy: Privacy, seen: dict[str, Any], first: bool) -> None:
    """PRES-15: hidden before or after it is shown, and also on the next connection."""
    wire, ann, bob = Wire(), Peer("ann"), Peer("bob")
    ann.session.people.introduce(Introduction("ann", 2))
    wire.connect(ann, bob)
    if first:
        ann.session.mine.hide(privacy)
    ann.session.show(ALL)
    wire.settle()
    ann.session.mine.hide(privacy)
    wire.settle()
    wire.settle()
    assert bob.session.presence.states[ann.connection_id] == seen
    wire.lose(ann)
    wire.connect(ann)
    wire.settle()
    wire.settle()
    assert bob.session.presence.states[ann.connection_id] == seen


def test_what_is_no_longer_hidden_shows_its_current_value() -> None:
    """PRES-15"""
    mine = OwnPresence()
    mine.show({"cursor": [1.0, 1.0], "grip": {}})
    assert mine.take() == {"cursor": [1.0, 1.0], "grip": {}}
    mine.hide(Privacy(hides_cursor=True))
    assert mine.state["cursor"] == [1.0, 1.0]
    assert mine.take() == {"cursor": None, "grip": None}
    mine.show({"cursor": [2.0, 2.0], "grip": None})
    assert not mine.changed
    assert mine.take() == {}
    mine.hide(Privacy())
    assert mine.take() == {"cursor": [2.0, 2.0]}
    mine.hide(Privacy())
    assert not mine.changed


def test_what_cannot_travel_is_refused_also_if_it_is_hidden() -> None:
    mine = OwnPresence()
    mine.hide(Privacy(hides_activity=True))
    with pytest.raises(ChangeRefused):
        mine.show({"cursor": [float("nan"), 0.0]})
    mine.hide(Privacy())
    assert not mine.changed


def test_what_is_shown_can_be_asked() -> None:
    """PRES-15."""
    mine = OwnPresence()
    assert mine.shows("view")
    mine.hide(Privacy(hides_activity=True))
    assert not mine.shows("view")
    assert mine.shows("follows")
