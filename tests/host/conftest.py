"""A user at a window of each host that we have an adapter for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QApplication

from optiverse_collab.testing.driver import Driver

HOSTS = ["demo", pytest.param("optiverse", marks=pytest.mark.optiverse)]


def driver_of(host: str) -> Driver:
    """A user at a window of this host."""
    if host == "toy":
        from tests.host.drivers.toy import ToyDriver

        return ToyDriver()
    if host == "demo":
        from tests.host.drivers.demo import DemoDriver

        return DemoDriver()
    from tests.host.drivers.optiverse import OptiverseDriver

    return OptiverseDriver()


@pytest.fixture(params=HOSTS)
def driver(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Driver]:
    made = driver_of(request.param)
    yield made
    made.close()
