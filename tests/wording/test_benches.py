"""The texts that people read when two benches meet."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from optiverse_collab.core.records import Record
from optiverse_collab.wording import benches
from optiverse_collab.wording.benches import Differences, differences

FOUND = Differences(["lens"], ["mirror", "note"], [], 22)


def item(id: str, name: str, angle: float = 0.0) -> Record:
    return Record(id, "component", {"name": name, "angle_deg": angle})


def test_items_are_counted_and_named() -> None:
    """Groups, and what belongs to the file as a whole, are not counted."""
    group = Record("group", "group", {"name": "Arm"})
    mine = {"a": item("a", "same"), "b": item("b", "turned", 9.0), "c": item("c", "mine"), "group": group}
    theirs = {"a": item("a", "same"), "b": item("b", "turned"), "d": item("d", "Theirs"), "e": item("e", "e")}
    found = differences(mine, theirs)
    assert found == Differences(['"mine"'], ['"turned"'], ['"e"', '"Theirs"'], 1)
    assert (found.mine, found.theirs) == (3, 4)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (FOUND, "1 new, 2 differ, 22 the same"),
        (Differences([], ["lens"], [], 0), "0 new, 1 differs, 0 the same"),
    ],
)
def test_counts_are_short(found: Differences, text: str) -> None:
    assert benches.counts(found) == text
    assert text in benches.joining_question(found)
    assert text in benches.opened_question(found)


@pytest.mark.parametrize(("count", "text"), [(0, ""), (1, "has 1 item that"), (5, "has 5 items that")])
def test_what_only_the_session_has_is_said(count: int, text: str) -> None:
    found = FOUND._replace(missing=["x"] * count)
    assert text in benches.joining_question(found)
    assert ("that yours lacks" in benches.opened_question(found)) == (count > 0)


def test_bringing_says_what_becomes_of_what_differs() -> None:
    assert benches.bring_note(FOUND, "~/copy.json") == (
        "Everybody gets your 1 new item. Items that differ keep the session's version. "
        "A copy of yours is saved first: ~/copy.json"
    )
    assert benches.bring_note(Differences(["a", "b"], [], [], 0), "~/copy.json") == (
        "Everybody gets your 2 new items."
    )


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (FOUND, "No item will be removed, 2 will match yours. A copy is saved first: ~/c"),
        (Differences([], [], ["x"], 0), "1 item of the session will be removed. A copy is saved first: ~/c"),
        (
            Differences([], [], ["x", "y"], 0),
            "2 items of the session will be removed. A copy is saved first: ~/c",
        ),
    ],
)
def test_replacing_says_what_goes(found: Differences, text: str) -> None:
    assert benches.everybody_note(found, "~/c") == text


def test_rows_name_what_is_not_the_same() -> None:
    assert benches.rows(FOUND._replace(missing=["wall"])) == [
        "mirror: differs",
        "note: differs",
        "lens: only on your bench",
        "wall: only in the session",
    ]


@pytest.mark.parametrize(
    ("edited", "taken", "text"),
    [
        (2, 5, "Merged: 2 of your edits since {} were sent, 5 changes by others were applied."),
        (1, 1, "Merged: 1 of your edits since {} was sent, 1 change by others was applied."),
        (0, 1, "Merged: 0 of your edits since {} were sent, 1 change by others was applied."),
    ],
)
def test_what_was_merged_is_said_in_one_line(edited: int, taken: int, text: str) -> None:
    now = datetime.now().astimezone()
    before = now - timedelta(days=3)
    for at, since in ((now, f"{now:%H:%M}"), (before, f"{before:%Y-%m-%d %H:%M}")):
        assert benches.merged(edited, taken, round(at.timestamp() * 1000)) == text.format(since)


def test_nothing_merged_is_nothing_to_say() -> None:
    assert benches.merged(0, 0, 0) == ""


def test_what_was_not_sent_is_named() -> None:
    assert benches.not_sent('"Lens 3"').startswith('Your edit of "Lens 3" was not shared: ')


def test_a_shared_bench_is_counted() -> None:
    assert benches.shared(Differences(["a"], [], [], 0)) == (
        "The session was empty, so your bench was shared: 1 item."
    )
