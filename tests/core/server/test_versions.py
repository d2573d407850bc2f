"""Which versions people may make: HIST-10 and HIST-11 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.core.server import versions
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.occasions import DAY_MS
from optiverse_collab.core.server.versions import Moment, Versions, superfluous
from optiverse_collab.core.versions import HAND, SWEEP, VERSION, Version
from optiverse_collab.errors import ChangeRefused, Reason
from tests.core.server.histories import do, make


def kept(id: str = "v", **props: Any) -> Put:
    """The put of a version."""
    return Put(id, VERSION, props, Lane.META)


def with_lens() -> History:
    """A history of two changes."""
    history = make()
    do(history, Put("lens", "k", {"x": 0}))
    do(history, Set("lens", {"x": 1}))
    return history


def refused(history: History, *ops: Op) -> str:
    """The sentence with which a change is refused."""
    clock = history.clock
    with pytest.raises(ChangeRefused) as refusal:
        do(history, *ops)
    assert refusal.value.reason is Reason.INVALID_VERSION
    assert history.clock == clock
    return str(refusal.value)


def test_the_server_says_who_made_a_version_and_when() -> None:
    """HIST-10: and of which moment it is, if its author does not: of the last change of the bench."""
    history = with_lens()
    do(history, kept(name="good", colour="red"), by="ann", now_ms=50)
    assert history.versions.all["v"] == Version("v", 2, "good", HAND, "ann", 50)
    assert history.document.records["v"].props["colour"] == "red"
    do(history, kept("x", name="the same"))
    assert history.versions.all["x"].clock == 2
    do(history, kept("w", name="old", clock=0), by="bob", now_ms=40)
    assert history.versions.all["w"] == Version("w", 0, "old", HAND, "bob", 50)


@pytest.mark.parametrize(
    "props",
    [
        {"name": "good", "clock": 3},
        {"name": "good", "clock": -1},
        {"name": "good", "clock": True},
        {"name": "good", "clock": 1.0},
        {"name": "good", "clock": "1"},
        {"name": "good", "clock": None},
        {"name": "good", "why": "sweep"},
        {"name": "good", "by": "bob"},
        {"name": "good", "time_ms": 5},
        {"name": ""},
        {"name": "12"},
        {},
    ],
)
def test_a_forged_version_is_refused(props: dict[str, Any]) -> None:
    """HIST-11: of the future, of before the first change, made by the server or by somebody else."""
    refused(with_lens(), kept(**props))


@pytest.mark.parametrize(
    "op",
    [
        Set("v", {"clock": 1}),
        Set("v", {"why": "day"}),
        Set("v", {"name": "fine", "by": "bob"}),
        Set("v", {"time_ms": 1}),
        Set("v", {}, ["by"]),
        Set("v", {}, ["name"]),
        kept(name="other", clock=1),
    ],
)
def test_only_the_name_of_a_version_changes(op: Op) -> None:
    """HIST-11: what clients added to it may change too."""
    history = with_lens()
    do(history, kept(name="good"))
    assert "change its name only" in refused(history, op)
    do(history, Set("v", {"name": "better", "colour": "red"}))
    assert history.versions.all["v"].name == "better"
    do(history, kept(name="Good"), Set("v", {}, ["colour"]))
    assert history.versions.all["v"].name == "Good"


def test_a_name_is_taken_until_its_version_is_gone() -> None:
    """HIST-11"""
    history = with_lens()
    do(history, kept(name="good"), kept("w", name="Better"))
    assert "already" in refused(history, kept("x", name="GOOD"))
    assert "already" in refused(history, Set("w", {"name": " good"}))
    assert "already" in refused(history, kept("x", name="one"), kept("y", name="one"))
    assert "already" in refused(history, Remove("v"), Set("w", {"name": "good"}))
    do(history, Remove("v"))
    do(history, Set("w", {"name": "good"}))
    do(history, Put("w", "note", {"name": "good"}))
    do(history, kept("x", name="good"))
    assert {id: one.name for id, one in history.versions.all.items()} == {"x": "good"}
    do(history, Put("w", VERSION, {"name": "other"}))
    assert history.versions.all["w"].clock == 2


def test_there_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-11: removing one makes room."""
    monkeypatch.setattr(versions, "MOST", 2)
    history = with_lens()
    do(history, kept("a", name="a"), kept("b", name="b"))
    assert "has 2 versions with a name; remove some" in refused(history, kept("c", name="c"))
    do(history, Set("b", {"name": "B2"}))
    assert "remove some" in refused(history, Remove("a"), kept("c", name="c"))
    do(history, Remove("a"))
    do(history, kept("c", name="c"))
    assert set(history.versions.all) == {"b", "c"}


def test_a_held_rename_frees_no_name() -> None:
    """HIST-11, SEEN-4: nor does a held removal make room."""
    history = with_lens()
    do(history, kept(name="good"), by="ann")
    do(history, Set("v", {"name": "better"}), by="bob")
    with pytest.raises(ChangeRefused, match="a version 'better' already"):
        do(history, Set("v", {"name": "best"}), kept("w", name="better"), by="ann", seen=3, yields=True)


