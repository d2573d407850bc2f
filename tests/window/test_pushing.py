"""The user's edits go into the replica; a refusal is reported once."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.window.gestures import Gestures
from optiverse_collab.window.pushing import Pusher
from tests.helpers.dict_host import DictHost

BAD = Record("bad", "k", {"x": float("nan")})


class Pushing:
    """A pusher, and the session that it pushes to."""

    def __init__(self) -> None:
        self.host, self.replica, self.gestures = DictHost(), Replica("client"), Gestures()
        self.replica._confirmed.clock = 9  # `seen` is not later than that
        self.removed: dict[str, str] = {}
        self.shown_at: dict[str, int] = {}
        self.pusher = Pusher(self.host, self.replica, self.gestures, self.shown_at, self.removed)

    @property
    def said(self) -> list[tuple[Any, ...]]:
        """The pending changes: ids, whether they yield, step."""
        return [([*change.ops], change.yields, change.step) for change in self.replica.pending]


@pytest.fixture
def pushing() -> Pushing:
    return Pushing()


def test_edits_have_the_step_of_their_gesture(pushing: Pushing) -> None:
    """PUSH-8, SEEN-5: edits that a window brings into the session yield."""
    pushing.pusher.push([Put("a", "k", {}), Put("b", "k", {})], {}, ["b"])
    step = pushing.gestures.step
    assert pushing.said == [(["b"], True, step), (["a"], False, step)]
    assert pushing.gestures.take(["a", "b"], ()).changed == {"a": None, "b": None}


def test_refusal_of_one_edit_is_reported_once(pushing: Pushing) -> None:
    """PUSH-6: and the other edits are sent."""
    pushing.pusher.push([Put("bad", "k", BAD.props), Put("a", "k", {})], {"bad": BAD}, ())
    assert [ids for ids, _, _ in pushing.said] == [["a"]]
    assert [level for level, _ in pushing.host.lines] == ["ERROR"]
    assert pushing.pusher.is_refused(BAD)
    good = Record("bad", "k", {"x": 1})
    pushing.pusher.push([Put("bad", "k", good.props)], {"bad": good}, ())
    assert not pushing.pusher.is_refused(BAD)
    assert not pushing.pusher.is_refused(None)


def test_what_was_refused_may_come_back(pushing: Pushing) -> None:
    """PUSH-6: an undo of its removal is another edit."""
    pusher = pushing.pusher
    pusher.push([Put("bad", "k", BAD.props)], {"bad": BAD}, ())
    pusher.push([Remove("bad")], {}, ())
    assert not pusher.is_refused(BAD)
    pusher.push([Put("bad", "k", BAD.props)], {"bad": BAD}, ())
    pusher.forget("bad")
    assert not pusher.is_refused(BAD)


def test_edit_of_what_was_removed_names_who_removed_it(pushing: Pushing) -> None:
    """DOC-5: if the user removes it too, nothing is lost."""
    pushing.removed["lens"] = "Ben"
    lens = Record("lens", "component", {"name": "Lens", "x": 1})
    pushing.pusher.push([Set("lens", {"x": 1})], {"lens": lens}, ())
    pushing.pusher.push([Remove("lens")], {}, ())
    assert pushing.host.lines == [("WARNING", '✗ Ben removed "Lens"; your x 1 was not applied.')]
    assert pushing.replica.held["lens"].by == "Ben"


def test_undo_yields_in_a_step_of_its_own(pushing: Pushing) -> None:
    """SEEN-1, SEEN-5: with what the window showed."""
    pushing.shown_at["a"] = 3
    assert pushing.pusher.push_undo([Put("a", "k", {})], "undo") == [Put("a", "k", {})]
    assert pushing.pusher.push_undo([Put("b", "k", {})], "undo", 2) == [Put("b", "k", {})]
    assert pushing.said == [(["a"], True, "undo"), (["b"], True, "undo")]
    assert [change.seen for change in pushing.replica.pending] == [3, 2]
    pushing.host.bench["bad"] = BAD
    assert pushing.pusher.push_undo([Put("bad", "k", BAD.props), Put("c", "k", {})], "undo") == [
        Put("c", "k", {})
    ]
    assert pushing.pusher.is_refused(BAD)
    assert [level for level, _ in pushing.host.lines] == ["ERROR"]
