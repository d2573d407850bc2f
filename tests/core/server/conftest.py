"""A room on a wire in memory."""

from __future__ import annotations

import pytest

from tests.helpers.wire import Wire


@pytest.fixture
def wire() -> Wire:
    return Wire()
