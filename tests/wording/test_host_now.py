"""Sentences about hosting from a bench."""

from __future__ import annotations

from optiverse_collab.wording import host_now as texts


def test_the_question_says_what_will_happen() -> None:
    assert texts.question("lab") == "Host session 'lab' on this computer?"
    text = texts.consequences("Ana")
    assert "stay on Ana's computer" in text
    assert "you get an invite link" in text
    assert "between you and Ana is broken, wait" in text


def test_failures_and_the_log_have_sentences() -> None:
    assert texts.not_started("No space.").startswith("This computer can't host the session: No space. Try")
    assert texts.brought(1).endswith("with 1 unsent edit.")
