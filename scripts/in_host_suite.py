"""A pytest plugin for the host's own tests: notes the outcome of each, and attaches us to each window.

`host_suite.py` runs pytest with it. Each line of the notes is JSON, and written to disk at once, so that it
survives a crash.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

WINDOWS = "windows"
FAULT = "fault"
UNENDED = "did not end"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The settings from `host_suite.py`."""
    parser.addoption("--notes", type=Path, required=True)
    parser.addoption("--with-plugins", action="store_true")


def pytest_configure(config: pytest.Config) -> None:
    """Start before any import of the host."""
    notes = Notes(config.getoption("--notes"))
    config.pluginmanager.register(notes)
    if config.getoption("--with-plugins"):
        put_plugins_in(notes)


@pytest.fixture(scope="session", autouse=True)
def _application(qapp: object) -> object:
    """Some tests need one without saying so: after other tests, they find the one that those made."""
    return qapp


class Notes:
    """The file with the notes.

    Args:
        path: its path.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.write({})

    def write(self, line: dict[str, Any]) -> None:
        """Add a line."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test without an outcome ended the process."""
        self.write({"test": nodeid, "outcome": UNENDED})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test passes if its setup, its call and its teardown do."""
        if report.when == "call" or report.outcome != "passed":
            expected = "x" if hasattr(report, "wasxfail") else ""
            when = "" if report.when == "call" else f" in {report.when}"
            # The place, too: a test may fail without us, and for another reason with us.
            crash = getattr(report.longrepr, "reprcrash", None)
            at = f"{Path(crash.path).name}:{crash.lineno}" if crash else ""
            self.write({"test": report.nodeid, "outcome": expected + report.outcome + when, "at": at})

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that can't be imported has no tests to report."""
        if report.outcome != "passed":
            self.write({"test": report.nodeid, "outcome": f"{report.outcome} in collection"})


def put_plugins_in(notes: Notes) -> None:
    """Add to every new main window what `optiverse-collab` adds.

    A window that can't get it still works and reports this in its log, which the host's tests
    don't check; so it is noted as a fault.
    """
    from optiverse_collab.host.optiverse import launch
    from optiverse_collab.window import attachment

    class Counting(launch._NewWindows):
        def attach(self, window: Any) -> str:
            why = super().attach(window)
            notes.write({WINDOWS: 1})
            return why

    def noting(module: ModuleType, name: str) -> None:
        report = getattr(module, name)

        def both(window: Any, fault: object) -> object:
            notes.write({FAULT: str(fault)})
            return report(window, fault)

        setattr(module, name, both)

    noting(launch, "_report")
    noting(attachment, "_log")
    Counting(import_module("optiverse.ui.views.main_window").MainWindow, "", None, None)
