"""Sentences of our widgets that depend on something."""

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
