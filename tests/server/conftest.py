"""Fixtures for tests of the server."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture(autouse=True)
def own_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin each test with the log as it was imported, and undo the setup of `main` after it.

    A handler that another test left would count its lines against the limit, and reword this test's.
    """
    logger = logging.getLogger("optiverse_collab_server")
    for name, value in (("handlers", []), ("level", logger.level), ("propagate", True)):
        monkeypatch.setattr(logger, name, value)
