"""Others' changes are collected until a gesture is over."""

from __future__ import annotations

from optiverse_collab.core.client.effects import ShowChange, Synced
from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.window.activity import LONGEST_MS, QUIET_MS, Activity

LENS = Record("lens", "component", {"name": "Lens 3", "pos": [0.0, 0.0]})


def at(x_mm: float) -> Record:
    """The lens, at another place."""
    return Record("lens", "component", {**LENS.props, "pos": [x_mm, 0.0]})


def shown(op: Op, before: Record | None, by: str = "Ben") -> ShowChange:
    """Somebody's change arrived."""
    return ShowChange((op,), {op.id: by} if by else {}, {op.id: before})


def moved(from_mm: float, to_mm: float, by: str = "Ben") -> ShowChange:
    """A step of somebody's drag arrived."""
    return shown(Set("lens", {"pos": [to_mm, 0.0]}), at(from_mm), by)


def test_a_drag_is_one_line_when_it_is_quiet() -> None:
    activity = Activity()
    assert activity.wait_ms(0) is None
    for step in range(100):
        activity.hear(moved(step, step + 1), step * 33)
    over = 99 * 33 + QUIET_MS
    assert activity.wait_ms(over - 10) == 10
    assert activity.take_due(over - 1) == []
    assert activity.take_due(over) == ['Ben moved "Lens 3" by 100.0 mm']
    assert activity.wait_ms(over) is None
    assert activity.take_due(over) == []


def test_a_drag_without_an_end_is_written_now_and_then() -> None:
    activity, lines = Activity(), list[str]()
    for step in range(900):
        activity.hear(moved(step, step + 1), step * 33)
        lines += activity.take_due(step * 33)
    assert len(lines) == 900 * 33 // LONGEST_MS


def test_what_was_added_and_removed_again_is_no_line() -> None:
    activity = Activity()
    activity.hear(shown(Put("lens", "component", {}), None), 0)
    activity.hear(shown(Remove("lens"), Record("lens", "component", {})), 10)
    assert activity.take_all() == []


def test_each_person_has_a_line_even_for_the_same_item() -> None:
    activity = Activity()
    activity.hear(moved(0, 3), 0)
    activity.hear(moved(3, 5, "Ann"), 10)
    activity.hear(moved(5, 6, ""), 20)
    assert activity.take_all() == [
        'Ben moved "Lens 3" by 3.0 mm',
        'Ann moved "Lens 3" by 2.0 mm',
        'Somebody moved "Lens 3" by 1.0 mm',
    ]


def test_hasty_people_do_not_fill_the_log() -> None:
    """For 100 s, somebody moves ten items to different places every 1.1 s."""
    activity, lines = Activity(), list[str]()
    for now in range(0, 100_000, 100):
        if now % 1100 == 0:
            for number in range(10):
                id = f"item {number}"
                op = Put(id, "component", {"name": id, "x": now + number})
                activity.hear(shown(op, Record(id, "component", {"name": id, "x": -1})), now)
        lines += activity.take_due(now)
    assert 10 < len(lines) <= 100 + 10


def test_a_replaced_bench_is_announced_elsewhere() -> None:
    """PUSH-9: others' edits at the same moment, and later ones, are still reported."""
    activity = Activity()
    replaced = BenchReplaced("sweep", "Ben", False, False, 7, (LENS,), (), ())
    activity.hear(replaced, 0)
    change = ShowChange((Remove("lens"), Remove("x")), {"lens": "Ben", "x": "Ann"}, {"lens": LENS, "x": LENS})
    activity.hear(change, 0)
    activity.hear(shown(Put("lens", "component", LENS.props), None), 0)
    assert activity.take_all() == ['Ann removed "Lens 3"', 'Ben added "Lens 3"']


def test_other_effects_are_no_activity() -> None:
    activity = Activity()
    activity.hear(Synced(False, 3), 0)
    activity.hear(BenchReplaced("sweep", "me", True, False, 7, (LENS,), (), ()), 0)
    assert activity.wait_ms(0) is None
    activity.hear(shown(Remove("lens"), LENS, "me"), 0)
    assert activity.take_all() == ['me removed "Lens 3"']


def test_what_a_script_does_is_said_so() -> None:
    """PRES-18: under the name that the script had at that time."""
    activity = Activity()
    activity.hear(moved(0, 1, by="bot"), 0, scripts={"bot"})
    activity.hear(moved(1, 3, by="Ben"), 0, scripts={"bot"})
    assert activity.take_all() == ['bot (script) moved "Lens 3" by 1.0 mm', 'Ben moved "Lens 3" by 2.0 mm']
