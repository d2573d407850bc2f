"""The editor starts, with or without a file, and no error ends it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QSettings
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.app import open_window
from optiverse_collab_demo.window import DemoWindow
from tests.helpers.benches import DATA
from tests.helpers.demo_window import boxes, entry, logged
from tests.helpers.processes import python, run_python

SCRIPT = """
import sys
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication
from optiverse_collab_demo.app import main
from optiverse_collab_demo.window import DemoWindow

def window():
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, DemoWindow))

def fail():
    raise ValueError("broken in a slot")

def say():
    print(window().isVisible(), window().windowTitle(), len(window().bench.items))
    print(*(line.text for line in window().log.lines if line.level == "ERROR"), sep="\\n")

app = QApplication([])
for step in (STEPS):
    QTimer.singleShot(0, step)
sys.exit(main(["demo", *sys.argv[1:]]))
"""


@pytest.fixture(autouse=True)
def settings_of_nobody(tmp_path: Path, qapp: object) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))


def test_the_version_is_that_of_the_distribution() -> None:
    ended = run_python("-m", "optiverse_collab_demo", "--version")
    assert (ended.code, ended.output) == (0, f"optiverse-collab-demo {version('optiverse-collab-demo')}\n")


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[list[DemoWindow]]:
    """Windows that are closed after the test."""
    windows: list[DemoWindow] = []
    yield windows
    for window in windows:
        window.set_saved(None)
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def run(steps: str, *arguments: str) -> tuple[int, list[str]]:
    """Start the editor in a process of its own; returns its exit code and its output."""
    with python("-W", "error", "-c", SCRIPT.replace("STEPS", steps), *arguments) as process:
        output, _ = process.communicate()
    return process.returncode, output.splitlines()


def test_file_that_is_no_bench_opens_an_empty_window(opened: list[DemoWindow], tmp_path: Path) -> None:
    window = open_window(tmp_path / "missing.json")
    opened.append(window)
    assert window.isVisible()
    assert window.bench.items == {}
    (box,) = boxes(window)
    assert "There is no file" in box.text()
    assert logged(window, "ERROR") == [f"✗ {box.text()}"]


def test_file_is_opened_with_the_plugins_around_it(opened: list[DemoWindow]) -> None:
    window = open_window(DATA / "bench_small.json")
    opened.append(window)
    assert len(window.bench.items) == 27
    assert not window.isWindowModified()
    assert entry(window, "Collaboration", "Connect…").isEnabled()
    assert logged(window, "ERROR") == []


def test_window_without_a_file_is_empty(opened: list[DemoWindow]) -> None:
    window = open_window()
    opened.append(window)
    assert (window.bench.items, window.path) == ({}, None)
    assert window.isVisible()


def test_error_in_a_slot_is_logged_and_the_editor_goes_on() -> None:
    code, output = run("fail, say, lambda: window().close(),", str(DATA / "bench_small.json"))
    assert output == [
        "True bench_small.json[*] - Optics bench 27",
        "✗ broken in a slot; the editor continues.",
    ]
    assert code == 0


def test_wrong_arguments_are_refused_before_a_window_opens() -> None:
    with python("-m", "optiverse_collab_demo", "one.json", "two.json") as process:
        process.communicate()
    assert process.returncode == 2
