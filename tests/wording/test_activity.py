"""Others' edits, in lines for the log."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.records import Record, Remove, Set
from optiverse_collab.wording.activity import LINES, Edited, removed_in_hand, sentences

LENS = Record("lens", "component", {"name": "Lens 3", "pos": [0.0, 0.0], "angle_deg": 0.0})


def item(id: str, **props: object) -> Record:
    """A component."""
    return Record(id, "component", {"name": id, **props})


def edited(**props: object) -> Edited:
    """Ben's edit of properties of the lens."""
    return "Ben", LENS, Record("lens", "component", {**LENS.props, **props})


def moved(id: str, mm: float, by: str = "Ben") -> Edited:
    """Somebody's move of an item from the origin to the right."""
    return by, item(id, pos=[0.0, 0.0]), item(id, pos=[mm, 0.0])


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (edited(pos=[3.0, 1.1]), 'Ben moved "Lens 3" by 3.2 mm'),
        (edited(pos=[0.0, 0.0421]), 'Ben moved "Lens 3" by 0.04 mm'),
        (edited(pos=[0.0, -1500.0]), 'Ben moved "Lens 3" by 1500.0 mm'),
        (edited(angle_deg=45.0), 'Ben rotated "Lens 3" to 45.0°'),
        (
            edited(pos=[3.0, 0.0], angle_deg=45.0, name="L"),
            'Ben moved "Lens 3" by 3.0 mm, rotated it to 45.0° and renamed it to "L"',
        ),
        (edited(locked=True), 'Ben changed locked of "Lens 3" to yes'),
        (("Ben", None, LENS), 'Ben added "Lens 3"'),
        (("Ben", LENS, None), 'Ben removed "Lens 3"'),
        (("Ben", LENS, Record("lens", "text", {"text": "x"})), 'Ben replaced "Lens 3"'),
        (("", LENS, None), 'Somebody removed "Lens 3"'),
        (("a\n12:00 ERROR b", LENS, None), 'a\\n12:00 ERROR b removed "Lens 3"'),
        (edited(name="<b>&\n"), 'Ben renamed "Lens 3" to "<b>&\\n"'),
        (edited(pos="there"), 'Ben moved "Lens 3" to "there"'),
        (edited(pos=[1.0]), 'Ben moved "Lens 3" to (1.0) mm'),
        (edited(pos=[10**400, 0]), f'Ben moved "Lens 3" to (1{"0" * 58}… mm'),
    ],
)
def test_a_gesture_of_one_item(one: Edited, line: str) -> None:
    assert sentences([one]) == [line]


def test_what_came_to_nothing_is_no_line() -> None:
    assert sentences([("Ben", LENS, LENS), ("Ben", None, None)]) == []


def test_items_that_go_together_are_one_line() -> None:
    some = [moved(name, 3.2) for name in "ABCDE"]
    assert sentences(some[:2]) == ['Ben moved "A" and "B" by 3.2 mm']
    assert sentences(some[:4]) == ['Ben moved "A", "B", "C" and 1 other by 3.2 mm']
    assert sentences(some) == ['Ben moved "A", "B", "C" and 2 others by 3.2 mm']
    far = [moved("A", 3.2), moved("B", 1.0), moved("C", 0.5, "Ann")]
    assert sentences(far) == ['Ben moved "A" and "B" by up to 3.2 mm', 'Ann moved "C" by 0.5 mm']
    both = [("Ben", item(n, x=0, pos=[0, 0]), item(n, x=1, pos=[0, 1])) for n in "AB"]
    assert sentences(both) == ['Ben moved "A" and "B" by 1.0 mm and changed x of them to 1']


def test_two_people_have_a_line_each() -> None:
    assert sentences([moved("A", 1.0), moved("A", 1.0, "Ann")]) == [
        'Ben moved "A" by 1.0 mm',
        'Ann moved "A" by 1.0 mm',
    ]


def test_many_deeds_are_one_line_per_person() -> None:
    many = [
        ("Ben", item(str(number), angle_deg=0), item(str(number), angle_deg=number))
        for number in range(1, LINES + 1)
    ]
    more: list[Edited] = [("Ben", LENS, None), ("Ann", LENS, None)]
    assert sentences([*many, *more]) == ["Ben rotated 10 items and removed 1 item", "Ann removed 1 item"]


def removed(authors: dict[str, str]) -> ShowChange:
    """A change that removes three items and edits another."""
    ops = (Remove("A"), Remove("B"), Remove("C"), Set("D", {"x": 1}))
    return ShowChange(ops, authors, {id: item(id) for id in "ABCD"})


def test_whoever_held_what_was_removed_is_told() -> None:
    change = removed({"A": "Ben", "B": "Ben", "C": "Ann"})
    assert removed_in_hand(change, lambda: {"A"}) == 'Ben removed "A", which you held.'
    assert removed_in_hand(change, lambda: {"B", "A", "D"}) == 'Ben removed "A" and "B", which you held.'
    assert removed_in_hand(change, lambda: {"A", "C"}) == 'Somebody removed "A" and "C", which you held.'
    assert removed_in_hand(removed({}), lambda: {"A"}) == 'Somebody removed "A", which you held.'
    assert removed_in_hand(change, lambda: {"D"}) == ""


def test_what_is_held_is_asked_only_when_something_was_removed() -> None:
    def held() -> list[str]:
        raise AssertionError

    assert removed_in_hand(ShowChange((Set("D", {"x": 1}),)), held) == ""
