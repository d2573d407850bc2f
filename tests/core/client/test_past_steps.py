"""The changes of a session, grouped into steps: HIST-8 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.client.past_steps import PAUSE_MS, PastStep, played, steps_of
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set

LENS = Record("lens", "component", {"x": 0})
BENCH = {"lens": LENS}


def entry(clock: int, author: str, *ops: Op, ms: int = 0, step: str = "") -> PastEntry:
    """A change at a given time."""
    return PastEntry(clock, ms, author, list(ops), step)


def x(value: int, id: str = "lens") -> Set:
    """An edit."""
    return Set(id, {"x": value})


def spans(steps: list[PastStep]) -> list[tuple[str, int, int]]:
    """The steps as author, start and end."""
    return [(step.author, step.first, step.last) for step in steps]


def test_changes_close_to_each_other_are_one_step() -> None:
    """HIST-8: a pause ends the step."""
    entries = [entry(clock, "ann", x(clock), ms=clock * 1000) for clock in (1, 2, 3)]
    entries.append(entry(4, "ann", x(4), ms=3001 + PAUSE_MS))
    [first, second] = steps_of(BENCH, entries)
    assert spans([first, second]) == [("ann", 1, 3), ("ann", 4, 4)]
    assert (first.began_ms, first.ended_ms) == (1000, 3000)
    assert first.edits == (("lens", LENS, Record("lens", "component", {"x": 3})),)
    assert second.edits[0][1] == first.edits[0][2]


def test_a_step_of_a_program_has_no_pauses() -> None:
    """HIST-8: it ends where another step begins."""
    entries = [
        entry(1, "bot", x(1), step="run 1"),
        entry(2, "bot", x(2), step="run 1", ms=10**9),
        entry(3, "bot", x(3), step="run 2", ms=10**9),
        entry(4, "bot", x(4), ms=10**9),
    ]
    steps = steps_of(BENCH, entries)
    assert spans(steps) == [("bot", 1, 2), ("bot", 3, 3), ("bot", 4, 4)]
    assert [step.step for step in steps] == ["run 1", "run 2", ""]


def test_two_people_at_once_have_a_step_each() -> None:
    """HIST-8: in the order in which they began."""
    entries = [
        entry(1, "ann", Put("a", "k", {"x": 1})),
        entry(2, "bob", x(2)),
        entry(3, "ann", x(3, "a")),
        entry(4, "bob", x(4)),
    ]
    ann, bob = steps_of(BENCH, entries)
    assert spans([ann, bob]) == [("ann", 1, 3), ("bob", 2, 4)]
    assert ann.edits == (("a", None, Record("a", "k", {"x": 3})),)
    assert (ann.ids, bob.ids) == (["a"], ["lens"])
    assert bob.edits == (("lens", LENS, Record("lens", "component", {"x": 4})),)


def test_a_step_ends_where_somebody_else_changes_the_same_record() -> None:
    """HIST-8: so each is shown with the state before it."""
    entries = [entry(1, "ann", x(1)), entry(2, "bob", Remove("lens")), entry(3, "ann", x(3))]
    ann, bob = steps_of(BENCH, entries)
    assert spans([ann, bob]) == [("ann", 1, 1), ("bob", 2, 2)]
    assert bob.edits == (("lens", ann.edits[0][2], None),)


def test_what_has_no_effect_is_no_step() -> None:
    """HIST-8"""
    entries = [entry(1, "ann", Put("a", "k")), entry(2, "ann", Remove("a"), x(0), x(1, "gone"))]
    assert steps_of(BENCH, entries) == []
    assert spans(steps_of(BENCH, [*entries, entry(3, "ann", x(1), ms=10**9)])) == [("ann", 3, 3)]


def test_values_that_python_takes_for_equal_differ() -> None:
    """HIST-8"""
    [step] = steps_of(BENCH, [entry(1, "ann", Set("lens", {"x": False}))])
    assert step.edits[0][2] == Record("lens", "component", {"x": False})


def test_records_of_other_lanes_are_left_out() -> None:
    """HIST-7"""
    talk = [entry(1, "ann", Put("t", "k", {}, Lane.TALK)), entry(2, "ann", x(1, "t"), Remove("t"))]
    assert steps_of(BENCH, talk) == []
    assert played(BENCH, talk) == BENCH


def test_entries_are_played() -> None:
    """HIST-7: the input stays unchanged."""
    before = dict(BENCH)
    entries = [entry(1, "ann", x(1)), entry(2, "bob", Put("a", "k"))]
    assert played(before, entries) == {
        "lens": Record("lens", "component", {"x": 1}),
        "a": Record("a", "k", {}),
    }
    assert before == {"lens": Record("lens", "component", {"x": 0})}
