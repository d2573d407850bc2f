"""A server that dies under load, and its standby, for a short time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.takeover import Report, play

pytestmark = pytest.mark.own_store


def test_no_acknowledged_edit_is_missing(tmp_path: Path) -> None:
    """STAND-4, STAND-6, STAND-7: and everybody is back."""
    report = play(edits=200, scripts=3, folder=tmp_path)
    assert report.problems == []
    assert report.acknowledged >= 200
    assert report.in_all >= 260
    assert len(report.back) == 3


def test_what_is_wrong_is_reported() -> None:
    report = Report(20_000, 40.0, 20_400, 2, 1, [0.5, 1.25])
    assert report.problems == ["2 edits are missing", "1 edits are there twice"]
    assert str(report) == (
        "20000 edits were acknowledged in 40.0 s before kill -9, 20400 in all. Missing: 2; there twice: 1. "
        "2 scripts were back 0.50 to 1.25 s after promote."
    )
