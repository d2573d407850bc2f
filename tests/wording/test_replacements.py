"""The texts about a replacement that people read: PUSH-9."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.records import Record
from optiverse_collab.wording.replacements import Replacement, sentence, title


def some(count: int) -> tuple[Record, ...]:
    """Create `count` items, and a group, which does not count."""
    return (*(Record(f"r{n}", "component", {}) for n in range(count)), Record("g", "group", {}))


def part(
    removed: int = 0, added: int = 0, changed: int = 0, mine: bool = False, restores: bool = False
) -> BenchReplaced:
    """A part of a step of Ann's, at clock 8."""
    counts = some(removed), some(added), some(changed)
    return BenchReplaced("sweep:1", "Ann", mine, restores, 8, *counts)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (part(22, 25), "Ann replaced the bench for everybody: 22 items removed, 25 new."),
        (part(1, 1, 1), "Ann replaced the bench for everybody: 1 item removed, 1 new, 1 changed."),
        (part(0, 1), "Ann replaced the bench for everybody: 1 new item."),
        (part(0, 2, 3), "Ann replaced the bench for everybody: 2 new items, 3 changed."),
        (part(0, 0, 1), "Ann replaced the bench for everybody: 1 item changed."),
        (part(3, 0, mine=True), "You replaced the bench for everybody: 3 items removed."),
        (part(3, 2, restores=True), "Ann brought an earlier bench back: 3 items removed, 2 new."),
        (part(25, 22, mine=True, restores=True), "Brought back 22 items, removed 25."),
        (part(0, 1, mine=True, restores=True), "Brought back 1 item."),
    ],
)
def test_it_is_said_in_a_sentence(what: BenchReplaced, expected: str) -> None:
    assert sentence(Replacement(what)) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ({"Ben": 1}, "Brought back 22 items; 1 was changed by Ben meanwhile and left."),
        (
            {"Ben": 2, "": 1},
            "Brought back 22 items; 2 were changed by Ben meanwhile and left; "
            "1 was changed by somebody meanwhile and left.",
        ),
    ],
)
def test_what_was_left_alone_is_said(left: Mapping[str, int], expected: str) -> None:
    """SEEN-4"""
    one = Replacement(part(0, 22, mine=True, restores=True))
    one.left = left
    assert sentence(one) == expected


def test_parts_are_counted_together() -> None:
    one = Replacement(part(2, 1))
    one.add(part(1, 4, 1))
    assert (one.removed, one.added, one.changed, one.before) == (3, 5, 1, 7)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (part(), "The bench before Ann replaced it"),
        (part(mine=True), "The bench before you replaced it"),
        (part(restores=True), "The bench before Ann brought an earlier one back"),
    ],
)
def test_the_title_says_whose_bench_it_is(what: BenchReplaced, expected: str) -> None:
    assert title(Replacement(what)) == expected


def test_nothing_that_changed_is_no_news() -> None:
    assert not Replacement(part()).is_news
    assert Replacement(part(changed=1)).is_news


def test_names_are_shown_as_they_can_be() -> None:
    odd = BenchReplaced("sweep:1", "A\nnn\u202e", False, False, 8, some(1), (), ())
    assert "\n" not in sentence(Replacement(odd))
    assert "\u202e" not in title(Replacement(odd))
