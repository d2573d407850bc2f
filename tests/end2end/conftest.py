"""Where the servers of these tests keep their sessions: in their data folder, or in NATS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.nats_server import NatsServer, needs_nats

NATS = pytest.param("nats", marks=needs_nats)

ALL_ON_NATS = os.environ.get("TESTS_KEEP_SESSIONS_IN") == "nats"
"""Set by ``make test-nats``."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `also_on_nats` for each kind of store; or all of them on NATS, on request."""
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if ALL_ON_NATS:
        metafunc.parametrize("kept_in", [] if "own_store" in marks else [NATS], indirect=True)
    elif "also_on_nats" in marks:
        metafunc.parametrize("kept_in", ["folder", NATS], indirect=True)


@pytest.fixture(autouse=True)
def kept_in(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Let all servers of a test keep their sessions in NATS, if it is parametrized so."""
    where: str = getattr(request, "param", "folder")
    if where == "folder":
        yield where
        return
    folder: Path = tmp_path_factory.mktemp("nats")
    with NatsServer(folder / "nats") as nats:
        for name, value in (("STORE", nats.address), ("REPLICAS", "1"), ("NODE", "a")):
            monkeypatch.setenv(f"OPTIVERSE_COLLAB_{name}", value)
        yield where
