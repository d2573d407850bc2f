"""Sentences about edits that wait on this computer."""

from __future__ import annotations

from datetime import datetime, timezone

from optiverse_collab.wording import unsent

NOW = datetime(2026, 5, 4, 14, 30, tzinfo=timezone.utc)


def test_one_edit_and_many_are_told_in_plain_english() -> None:
    assert unsent.disconnected(1, "lab") == (
        "1 edit did not reach the server; it is kept on this computer and will be sent when you join "
        "'lab' again."
    )
    assert unsent.disconnected(3, "lab") == (
        "3 edits did not reach the server; they are kept on this computer and will be sent when you join "
        "'lab' again."
    )
    assert unsent.sent("lab", "Ana", 1) == "✓ 1 edit by Ana was sent to session 'lab'."


def test_the_offer_names_session_and_number() -> None:
    assert unsent.rejoin("lab", 3) == "Rejoin 'lab' (3 edits waiting)"
    assert unsent.rejoin("x" * 128, 3) == f"Rejoin '{'x' * 23}…' (3 edits waiting)"
    assert unsent.rejoin("a\nb", 1) == "Rejoin 'a\\nb' (1 edit waiting)"


def test_a_day_is_said_where_it_is_not_today() -> None:
    assert unsent.offer("Ana", 3, NOW.replace(hour=9, minute=5), NOW) == (
        "3 edits by Ana have not reached the server since 09:05."
    )
    yesterday = NOW.replace(day=3, hour=9, minute=5)
    assert unsent.offer("Ana", 3, yesterday, NOW).endswith("since 2026-05-03 09:05.")


def test_what_became_of_them_is_said_with_numbers() -> None:
    assert unsent.not_sent("lab", "Ana", 1, "It is full.") == (
        "✗ 1 edit by Ana for session 'lab' could not be sent, and stays on this computer. It is full."
    )
    assert unsent.discarded(2, "/a/b") == (
        "✓ 2 edits were discarded. A copy of the bench with them was saved: /a/b"
    )
    assert unsent.merged(1) == (
        "1 edit from before the session was started over was listed for you to decide."
    )
    assert unsent.saved("/a/b") == "✓ The bench with the edits was saved: /a/b"
