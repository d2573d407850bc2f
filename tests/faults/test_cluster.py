"""The report of a run of faults, which takes too long for every test run."""

from __future__ import annotations

from collections import Counter

from tests.faults.cluster import Report
from tests.faults.stored import wrong


def test_report_says_how_long_people_waited_and_what_went_wrong() -> None:
    silence = {"kill -9 a server": [6.0, 0.5, 7.1], "delete the stream": [8.2]}
    text = str(Report(5.0, 1200, 2100, 31, silence, []))
    assert "4 people in 2 sessions, 5 minutes, 1,200 acknowledged edits, 4 faults, 31 late copies" in text
    assert "| kill -9 a server | 3 | 6.0 s | 7.1 s |" in text
    assert text.endswith("each acknowledged edit was there once, among 2,100 changes.")
    assert str(Report(5.0, 1200, 2100, 31, silence, ["it broke"])).endswith("it broke")
    assert "acknowledged edit of the last 200 kB of history" in str(Report(5.0, 1, 1, 0, {}, [], 200))


def test_each_kept_item_must_be_there_once() -> None:
    """Where history is dropped, only the first ones may be missing."""
    put = ["a", "b", "c", "d"]
    assert list(wrong(put, Counter("bcd"), drops=True)) == []
    assert list(wrong(put, Counter("bcd"), drops=False)) == ["a is in NATS 0 times"]
    assert list(wrong(put, Counter("bdd"), drops=True)) == ["c is in NATS 0 times", "d is in NATS 2 times"]
    assert len(list(wrong(put, Counter(), drops=True))) == 4
