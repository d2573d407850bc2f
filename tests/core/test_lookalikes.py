"""Names that look the same have the same skeleton."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optiverse_collab.core.lookalikes import is_seen, skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "ana"),
        ("Ana", "Аnа"),
        ("Helen", "Ηelen"),
        ("Max", "Мах"),
        ("Max", "Ｍａｘ"),
        ("Max", "𝐌𝐚𝐱"),
        ("Paul", "PauI"),
        ("yes", "Γes"),
        ("Paul", "Pau1"),
        ("Otto", "0tto"),
        ("Anna", "An\u200bna"),
        ("Ann Lee", " Ann\u00a0 Lee\u3164"),
        ("Zoë", "Zoe\u0308"),
        ("straße", "STRASSE"),
    ],
)
def test_names_that_look_alike(one: str, other: str) -> None:
    """MSG-2"""
    assert one != other
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana", "Anna"), ("Zoe", "Zoë"), ("Иван", "Иванна"), ("光路", "光"), ("Ana", "Ana (2)"), ("Ali", "All")],
)
def test_names_that_differ_to_the_eye(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@example("\u0345")
@given(st.text())
def test_a_skeleton_is_its_own(name: str) -> None:
    assert skeleton(skeleton(name)) == skeleton(name)
    assert bool(skeleton(name)) <= is_seen(name)


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\u3164", "\u2800"[:0], "\u202e\u200d"])
def test_nothing_is_seen_of_what_is_drawn_as_nothing(name: str) -> None:
    assert not is_seen(name)


@pytest.mark.parametrize("name", ["a", "光", "\u200bx", "🔭", "."])
def test_anything_else_is_seen(name: str) -> None:
    assert is_seen(name)
