"""A part of a session's history, at any of its clocks: HIST-8."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client import timeline
from optiverse_collab.core.client.past_effects import EntriesArrived, PastArrived, Span
from optiverse_collab.core.client.past_reading import PastReading
from optiverse_collab.core.client.past_steps import played
from optiverse_collab.core.client.timeline import Timeline
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record, Remove, Set

START = {"lens": Record("lens", "component", {"x": 0}), "m3": Record("m3", "component", {"x": 0})}


def move(clock: int, id: str = "lens", author: str = "ann") -> PastEntry:
    """A change every 10 s, so that each is a step."""
    return PastEntry(clock, 10_000 * clock, author, [Set(id, {"x": clock})])


HISTORY = [move(clock, *(("m3", "ben") if clock % 5 == 0 else ())) for clock in range(1, 101)]


def reading(after: int, until: int) -> PastReading:
    """A finished reading of a part of `HISTORY`."""
    found = PastReading(Span(after, until))
    found.take(EntriesArrived(Span(after, until), after, HISTORY[after:until]))
    found.take(PastArrived(after, played(START, HISTORY[:after])))
    assert found.wanted is None
    return found


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "MARK_EVERY", 7)


def check(one: Timeline) -> None:
    """It knows the bench at each clock."""
    for clock in range(one.after, one.last + 1):
        assert one.at(clock) == played(START, HISTORY[:clock])


def test_the_bench_at_each_clock() -> None:
    one = Timeline(reading(20, 60))
    assert (one.after, one.last) == (20, 60)
    assert len(one.steps) == 40
    assert one.start == one.at(20)
    check(one)


def test_it_grows_at_both_ends() -> None:
    one = Timeline(reading(50, 60))
    one.append(HISTORY[60:75])
    one.prepend(reading(30, 50))
    assert (one.after, one.last) == (30, 75)
    assert [step.last for step in one.steps] == [*range(31, 76)]
    check(one)


def test_steps_that_go_on_grow() -> None:
    """HIST-8: also if they were read in parts."""
    one = Timeline(reading(0, 1))
    [first] = one.steps
    one.append([PastEntry(2, 11_000, "ann", [Remove("lens")])])
    [grown] = one.steps
    assert (first.last, grown.first, grown.last) == (1, 1, 2)
    assert grown.edits == (("lens", START["lens"], None),)


def test_the_oldest_part_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can make us hold more than the limit."""
    monkeypatch.setattr(timeline, "MOST_BYTES", 3000)
    one = Timeline(reading(0, 20))
    one.append(HISTORY[20:60])
    one.append(HISTORY[60:])
    assert one.after > 0
    assert one.last == 100
    check(one)
    while not one.is_full:
        one.prepend(reading(one.after - 1, one.after))
    check(one)


def test_clocks_and_times() -> None:
    one = Timeline(reading(20, 60))
    assert one.time_ms(40) == 400_000
    assert one.time_ms(20) == one.time_ms(21) == 210_000
    assert [one.clock_at(ms) for ms in (0, 209_999, 210_000, 405_000, 10**9)] == [20, 20, 21, 40, 60]


def test_who_did_it() -> None:
    one = Timeline(reading(20, 58))
    assert one.step_at(20) is None
    step = one.step_at(25)
    assert step is not None
    assert (step.author, step.last, step.ids) == ("ben", 25, ["m3"])
    last, lens = one.last_step_of("m3"), one.last_step_of("lens")
    assert last is not None
    assert lens is not None
    assert (last.last, lens.last) == (55, 58)
    assert one.last_step_of("gone") is None
