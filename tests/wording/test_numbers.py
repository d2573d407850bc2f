"""Counts and times, as every sentence has them."""

from __future__ import annotations

from datetime import datetime, timezone

from optiverse_collab.wording.numbers import counted, moment

NOW = datetime(2026, 5, 4, 14, 30, tzinfo=timezone.utc)


def test_one_is_one_and_all_else_are_many() -> None:
    assert [counted(count, "edit") for count in (0, 1, 3)] == ["0 edits", "1 edit", "3 edits"]


def test_a_day_is_said_where_it_is_not_today() -> None:
    assert moment(NOW.replace(hour=9, minute=5), NOW) == "09:05"
    assert moment(NOW.replace(day=3, hour=9, minute=5), NOW) == "2026-05-03 09:05"
