"""Sentences in our widgets that depend on the situation."""

from __future__ import annotations

import pytest

from optiverse_collab.wording import dialogs


@pytest.mark.parametrize(
    ("waiting", "text"),
    [
        (0, "leaves it."),
        (1, "leaves it. 1 edit waits for the server, and will be sent when you join again."),
        (3, "leaves it. 3 edits wait for the server, and will be sent when you join again."),
    ],
)
def test_present_session_and_what_it_lacks(waiting: int, text: str) -> None:
    assert dialogs.present("bench\n2", "ws://lab", waiting).endswith(text)
    assert "bench\\n2" in dialogs.present("bench\n2", "ws://lab", waiting)


@pytest.mark.parametrize(
    ("token", "pin", "text"),
    [
        (None, None, dialogs.JOIN_HINT),
        ("t", None, "The link also holds an invite."),
        (None, "p", "The server is recognised by its key."),
        ("t", "p", "The link also holds an invite, and the server is recognised by its key."),
    ],
)
def test_what_a_link_holds_besides(token: str | None, pin: str | None, text: str) -> None:
    assert dialogs.link_holds(token, pin) == text
