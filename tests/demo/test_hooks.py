"""The demo bench provides its adapter with the entry point of its own distribution."""

from __future__ import annotations

from importlib.metadata import entry_points

from PyQt6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.host.adapters import adapter_of
from optiverse_collab_demo import hooks
from optiverse_collab_demo.adapter import DemoHost
from optiverse_collab_demo.window import DemoWindow


class Derived(DemoWindow):
    """A window of an editor built on the demo bench."""


def test_plugins_find_the_adapter(qtbot: QtBot) -> None:
    [point] = [point for point in entry_points(group="optiverse") if point.name == "demo-bench"]
    assert point.load() is hooks
    assert point.dist is not None
    assert point.dist.name == "optiverse-collab-demo"
    for window in (DemoWindow(), Derived()):
        qtbot.addWidget(window)
        host = adapter_of(window)()
        assert isinstance(host, DemoHost)
        assert host.window is window
        assert host.name.startswith("Demo Bench ")


def test_windows_of_others_are_left_to_them(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    assert hooks.optiverse_host_adapter(window) is None
    assert hooks.optiverse_watch_files(window, lambda file: None, lambda file: None) is None
    assert hooks.optiverse_ray_engine(window) is None
