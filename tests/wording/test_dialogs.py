"""Sentences of our widgets that depend on something."""

from __future__ import annotations

import pytest

from optiverse_collab.wording import dialogs


@pytest.mark.parametrize(
    ("waiting", "text"),
    [
        (0, "ws://lab. Joining"),
        (1, "; 1 edit waits for the server. J"),
        (3, "; 3 edits wait for the server. J"),
    ],
)
def test_present_session_and_what_it_lacks(waiting: int, text: str) -> None:
    assert text in dialogs.present("bench\n2", "ws://lab", waiting)
    assert "bench\\n2" in dialogs.present("bench\n2", "ws://lab", waiting)
