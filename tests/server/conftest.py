"""Fixtures for tests of the server."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture
def own_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo the log setup of `main` after each test."""
    logger = logging.getLogger("optiverse_collab_server")
    for name in ("handlers", "level", "propagate"):
        monkeypatch.setattr(logger, name, getattr(logger, name))
