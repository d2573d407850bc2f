"""Versions: HIST-10 and HIST-11 of docs/protocol.md."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.core.records import Lane, Record
from optiverse_collab.core.versions import (
    DAY,
    HAND,
    NAME_CHARS,
    SWEEP,
    VERSION,
    Version,
    check_name,
    key_of,
    named,
    version_of,
    versions_of,
)
from optiverse_collab.errors import ChangeRefused, Reason

FULL = {"clock": 7, "name": "good", "why": HAND, "by": "Ana", "time_ms": 5}


def record(id: str = "v", kind: str = VERSION, lane: Lane = Lane.META, **props: Any) -> Record:
    """A record with these properties in addition to `FULL`."""
    return Record(id, kind, {**FULL, **props}, lane)


def test_a_version_is_read_from_its_record() -> None:
    """HIST-10: what other clients added to the record is left alone."""
    assert version_of(record(colour="red")) == Version("v", 7, "good", HAND, "Ana", 5)
    made = version_of(record(name=None, why="a reason of tomorrow", by=3))
    assert made == Version("v", 7, "", "a reason of tomorrow", "", 5)
    assert made.is_made_by_server


@pytest.mark.parametrize(
    "other",
    [
        record(kind="note"),
        record(lane=Lane.BENCH),
        Record("v", VERSION, {"name": "not accepted yet"}, Lane.META),
        record(clock=-1),
        record(clock=True),
        record(time_ms="soon"),
    ],
)
def test_other_records_are_no_versions(other: Record) -> None:
    assert version_of(other) is None


def test_versions_are_in_the_order_of_their_moments() -> None:
    records = [record("late", clock=9), record("note", "note"), record("b", time_ms=6), record("a")]
    assert [one.id for one in versions_of(records)] == ["a", "b", "late"]
    assert not versions_of([record()])[0].is_made_by_server


def test_upper_and_lower_case_name_the_same_version() -> None:
    """HIST-11"""
    versions = versions_of([record(name=None, why=DAY), record("w", name="Before the LENS", why=SWEEP)])
    found = named(versions, " before the lens ")
    assert found is not None
    assert found.id == "w"
    assert named(versions, "") is None
    assert named(versions, "lens") is None


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (None, "needs a name"),
        (7, "needs a name"),
        ("", "needs a name"),
        (" \n", "needs a name"),
        ("x" * (NAME_CHARS + 1), "has 101 characters, and the limit is 100"),
        ("812", "number of a change"),
        ("-3", "number of a change"),
        ("GOOD ", "a version 'GOOD ' already"),
    ],
)
def test_a_name_that_can_not_be_is_refused(name: Any, sentence: str) -> None:
    """HIST-11"""
    with pytest.raises(ChangeRefused, match=sentence) as refused:
        check_name(name, {key_of("Good")})
    assert refused.value.reason is Reason.INVALID_VERSION


@pytest.mark.parametrize("name", ["x" * NAME_CHARS, "before 812", "ü"])
def test_other_names_are_fine(name: str) -> None:
    check_name(name, {key_of("Good")})
