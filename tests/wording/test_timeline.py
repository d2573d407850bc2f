"""The texts of the timeline."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Record
from optiverse_collab.wording import timeline as texts

HERE = timezone(timedelta(hours=2))
NOW = datetime(2026, 11, 26, 15, 0, tzinfo=HERE)
AT = datetime(2026, 11, 26, 13, 2, 11, tzinfo=HERE)
MS = round(AT.timestamp() * 1000)


def mirror(**props: object) -> Record:
    return Record("m3", "component", {"name": "M3", "pos": [0.0, 0.0], **props})


def step(before: Record | None, after: Record | None, author: str = "Ana") -> PastStep:
    return PastStep(5, 9, MS, MS + 1000, author, "", (("m3", before, after),))


def test_moments_are_in_the_zone_of_whoever_reads_them() -> None:
    assert texts.moment(MS, NOW) == "13:02:11"
    assert texts.moment(MS, NOW + timedelta(days=1)) == "2026-11-26 13:02:11"
    assert texts.moment(MS, NOW.astimezone(timezone.utc)) == "11:02:11"


def test_deeds() -> None:
    moved = step(mirror(), mirror(pos=[3.2, 0.0], angle_deg=45.0))
    assert texts.deed(moved) == 'moved "M3" by 3.2 mm and rotated it to 45.0°'
    assert texts.caption(moved, MS, NOW) == f"13:02:11, after Ana {texts.deed(moved)}"
    assert texts.caption(None, MS, NOW) == "13:02:11"
    removed = step(mirror(), None, author="")
    assert (texts.author(removed), texts.deed(removed)) == ("Somebody", 'removed "M3"')
    both = PastStep(1, 2, MS, MS, "Ana", "", (("a", None, mirror()), ("b", mirror(), None)))
    assert texts.deed(both) == 'added "M3"; removed "M3"'


def test_who_is_named_like_a_verb() -> None:
    """The author is left out once, not wherever their name stands."""
    assert texts.deed(step(mirror(), None, author="removed")) == 'removed "M3"'


def test_items_and_their_properties() -> None:
    moved = step(mirror(), mirror(pos=[3.2, 0.0], angle_deg=45.0, order=7))
    assert texts.items(moved) == {"m3": '"M3"'}
    assert texts.items(step(mirror(), None)) == {"m3": '"M3"'}
    assert texts.changed_properties(moved, "m3") == ["pos", "angle_deg"]
    assert texts.changed_properties(moved, "other") == []
    assert texts.changed_properties(step(None, mirror()), "m3") == []


def test_entries_have_no_mnemonics_of_users() -> None:
    assert texts.history_of('"A&B"') == '&History of "A&&B"'
    assert texts.restore_item('"A&B"') == '"A&&B"'
    assert texts.restore_property('"A&B"', "angle_deg") == '"A&&B": angle'


def test_titles_can_not_be_forged() -> None:
    assert texts.preview_title("lab\nx", MS, NOW) == "Session 'lab\\nx' at 13:02:11"
    title = texts.comparison_title("lab\nx", MS, MS + 1000, NOW)
    assert title == "Session 'lab\\nx': 13:02:11 and 13:02:12 compared"
    caption = texts.comparison_caption(MS, MS + 1000, NOW)
    assert caption == "The bench at 13:02:12; lines and arrows show how it differs from 13:02:11."


def test_who_touched_it_last() -> None:
    assert texts.last_touched(step(mirror(), None), NOW) == "Ana changed it last, 13:02:12"
    assert texts.not_touched(MS, NOW) == "Not changed since 13:02:11"


def test_speeds() -> None:
    assert texts.speed(4) == "4 \N{MULTIPLICATION SIGN}"


def test_counts_since_the_user_left() -> None:
    assert texts.since_you_left(1) == "1 change was made in this session since you left."
    assert texts.since_you_left(12) == "12 changes were made in this session since you left."


def test_moments_that_there_are_not() -> None:
    assert texts.no_moment(99).startswith("This session has no change 99;")
