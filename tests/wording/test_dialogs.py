"""Sentences of our widgets that depend on something."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.wording import dialogs


@pytest.mark.parametrize("state", ConnectionState)
def test_each_state_has_words_of_its_own(state: ConnectionState) -> None:
    others = {dialogs.status(other, 2) for other in ConnectionState if other is not state}
    assert dialogs.status(state, 2) not in {"", *others}


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


@pytest.mark.parametrize(("users", "text"), [(1, "1 user"), (2, "2 users"), (137, "137 users")])
def test_connected_counts_users(users: int, text: str) -> None:
    assert dialogs.status(ConnectionState.CONNECTED, users) == text
