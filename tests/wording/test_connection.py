"""What users read about their connection."""

from __future__ import annotations

import logging

import pytest

from optiverse_collab.core.protocol.close_codes import CloseCode
from optiverse_collab.wording import connection


@pytest.mark.parametrize("code", [*CloseCode, 0, 3000, 4999])
def test_every_close_code_has_a_sentence(code: int) -> None:
    """CLOSE-2: also one that nobody defined."""
    sentence = connection.closed(code)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert ("unknown code" in sentence) == (code not in set(CloseCode))


def test_codes_are_the_same_in_both_tables() -> None:
    """CLOSE-2: the core knows whether to come back, and this what to say."""
    assert set(connection._CLOSED) == set(CloseCode)


def test_lines_that_users_know() -> None:
    assert connection.connecting("ws://localhost:8765/ws/default/DESKTOP-X") == (
        logging.INFO,
        "→ Connecting to: ws://localhost:8765/ws/default/DESKTOP-X",
    )
    assert connection.left("default") == (
        logging.INFO,
        "✓ Disconnected from session 'default' - Normal closure",
    )


def test_lines_about_trouble() -> None:
    assert connection.broken("default", "Gone.") == (
        logging.WARNING,
        "✗ Disconnected from session 'default' - Gone.",
    )
    assert connection.failed("Nothing answers.") == (logging.ERROR, "✗ Nothing answers.")
    assert connection.retrying(0.42) == (logging.INFO, "Trying again in 0.4 s")
    assert connection.ended().level == logging.ERROR


def test_nobody_forges_a_line() -> None:
    lines = connection.left("a\nb"), connection.broken("a\nb", "c\nd"), connection.failed("a\nb")
    assert all(line.text.isprintable() for line in lines)


@pytest.mark.parametrize(("unsent", "told"), [(0, ""), (1, "1 change of yours"), (2, "2 changes of yours")])
def test_another_history(unsent: int, told: str) -> None:
    """CLK-3."""
    sentence = connection.epoch_changed(unsent)
    assert told in sentence
    assert "nothing was merged" in sentence