def test_a_hundred_thousand_versions_are_too_many() -> None:
    """HIST-11: each push is refused; the session goes on."""
    history = with_lens()
    do(history, *(kept(f"v{number}", name=f"version {number}") for number in range(versions.MOST)))
    for push in range(100):
        many = (kept(f"w{push}.{number}", name=f"another {push}.{number}") for number in range(1000))
        assert "has 1000 versions" in refused(history, *many)
    do(history, *(Set(f"v{number}", {"name": f"renamed {number}"}) for number in range(versions.MOST)))
    assert len(history.versions.all) == versions.MOST
    do(history, Set("lens", {"x": 9}))


def test_other_records_of_the_lane_are_left_alone() -> None:
    """DOC-7: of unknown kinds, and those on the bench that are called version."""
    history = with_lens()
    do(history, Put("n", "note", {"clock": -5, "why": "sweep"}, Lane.META))
    do(history, Set("n", {"by": "bob"}, ["why"]), Set("nowhere", {"by": "bob"}))
    assert history.document.records["n"].props == {"clock": -5, "by": "bob"}
    do(history, Put("part", VERSION, {"clock": 99}))
    assert history.versions.all == {}


def test_a_record_of_an_older_server_becomes_no_forged_version() -> None:
    """HIST-11: such a record describes nothing until it is put as a version."""
    found = Versions([Record("v", VERSION, {"name": "half"}, Lane.META), Record("lens", "k", {})])
    assert found.all == {}
    with pytest.raises(ChangeRefused):
        found.completed([Set("v", {"time_ms": 1, "clock": 1})], Lane.META, Moment(5, 6), "bob", 0)
    found.note("v", None)
    [made] = found.completed([kept(name="half")], Lane.META, Moment(5, 6), "bob", 9)
    assert isinstance(made, Put)
    assert made.props == {"name": "half", "clock": 5, "why": HAND, "by": "bob", "time_ms": 9}


def test_versions_are_there_again_after_a_restart() -> None:
    """DUR-4: from a snapshot, and from entries."""
    history = with_lens()
    do(history, kept(name="good"))
    snapshot = history.snapshot()
    data = do(history, kept("w", name="better")).kept.data
    again = History(snapshot, [], [data])
    assert again.versions.all == history.versions.all


def of_server(id: str, time_ms: int) -> Version:
    """A version that the server made."""
    return Version(id, 7, "", SWEEP, "ann", time_ms)


def test_old_versions_of_the_server_are_thinned() -> None:
    """HIST-14: all of a day, then the first of each day for a month, then the first of each month."""
    now_ms = 100 * versions.MONTH_MS + DAY_MS // 2
    ages = {"now": 0.1, "today": 0.4, "late yesterday": 0.9, "yesterday": 1.2, "yesterday too": 1.1}
    ages |= {"20 days": 20, "29 days": 29.2, "29 days too": 29.1, "month": 40.2, "month too": 40.1}
    ages |= {"year": 365}
    made = [of_server(id, int(now_ms - days * DAY_MS)) for id, days in ages.items()]
    assert set(superfluous(made, now_ms)) == {"yesterday too", "29 days too", "month too"}
    left = [one for one in made if "too" not in one.id]
    assert superfluous(left, now_ms) == []


def test_the_versions_of_the_server_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-14: with the next one, there are at most 50 of a day, and its first; and at most 200 in all."""
    now_ms = 1000 * versions.MONTH_MS + DAY_MS // 2
    busy = [of_server(str(number), now_ms - number) for number in range(100)]
    left = [one.id for one in busy if one.id not in superfluous(busy, now_ms)]
    assert left == [*map(str, range(49)), "99"]
    for_ages = [of_server(str(number), now_ms - number * versions.MONTH_MS) for number in range(300)]
    assert superfluous(for_ages, now_ms) == [*map(str, range(199, 300))]


def test_versions_with_a_name_are_never_thinned() -> None:
    """HIST-14: made by hand, or by the server and named later."""
    history = with_lens()
    for number in range(60):
        do(history, Set("lens", {"x": number}), step=f"sweep:{number}", now_ms=number)
        history.keep_version()
        if number < 2:
            named = next(reversed(history.versions.all))
            mine = kept(f"hand {number}", name=f"mine {number}", clock=0)
            do(history, Set(named, {"name": f"good {number}"}), mine)
    names = [one.name for one in history.versions.all.values() if one.name]
    assert names == ["good 0", "mine 0", "good 1", "mine 1"]
    assert len(history.versions.all) == len(names) + 51
    assert [one.why for one in history.versions.all.values() if one.id.startswith("hand")] == [HAND, HAND]


def test_versions_take_no_room_from_the_bench() -> None:
    """LIM-6, HIST-14: a full session keeps versions too."""
    history = make(Limits(records=1))
    do(history, Put("lens", "k", {"x": 0}))
    do(history, Set("lens", {"x": 1}), step="sweep:1")
    assert history.keep_version() is not None
    assert history.keep_version() is None
    with pytest.raises(ChangeRefused, match="holds 1 records"):
        do(history, Put("mirror", "k"))
    do(history, Remove("lens"))
    do(history, Put("mirror", "k"))


def test_a_moment_that_has_a_version_gets_no_other() -> None:
    """HIST-13"""
    history = with_lens()
    do(history, kept("mine", name="good", clock=2))
    do(history, Set("lens", {"x": 2}), step="sweep:1")
    assert history.keep_version() is None
    assert [one.id for one in history.versions.all.values()] == ["mine"]
