"""The author of each property's value: STAMP-2 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.records import Record
from optiverse_collab.core.server.stamps import UNSET_NAMES, RecordStamps, Stamp


def at(clock: int) -> Stamp:
    """The stamp of a change."""
    return Stamp(clock, 1, 1, clock * 1000)


def record(*names: str) -> Record:
    """A record with these properties."""
    return Record("a", "k", dict.fromkeys(names, 0))


def test_property_has_the_stamp_of_its_record_until_it_changes() -> None:
    stamps = RecordStamps(at(1))
    assert (stamps.of("x"), stamps.newest) == (at(1), at(1))
    changed = stamps.marked(["x", "gone"], at(2), record("x", "y"))
    assert [changed.of(name) for name in ("x", "y", "gone")] == [at(2), at(1), at(2)]
    assert (changed.whole, changed.newest) == (at(1), at(2))


def test_stamps_of_a_change_that_is_done_stay() -> None:
    """SYNC-3: later pages still show the moment of the request."""
    first, second = at(2), at(3)
    stamps = RecordStamps(at(1)).marked(["x"], first, record("x"))
    assert stamps.marked(["y"], first, record("x", "y")) is stamps
    later = stamps.marked(["x", "z"], second, record("x", "y", "z"))
    assert (stamps.of("x"), stamps.of("z"), stamps.newest) == (first, at(1), first)
    assert (later.of("x"), later.of("y"), later.of("z"), later.newest) == (second, first, second, second)


def test_newest_is_found_among_stamps_that_were_kept() -> None:
    assert RecordStamps(at(1), {"x": at(3), "y": at(2)}).newest == at(3)
    assert RecordStamps(at(5), {"x": at(3)}).newest == at(5)


def test_newer_are_those_that_changed_since() -> None:
    """SYNC-2: including removed properties."""
    stamps = RecordStamps(at(1), {"x": at(2), "gone": at(3), "y": at(4)})
    assert [list(stamps.newer(clock)) for clock in (1, 2, 3, 4)] == [
        ["x", "gone", "y"],
        ["gone", "y"],
        ["y"],
        [],
    ]


@pytest.mark.parametrize("is_restored", [False, True])
def test_removed_properties_are_forgotten_when_they_are_many(is_restored: bool) -> None:
    """STAMP-2: the record then counts as changed as a whole, so that nobody misses a removal."""
    stamps = RecordStamps(at(1)).marked(["x"], at(2), record("x", "y"))
    stamps = stamps.marked(["back"], at(2), record("x", "y")).marked(["back"], at(2), record("x", "back"))
    for number in range(UNSET_NAMES):
        stamps = stamps.marked([f"gone {number}"], at(3 + number), record("x", "y", "back"))
    assert stamps.whole == at(1)
    if is_restored:
        stamps = RecordStamps(stamps.whole, stamps.own, record("x", "y", "back").props)
    last = at(1000)
    stamps = stamps.marked(["one more"], last, record("x", "y", "back"))
    assert stamps.whole == stamps.newest == last
    assert stamps.own == {"x": at(2), "back": at(2)}
    assert stamps.of("gone 0") == last
