"""Sentences about people."""

from __future__ import annotations

import pytest

from optiverse_collab.wording import people as texts


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ann", "A"),
        ("ann lee", "AL"),
        ("Ana María de la Cruz", "AC"),
        ("Ann (2)", "A"),
        ("陈 伟", "陈伟"),
        ("Ωmega", "Ω"),
        ("ßen", "SS"),
        ("???", "?"),
        ("\u202e", "\\"),
        ("", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert texts.initials(name) == letters


def test_screen_reader_hears_eight_names_and_a_number() -> None:
    assert texts.names(["Ann", "Ben"]) == "Ann, Ben"
    assert texts.names([str(n) for n in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"
