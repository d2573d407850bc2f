"""A user in front of a window of each host that we have an adapter for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from tests.host.drivers.driver import Driver


@pytest.fixture(params=["demo", pytest.param("optiverse", marks=pytest.mark.optiverse)])
def driver(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Driver]:
    made: Driver
    if request.param == "demo":
        from tests.host.drivers.demo import DemoDriver

        made = DemoDriver()
    else:
        from tests.host.drivers.optiverse import OptiverseDriver

        made = OptiverseDriver()
    yield made
    made.close()
