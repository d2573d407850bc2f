"""The report of a run of faults, which takes too long for every test run."""

from __future__ import annotations

from tests.faults.cluster import Report


def test_report_says_how_long_people_waited_and_what_went_wrong() -> None:
    silence = {"kill -9 a server": [6.0, 0.5, 7.1], "delete the stream": [8.2]}
    text = str(Report(5.0, 1200, 2100, 31, silence, []))
    assert "4 people in 2 sessions, 5 minutes, 1,200 acknowledged edits, 4 faults, 31 late copies" in text
    assert "| kill -9 a server | 3 | 6.0 s | 7.1 s |" in text
    assert text.endswith("each acknowledged edit was there once, among 2,100 changes.")
    assert str(Report(5.0, 1200, 2100, 31, silence, ["it broke"])).endswith("it broke")
