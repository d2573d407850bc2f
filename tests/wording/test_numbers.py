"""Counts and times, in the form that all sentences use."""

from __future__ import annotations

from datetime import datetime, timezone

from optiverse_collab.wording.numbers import START, backup_time, counted, length, local_time, moment, time_of

NOW = datetime(2026, 5, 4, 14, 30, tzinfo=timezone.utc)


def test_one_is_one_and_all_else_are_many() -> None:
    assert [counted(count, "edit") for count in (0, 1, 3)] == ["0 edits", "1 edit", "3 edits"]


def test_a_day_is_said_where_it_is_not_today() -> None:
    assert moment(NOW.replace(hour=9, minute=5), NOW) == "09:05"
    assert moment(NOW.replace(day=3, hour=9, minute=5), NOW) == "2026-05-03 09:05"


def test_moments_of_the_wire_are_read() -> None:
    """MSG-7: a newer server may use another format."""
    at = time_of("2025-03-01T12:34:56.789Z")
    assert at is not None
    assert at == datetime(2025, 3, 1, 12, 34, 56, 789_000, timezone.utc)
    assert [time_of(text) for text in (None, "", "soon")] == [None, None, None]


def test_moments_of_the_wire_are_shown_in_local_time() -> None:
    shown = datetime.strptime(local_time("2026-05-03T09:05:30.000Z"), "%Y-%m-%d %H:%M:%S").astimezone()
    assert shown == datetime(2026, 5, 3, 9, 5, 30, tzinfo=timezone.utc)


def test_what_is_no_moment_is_shown_printable() -> None:
    assert local_time("yester\x1bday") == r"yester\x1bday"


def test_a_backup_may_be_of_an_empty_session() -> None:
    """CLK-11"""
    assert backup_time(START) == "the time before its first change"
    assert backup_time("2026-05-03T09:05:30.000Z") == local_time("2026-05-03T09:05:30.000Z")


def test_small_distances_have_a_digit() -> None:
    assert [length(mm) for mm in (0.0, 0.023, 0.1, 3.24, 1500.0)] == [
        "0 mm",
        "0.02 mm",
        "0.1 mm",
        "3.2 mm",
        "1500.0 mm",
    ]
