"""What every test relies on: a platform for Qt, no stopwatch, and a skip where the real host is missing."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from optiverse_collab.disk import places
from optiverse_collab.window import folders
from tests.helpers.server_process import ServerProcess

if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Tests never use the keyring of the user who runs them.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# No test depends on how fast a machine is. Where CI is set, hypothesis takes the same examples each time.
settings.register_profile(
    "any machine", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
# The code that a unit test reaches must not depend on luck.
settings.register_profile("the same few", derandomize=True, database=None, max_examples=20)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A real server, for tests that don't change it; each test has its own session."""
    with ServerProcess(tmp_path_factory.mktemp("data")) as process:
        yield process


@pytest.fixture(scope="session")
def data_folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data folders")


@pytest.fixture(autouse=True)
def own_data_folder(monkeypatch: pytest.MonkeyPatch, data_folders: Path) -> Path:
    """The folder where one test's windows and scripts keep their data; no other test finds it."""
    folder = Path(tempfile.mkdtemp(dir=data_folders))
    for module in (folders, places):
        monkeypatch.setattr(module, "data_folder", lambda: folder)
    return folder


@pytest.fixture
def session_id(request: pytest.FixtureRequest) -> str:
    """The name of a session that no other test uses."""
    return str(request.node.name)[:128]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run long tests first; skip tests marked `optiverse` where `optiverse.ui` can't be imported."""
    items.sort(key=lambda item: item.get_closest_marker("takes_minutes") is None)
    if host_is_installed():
        return
    # The registry's project of that name is another program, so the reason names the repository.
    skip = pytest.mark.skip(
        reason="needs the real host: Optiverse, installed from its repository (QPG-MIT/optiverse)"
    )
    for item in items:
        if item.get_closest_marker("optiverse"):
            item.add_marker(skip)


def host_is_installed() -> bool:
    """Whether `optiverse` is installed and is the editor: it has the package `optiverse.ui`."""
    return bool(importlib.util.find_spec("optiverse")) and bool(importlib.util.find_spec("optiverse.ui"))
