"""Every state of a participation."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.state import State


@pytest.mark.parametrize("state", State)
def test_session_is_under_way_unless_offline_or_failed(state: State) -> None:
    assert state.in_session == (state.value not in ("offline", "failed"))


def test_states_are_the_words_that_the_status_bar_knows() -> None:
    assert [state.value for state in State] == (
        ["offline", "connecting", "syncing", "connected", "reconnecting", "failed"]
    )
