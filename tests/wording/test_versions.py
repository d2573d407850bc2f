"""Versions in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from optiverse_collab.core.versions import DAY, HAND, REMOVAL, SWEEP, Version
from optiverse_collab.wording import versions as texts
from optiverse_collab.wording.versions import description, line


@pytest.mark.parametrize(
    ("name", "why", "by", "words"),
    [
        ("good", HAND, "Ana", '"good", kept by Ana'),
        ("", SWEEP, "Ana", "before Ana replaced the bench"),
        ("good\n", REMOVAL, "Ana\x1b", '"good\\n", before Ana\\x1b removed many items'),
        ("", DAY, "", "before somebody made the first edit of the day"),
        ("", "a reason of tomorrow", "Ana", "kept by Ana"),
    ],
)
def test_a_version_says_why_it_is_there(name: str, why: str, by: str, words: str) -> None:
    version = Version("v", 7, name, why, by, 1_700_000_000_000)
    assert description(version) == words
    assert line(version).endswith(f":20  7  {words}")


def test_entries_have_no_mnemonics_of_users() -> None:
    assert texts.entry(Version("v", 5, "R&D", HAND, "Ana", 0)) == '"R&&D", kept by Ana'


def test_which_moment_is_kept() -> None:
    now = datetime(2026, 11, 26, 15, 0).astimezone()
    at = datetime(2026, 11, 26, 13, 2, 11).astimezone()
    assert "the bench of now for good" in texts.moment_to_keep(None, now)
    assert "the bench of 13:02:11 for good" in texts.moment_to_keep(round(at.timestamp() * 1000), now)


def test_titles_of_previews() -> None:
    version = Version("v", 5, "start", HAND, "Ana", 0)
    assert texts.preview_title("lab\nx", version) == "Session 'lab\\nx': \"start\", kept by Ana"
