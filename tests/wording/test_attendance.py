"""Who joined and who left, in words."""

from __future__ import annotations

import pytest

from optiverse_collab.wording.attendance import NAME_CHARS, sentences


@pytest.mark.parametrize(
    ("came", "went", "words"),
    [
        (["Ben"], [], "Ben joined."),
        ([], ["Ben", "Zoë\n"], "Ben and Zoë\\n left."),
        (["A", "B", "C", "D"], ["E"], "A, B, C and 1 other joined. E left."),
        ([], ["A", "B", "C", "D", "E"], "A, B, C and 2 others left."),
    ],
)
def test_who_came_and_went(came: list[str], went: list[str], words: str) -> None:
    assert sentences(came, went) == words


def test_a_long_name_is_cut() -> None:
    assert sentences(["x" * 128], []) == f"{'x' * (NAME_CHARS - 1)}… joined."
