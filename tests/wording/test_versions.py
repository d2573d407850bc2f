"""Versions in words."""

from __future__ import annotations

import pytest

from optiverse_collab.core.versions import DAY, HAND, REMOVAL, SWEEP, Version
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
