"""The suite as another project runs it: with its own driver and nothing else of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication

from optiverse_collab.testing import MODULES
from optiverse_collab.testing.driver import needs, until
from tests.helpers.processes import Ended, run_python
from tests.host.drivers.toy import ToyDriver

ROOT = Path(__file__).parent.parent.parent

PROJECT = """
import sys
import pytest
sys.path.insert(0, {root!r})
from tests.host.drivers.toy import ToyDriver
{tests}

@pytest.fixture(scope="session")
def app():
    from PyQt6.QtWidgets import QApplication
    return QApplication.instance() or QApplication([])

@pytest.fixture
def driver(app):
    made = ToyDriver()
    {change}
    yield made
    made.close()
"""

ROUNDS = """
    place = made.window.place
    made.window.place = lambda id, at: place(id, at.toPoint().toPointF())
"""


def suite(folder: Path, change: str = "") -> Ended:
    """Run the suite for the toy editor in a project in this folder."""
    tests = "\n".join(f"from optiverse_collab.testing.{name} import *" for name in MODULES)
    source = PROJECT.format(root=str(ROOT), tests=tests, change=change.strip() or "pass")
    (folder / "test_adapter.py").write_text(source, "utf-8")
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:pytest-qt", "-W", "error", f"--rootdir={folder}"]
    return run_python("-m", "pytest", *options, str(folder / "test_adapter.py"), folder=folder, deadline=120)


def test_another_project_runs_the_suite(tmp_path: Path) -> None:
    ended = suite(tmp_path)
    assert ended.code == 0, ended.output
    assert " passed, " in ended.output


def test_an_adapter_that_breaks_a_promise_fails(tmp_path: Path) -> None:
    """The adapter rounds to whole mm, and doesn't remember the given values."""
    ended = suite(tmp_path, ROUNDS)
    assert ended.code == 1
    assert "FAILED test_adapter.py::test_an_edit_by_others_goes_into_the_object_that_is_there" in ended.output


def test_what_driver_and_adapter_do_not_have_is_skipped(qapp: QApplication) -> None:
    driver = ToyDriver()
    try:
        needs(driver, "records", "apply")
        with pytest.raises(pytest.skip.Exception, match="leaves 'held' to Host"):
            needs(driver, "held")
        with pytest.raises(pytest.skip.Exception, match="can't undo"):
            driver.undo()
        with pytest.raises(pytest.skip.Exception, match="can't save files"):
            assert driver.file is None
    finally:
        driver.close()


def test_waiting_has_a_deadline(qapp: QApplication) -> None:
    until(lambda: True)
    with pytest.raises(AssertionError, match="did not happen"):
        until(lambda: False, deadline_s=0.01)
