"""Sentences about copies of benches."""

from __future__ import annotations

from optiverse_collab.wording import copies


def test_the_name_of_a_copy_says_when_and_why() -> None:
    assert (
        copies.file_name("2026-05-03 09.05.30", copies.JOINING, "lab")
        == "2026-05-03 09.05.30 before joining lab"
    )


def test_a_saved_copy_is_named_with_its_place() -> None:
    assert copies.own_saved("/home/ann/a.json") == "✓ A copy of your bench was saved: /home/ann/a.json"
    assert copies.session_saved("a.json") == "✓ A copy of the session's bench was saved: a.json"


def test_without_a_copy_nothing_is_replaced() -> None:
    assert (
        copies.session_kept("The disk is full.")
        == "✗ The disk is full. The session's bench was not replaced."
    )
