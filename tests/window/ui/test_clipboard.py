"""The clipboard."""

from __future__ import annotations

import pytest

from optiverse_collab.window.ui.clipboard import copy_text
from tests.helpers.user_input import clipboard_text


@pytest.mark.usefixtures("qapp")
def test_text_is_copied() -> None:
    copy_text("wss://lab:8765/ws/Zoë")
    assert clipboard_text() == "wss://lab:8765/ws/Zoë"
