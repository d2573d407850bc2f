"""A user at a window of each host that we have an adapter for, and of the toy editor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from optiverse_collab.testing.driver import Driver
from tests.host.conftest import HOSTS, driver_of


@pytest.fixture(params=["toy", *HOSTS])
def driver(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Driver]:
    made = driver_of(request.param)
    yield made
    made.close()
