"""Two demo windows with the plugin in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.windows import Desk, desks


@pytest.fixture
def pair(qtbot: QtBot) -> Iterator[tuple[Desk, Desk]]:
    with desks(qtbot, 2) as (ann, bob):
        yield ann, bob
