"""A journal and the log that servers share (OWN-9)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.server.repair import Finding, Place, compare

SHORT, LONG = Place("e", 3, b"3"), Place("e", 5, b"5")


@pytest.mark.parametrize(
    ("journal", "log", "head", "finding"),
    [
        (SHORT, None, None, Finding.JOURNAL_CONTINUES),
        (SHORT, SHORT, b"3", Finding.SAME),
        (SHORT, LONG, b"3", Finding.LOG_CONTINUES),
        (LONG, SHORT, b"3", Finding.JOURNAL_CONTINUES),
        (LONG, SHORT, b"other", Finding.PARTED),
        (SHORT, LONG, b"other", Finding.PARTED),
        (SHORT, LONG, None, Finding.PARTED),
        (SHORT, Place("e", 3, b"other"), b"other", Finding.PARTED),
        (SHORT, LONG._replace(epoch="another"), b"3", Finding.PARTED),
    ],
)
def test_each_may_continue_the_other(
    journal: Place, log: Place | None, head: bytes | None, finding: Finding
) -> None:
    """OWN-9"""
    assert compare(journal, log, head) is finding
